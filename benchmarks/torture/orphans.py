"""Orphans: stages that outlive their `dvc`, and go on after parameters and outputs have changed."""

import math
import random
import signal
import subprocess
import time

import psutil

from benchmarks.pipeline import change_params
from benchmarks.torture.project import Project
from benchmarks.torture.trials import Trials, within
from sentiment.errors import UserError

CHANGES = {  # for each stage a parameter, and a value that makes it write other outputs
    "clean": ("clean.group_column", "sentiment"),
    "tokenize": ("split.seed", 7),
    "baseline": ("baseline.C", 0.7),
    "embed": ("embedding.seed", 7),
    "train": ("train.seed", 7),
    "evaluate": ("evaluate.seed", 7),
}
REFUSED = "is still writing it"
DEADLINE = 120  # seconds for a process to appear or to end


def orphans(project: Project, stages: list[str], count: int, seconds: float = math.inf) -> Trials:
    """Make `count` orphans of `stages` in turn, and let each wake up after a newer run."""
    trials = Trials("orphans, forced by SIGSTOP", "exits with an error; outputs are the newer run's")
    randomly = random.Random(0)
    parameters = (project.folder / "params.yaml").read_text("utf-8")
    for number in within(seconds, count):
        stage = stages[number % len(stages)]
        before = project.outputs(stage), (project.folder / "dvc.lock").read_bytes()
        change_params(project.folder, dict([CHANGES[stage]]))
        orphan = _orphan(project, stage, randomly.uniform(0, 1))
        (project.folder / "params.yaml").write_text(parameters, "utf-8")
        cached = number // len(stages) % 2 == 0  # DVC then restores the outputs, and runs nothing
        problems = _wake_after_a_newer_run(project, stage, orphan, cached)
        project.repro("--single-item", stage)
        after = project.outputs(stage), (project.folder / "dvc.lock").read_bytes()
        problems.append(None if after == before else "other outputs than without an orphan")
        trials.count(f"{stage}, {'cached' if cached else 'not cached'}", *problems, project.left())
    return trials


def _orphan(project: Project, stage: str, delay: float) -> psutil.Process:
    """Start a stage by `dvc`, stop its process while it holds its locks, kill `dvc`; return the process."""
    dvc = project.start("dvc", "repro", "--single-item", stage)
    found = _wait_for_stage(dvc, stage)
    while not list(project.folder.glob("*/.part-*.lock")):
        if not found.is_running():
            raise UserError(f"{stage}: ended before it could be stopped")
        time.sleep(0.01)
    found.suspend()
    dvc.kill()
    dvc.wait()
    return found


def _wait_for_stage(dvc: "subprocess.Popen[bytes]", stage: str) -> psutil.Process:
    deadline = time.monotonic() + DEADLINE
    while time.monotonic() < deadline and dvc.poll() is None:
        for child in psutil.Process(dvc.pid).children(recursive=True):
            if f"sentiment.stages.{stage}" in child.cmdline() and "python" in child.name():
                return child
        time.sleep(0.01)
    raise UserError(f"`dvc repro --single-item {stage}` ran no stage")


def _wake_after_a_newer_run(
    project: Project, stage: str, orphan: psutil.Process, cached: bool
) -> list[str | None]:
    """Run the stage again, then let the orphan go on; return what was wrong with both, if anything."""
    options = () if cached else ("--no-run-cache",)
    newer = project.run("dvc", "repro", *options, "--single-item", stage)
    refused = newer.returncode != 0 and REFUSED in newer.stderr
    right = newer.returncode == 0 if cached else refused
    written = project.outputs(stage) if cached else None
    orphan.send_signal(signal.SIGCONT)
    psutil.wait_procs([orphan], timeout=DEADLINE)
    return [
        None if right else f"the newer run ended in status {newer.returncode}",
        "the orphan did not end" if orphan.is_running() else None,
        "the orphan wrote" if cached and project.outputs(stage) != written else None,
    ]
