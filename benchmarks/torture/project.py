"""A clone of the last commit with a small corpus and small parameters, in which everything has run once."""

import csv
import shlex
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import yaml

from benchmarks.pipeline import change_params, clone_without_corpus, environment, git, last_commit
from sentiment.errors import UserError
from sentiment.system import files

CORPUS = "data/IMDB Dataset.csv"
ROOMS = "data", "metrics", "models", "reports"  # where unfinished files would be
REVIEWS = 300  # of each label, from the sample
SMALL = {  # enough for every code path, little enough for seconds
    "download.rows": 2 * REVIEWS,
    "tokenize.vocabulary_size": 300,
    "tokenize.max_tokens": 60,
    "embedding.dimensions": 8,
    "model.lstm_units": 6,
    "model.chunk_length": 20,
    "train.batch_size": 32,
    "train.epochs": 2,
    "evaluate.bootstrap_samples": 50,
}


@dataclass
class Project:
    """The clone, and the outputs that each stage left when nobody disturbed it."""

    folder: Path
    stages: dict[str, dict]

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Run a command in the clone, whatever its exit status."""
        options = {"cwd": self.folder, "env": environment(), "capture_output": True, "text": True}
        return subprocess.run(command, **options, check=False)  # type: ignore[call-overload]

    def start(self, *command: str) -> subprocess.Popen[bytes]:
        """Start a command in the clone as the leader of a session of its own, its output discarded."""
        null = subprocess.DEVNULL
        return subprocess.Popen(
            command, cwd=self.folder, env=environment(), stdout=null, stderr=null, start_new_session=True
        )

    def repro(self, *options: str) -> subprocess.CompletedProcess[str]:
        """Run `dvc repro`; raises UserError if it fails."""
        done = self.run("dvc", "repro", *options)
        if done.returncode:
            raise UserError(f"`dvc repro {' '.join(options)}` failed in a clone: {done.stderr[-2000:]}")
        return done

    def commands(self, stage: str) -> list[list[str]]:
        """The commands of a stage of dvc.yaml; each becomes the stage's own process, without a shell."""
        found = self.stages[stage]["cmd"]
        commands = [found] if isinstance(found, str) else found
        return [["env", *shlex.split(command.replace("${data.csv}", CORPUS))] for command in commands]

    def outputs(self, *stages: str) -> dict[str, str]:
        """The SHA-256 of every file that `stages` have written."""
        found: dict[str, str] = {}
        for path in (self.folder / path for stage in stages for path in self._paths(stage)):
            inside = path.rglob("*") if path.is_dir() else [path]
            found |= {str(file): files.sha256(file) for file in inside if file.is_file()}
        return found

    def left(self) -> str | None:
        """What is wrong with files that are left behind: that there are some."""
        found = [path.name for room in ROOMS for path in (self.folder / room).glob(".part-*")]
        return f"{', '.join(found)} left behind" if found else None

    def _paths(self, stage: str) -> list[str]:
        listed = [*self.stages[stage]["outs"], *self.stages[stage].get("metrics", [])]
        return [one if isinstance(one, str) else next(iter(one)) for one in listed]


@contextmanager
def small_project(*targets: str) -> Iterator[Project]:
    """Yield a project in which everything up to the stages `targets` has run; it is gone afterwards."""
    with clone_without_corpus(last_commit()) as folder:
        change_params(folder, SMALL)
        (folder / "dvc.lock").unlink(missing_ok=True)
        _write_corpus(folder)
        _commit(folder, "Small")
        project = Project(folder, yaml.safe_load((folder / "dvc.yaml").read_text("utf-8"))["stages"])
        project.repro(*targets)
        _commit(folder, "First run")
        yield project


def _commit(folder: Path, message: str) -> None:
    author = "-c", "user.name=Torture", "-c", "user.email=torture@localhost"
    git("-C", str(folder), "add", "--all")
    git("-C", str(folder), *author, "commit", "--quiet", "--message", message)


def _write_corpus(folder: Path) -> None:
    with (folder / "data/sample.csv").open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    labels = ("positive", "negative")
    chosen = [row for label in labels for row in [row for row in rows if row[1] == label][:REVIEWS]]
    with (folder / CORPUS).open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *chosen])
