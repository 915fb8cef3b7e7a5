"""Tear files of the pipeline, of DVC and of git, and recover by the commands of docs/recovery.md."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path

from benchmarks.torture.project import Project
from benchmarks.torture.trials import Trials, within

PAGE = "docs/recovery.md"
Fault = Callable[[Path], None]  # makes a fault in the clone at a path


def empty(name: str) -> Fault:
    """A file with nothing in it, as a power cut can leave it."""

    def make(folder: Path) -> None:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).unlink(missing_ok=True)
        (folder / name).touch()

    return make


def torn(name: str) -> Fault:
    """The first half of a file; of a folder, that of its largest file."""

    def make(folder: Path) -> None:
        files = [path for path in [folder / name, *(folder / name).rglob("*")] if path.is_file()]
        path = max(files, key=lambda path: path.stat().st_size)
        content = path.read_bytes()
        path.unlink()  # DVC's are read-only
        path.write_bytes(content[: len(content) // 2])

    return make


def missing(name: str) -> Fault:
    """No such folder."""
    return lambda folder: shutil.rmtree(folder / name)


CASES: dict[str, list[tuple[str, Fault]]] = {  # by section of PAGE
    "An output is missing or damaged": [
        ("clean.parquet torn", torn("data/clean.parquet")),
        ("vocabulary.json empty", empty("data/tokens/vocabulary.json")),
        ("tokens torn", torn("data/tokens/train")),
        ("tokens missing", missing("data/tokens/test")),
        ("metrics torn", torn("metrics/tokens.json")),
    ],
    "params.yaml or dvc.yaml is damaged": [
        ("params.yaml torn", torn("params.yaml")),
        ("dvc.yaml empty", empty("dvc.yaml")),
    ],
    "dvc.lock is damaged": [("dvc.lock empty", empty("dvc.lock")), ("dvc.lock torn", torn("dvc.lock"))],
    "DVC's rwlock is damaged": [
        ("rwlock empty", empty(".dvc/tmp/rwlock")),
    ],
    "DVC's cache is damaged": [
        ("cached files torn", torn(".dvc/cache/files")),
        ("cached files missing", missing(".dvc/cache/files")),
    ],
    "A checkpoint is damaged": [("checkpoint empty", empty("models/checkpoint/lstm/epoch-0001/state.npz"))],
    "git's index is damaged": [
        ("index empty", empty(".git/index")),
        ("index torn", torn(".git/index")),
    ],
    "git says that index.lock exists": [("index.lock left", empty(".git/index.lock"))],
}


def torn_files(project: Project, target: str, seconds: float) -> Trials:
    """Make each fault in a clone in which everything up to the stage `target` has run, and recover."""
    trials = Trials("torn files of the pipeline, DVC and git", f"{PAGE} brings the same bytes back")
    faults = [(section, *case) for section, cases in CASES.items() for case in cases]
    for number in within(seconds, len(faults)):
        section, name, make = faults[number]
        trials.count(name, *recover(project, target, section, make))
    return trials


def recover(project: Project, target: str, section: str, make: Fault) -> list[str]:
    """Make a fault, and run the commands of a section of PAGE; return what was wrong."""
    stages = list(project.stages)[1 : list(project.stages).index(target) + 1]
    before = project.outputs(*stages), (project.folder / "dvc.lock").read_bytes()
    make(project.folder)
    problems = []
    for command in commands(project.folder, section):
        for whole, part in ("dvc repro", "dvc repro"), ("dvc commit", "dvc commit --with-deps"):
            command = command.replace(whole, f"{part} {target}")
        done = project.run("sh", "-c", command)
        if done.returncode:
            problems.append(f"`{command}` ended in status {done.returncode}: {done.stderr[-300:]}")
    if (project.outputs(*stages), (project.folder / "dvc.lock").read_bytes()) != before:
        problems.append("other bytes than before")
    return problems


def commands(folder: Path, section: str) -> list[str]:
    """The commands in a section of PAGE."""
    text = (folder / PAGE).read_text("utf-8").split(f"\n## {section}\n")[1].split("\n## ")[0]
    lines = "".join(re.findall(r"```sh\n(.*?)```", text, re.S)).splitlines()
    return [line.partition("  #")[0].strip() for line in lines]
