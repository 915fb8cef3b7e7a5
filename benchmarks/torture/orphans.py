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
DEADLINE = 300  # seconds for a process to appear or to end


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
        way = (_restore, _run_again)[number // len(stages) % 2]
        problems = [way(project, stage), _wake(project, stage, orphan)]
        project.repro("--single-item", stage)
        after = project.outputs(stage), (project.folder / "dvc.lock").read_bytes()
        problems.append(None if after == before else "other outputs than without an orphan")
        trials.count(f"{stage}, {way.__name__}", *problems, project.left())
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


def _restore(project: Project, stage: str) -> str | None:
    """Bring the former outputs back beside the orphan, as `make restore` does; return what was wrong."""
    for command in ("git", "restore", "metrics"), ("dvc", "checkout", "--force", stage):
        if (done := project.run(*command)).returncode:
            return f"`{' '.join(command)}`: {done.stderr[-300:]}"
    return None


def _run_again(project: Project, stage: str) -> str | None:
    """Run the stage beside the orphan, which must be refused; return what was wrong."""
    done = project.run("dvc", "repro", "--single-item", stage)
    return None if done.returncode and REFUSED in done.stderr else f"not refused: {done.stderr[-300:]}"


def _wake(project: Project, stage: str, orphan: psutil.Process) -> str | None:
    """Let the orphan go on to its end; return what was wrong."""
    before = project.outputs(stage)
    orphan.send_signal(signal.SIGCONT)
    end = time.monotonic() + DEADLINE
    while orphan.is_running() and orphan.status() != psutil.STATUS_ZOMBIE:
        if time.monotonic() > end:
            return "the orphan did not end"
        time.sleep(0.1)
    return None if project.outputs(stage) == before else "the orphan wrote"
