"""The whole pipeline with other parameters: other splits, and the best that an hour allows.

    python -m benchmarks.experiments               # needs data/IMDB Dataset.csv; the time of six `dvc repro`
    python -m benchmarks.experiments --only best   # this one alone

Each runs the last commit in a fresh clone with an empty cache, as `dvc exp run -S` would. Each result is kept
in benchmarks/experiments.json at once, so that the command can be stopped at any time and goes on later;
benchmarks/experiments.md is written anew after each.
"""

import subprocess
import time
from typing import Annotated

import typer
import yaml
from sentiment.errors import UserError

from benchmarks.pipeline import environment, fresh_clone, git, last_commit
from benchmarks.results import FOLDER, Results, libraries, machine, spread, table, write
from sentiment.reports.readme import NAMES
from sentiment.system.command import run
from sentiment.system.files import read_json

BEST = {"model.members": 5, "model.chunk_length": 25}  # as in the Makefile
SPLITS = {f"split {seed}": {"split.seed": seed} for seed in (42, 43, 44)}
CODE = "dvc.yaml", "params.yaml", "src/sentiment"  # what the results depend on
EXPERIMENTS = SPLITS | {"best": BEST}


def main(
    only: Annotated[
        list[str] | None, typer.Option(metavar="EXPERIMENT", help="Only this one; may be repeated.")
    ] = None,
) -> None:
    """Run the committed pipeline with the parameters of each experiment that has not been run yet."""
    if unknown := set(only or []) - set(EXPERIMENTS):
        raise UserError(f"no experiment {', '.join(sorted(unknown))}; there are {', '.join(EXPERIMENTS)}")
    commit = last_commit()
    depends = {path: git("rev-parse", f"{commit}:{path}").strip() for path in CODE}
    depends |= {"machine": machine(), "libraries": libraries(), "best": BEST}
    results = Results(FOLDER / "experiments.json", depends)
    for name in only or EXPERIMENTS:
        results.measure(name, evaluate, commit, EXPERIMENTS[name])
        report(results)


def evaluate(commit: str, change: dict[str, int]) -> dict:
    """Run the pipeline of `commit` with other values under keys such as `split.seed`.

    Returns the seconds it took, and the accuracy and the log loss on the test part by system.
    """
    with fresh_clone(commit) as clone:
        path = clone / "params.yaml"
        content = yaml.safe_load(path.read_text("utf-8"))
        for key, value in change.items():
            section, name = key.split(".")
            content[section][name] = value
        path.write_text(yaml.safe_dump(content, sort_keys=False), "utf-8")
        start = time.monotonic()
        if subprocess.run(["dvc", "repro", "evaluate"], cwd=clone, env=environment(), check=False).returncode:
            raise UserError(f"`dvc repro evaluate` failed in a fresh clone with {change}")
        seconds = time.monotonic() - start
        scored = read_json(clone / "metrics" / "test.json")
    systems = {name: {key: scored[name][key] for key in ("accuracy", "log_loss")} for name in NAMES}
    return {"seconds": round(seconds, 1), "systems": systems}


def report(results: Results) -> None:
    """Write the page of all results there are."""
    rows = [row(name, results.values[name]) for name in EXPERIMENTS if name in results.values]
    if splits := [results.values[name]["systems"] for name in SPLITS if name in results.values]:
        accuracies = [[100 * split[name]["accuracy"] for split in splits] for name in NAMES]
        middle = [spread(values, 2) for values in accuracies]
        rows.append(["mean and standard deviation of the splits", "", *middle, ""])
        width = [f"{max(values) - min(values):.2f}" for values in accuracies]
        rows.append(["most less least of the splits", "", *width, ""])
    write(
        FOLDER / "experiments.md",
        "# The pipeline with other parameters",
        f"Written by `python -m benchmarks.experiments` after {results.minutes:.0f} minutes on {machine()}.",
        "Accuracy in % on the test part, after `dvc repro evaluate` in a fresh clone with an empty cache; "
        "the log loss is the network's. A split deals the reviews out to training, validation and test part "
        "in another way; 42 is the committed one.",
        table(["", "minutes", *NAMES.values(), "log loss"], rows),
    )


def row(name: str, value: dict) -> list[str]:
    """The cells of one experiment."""
    changed = ", ".join(f"`{key}={setting}`" for key, setting in EXPERIMENTS[name].items())
    return [
        f"{name}: {changed}",
        f"{value['seconds'] / 60:.0f}",
        *(f"{100 * value['systems'][system]['accuracy']:.2f}" for system in NAMES),
        f"{value['systems']['network']['log_loss']:.4f}",
    ]


if __name__ == "__main__":
    run(main)
