"""Time every stage of the pipeline in a fresh clone, and write the table in benchmarks/README.md.

    python -m benchmarks.pipeline     # needs data/IMDB Dataset.csv; let nothing else run meanwhile

The clone has an empty cache, so that everything is worked out anew; its dvc.lock is then compared with
the committed one. The download is left out: the CSV is put into the clone.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psutil
import yaml

from benchmarks.results import DATA, FOLDER, machine
from sentiment.errors import UserError
from sentiment.reports.markdown import table, update
from sentiment.system.command import run

CSV = DATA / "IMDB Dataset.csv"
README = FOLDER / "README.md"


def main() -> None:
    """Run the committed pipeline in a fresh clone, stage by stage."""
    commit = last_commit()
    with fresh_clone(commit) as clone:
        stages = yaml.safe_load((clone / "dvc.yaml").read_text("utf-8"))["stages"]
        figures = {stage: measure(["dvc", "repro", "--single-item", stage], clone) for stage in stages}
        same = (clone / "dvc.lock").read_text("utf-8") == git("show", f"{commit}:dvc.lock")
    update(README, {"results": report(figures, same)}, "benchmarks.pipeline", check=False)


@contextmanager
def fresh_clone(commit: str) -> Iterator[Path]:
    """Yield a clone of this project at `commit`, with the CSV in it; it is gone afterwards."""
    if not CSV.is_file():
        raise UserError(f"{CSV}: no such file; run `dvc repro download` or put Kaggle's CSV there")
    with clone_without_corpus(commit) as clone:
        shutil.copy(CSV, clone / CSV)
        yield clone


@contextmanager
def clone_without_corpus(commit: str) -> Iterator[Path]:
    """Yield a clone of this project at `commit`; it is gone afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        clone = Path(folder) / "clone"
        git("clone", "--quiet", ".", str(clone))
        git("-C", str(clone), "checkout", "--quiet", commit)
        yield clone


def change_params(clone: Path, change: dict[str, Any]) -> None:
    """Set other values in params.yaml, under keys such as `split.seed`."""
    path = clone / "params.yaml"
    content = yaml.safe_load(path.read_text("utf-8"))
    for key, value in change.items():
        section, name = key.split(".")
        content[section][name] = value
    path.write_text(yaml.safe_dump(content, sort_keys=False), "utf-8")


def repro(folder: Path, target: str) -> None:
    """Run `dvc repro target` in a `folder` of a clone; raises UserError if it fails."""
    if subprocess.run(["dvc", "repro", target], cwd=folder, env=environment(), check=False).returncode:
        raise UserError(f"`dvc repro {target}` failed in a fresh clone")


def last_commit() -> str:
    """Its hash: what is measured stays the same if another commit is made meanwhile."""
    return git("rev-parse", "HEAD").strip()


def git(*arguments: str) -> str:
    """What git prints here."""
    return subprocess.run(["git", *arguments], check=True, stdout=subprocess.PIPE, encoding="utf-8").stdout


def measure(command: list[str], folder: Path) -> tuple[float, int]:
    """Run `command`; return its seconds and the most memory in bytes that it and its children held at once.

    Memory is the proportional set size: pages that processes share count once.
    """
    start, peak = time.monotonic(), 0
    process = psutil.Popen(command, cwd=folder, env=environment())
    while process.poll() is None:
        peak = max(peak, memory(process))
        time.sleep(0.2)
    if process.returncode:
        raise UserError(f"`{' '.join(command)}` failed")
    return time.monotonic() - start, peak


def environment() -> dict[str, str]:
    """In which `dvc` and `python` are those of the running Python."""
    return {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}


def memory(process: psutil.Process) -> int:
    """Bytes that `process` and its descendants hold now."""
    total = 0
    with suppress(psutil.NoSuchProcess):  # one has just ended: the next look finds the rest
        for member in [process, *process.children(recursive=True)]:
            total += member.memory_full_info().pss
    return total


def report(figures: dict[str, tuple[float, int]], same: bool) -> str:
    """The measured figures in Markdown, with the machine they were measured on."""
    seconds = sum(spent for spent, _ in figures.values())
    peak = max(memory for _, memory in figures.values())
    rows = [[stage, f"{spent:.0f}", f"{memory / 2**30:.1f}"] for stage, (spent, memory) in figures.items()]
    rows.append(["**together**", f"**{seconds:.0f}**", f"**{peak / 2**30:.1f}**"])
    lock = "the committed one, to the byte" if same else "NOT the committed one"
    stages = table(["stage", "seconds", "peak memory, GiB"], rows)
    return f"On {machine()}:\n\n{stages}\n\ndvc.lock afterwards: {lock}."


if __name__ == "__main__":
    run(main)
