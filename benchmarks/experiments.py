"""The whole pipeline with other splits.

    python -m benchmarks.experiments       # needs data/IMDB Dataset.csv; the time of three `dvc repro`
    python -m benchmarks.experiments 42    # with this value of split.seed alone

Each runs the last commit in a fresh clone with an empty cache, as `dvc exp run -S` would. Each result is kept
in benchmarks/experiments.json at once, so that the command can be stopped at any time and goes on later;
benchmarks/experiments.md is written anew after each.
"""

import time
from typing import Annotated, Any

import typer

from benchmarks.pipeline import change_params, fresh_clone, git, last_commit, repro
from benchmarks.results import FOLDER, Results, libraries, machine, spread, write
from sentiment.evaluation.plots import NAMES
from sentiment.reports.markdown import table
from sentiment.system.command import run
from sentiment.system.files import read_json

SEEDS = [42, 43, 44]
CODE = "dvc.yaml", "params.yaml", "src/sentiment"  # what the results depend on


def main(seeds: Annotated[list[int] | None, typer.Argument(help="Values of split.seed.")] = None) -> None:
    """Run the committed pipeline with each of the SEEDS that it has not been run with yet."""
    commit = last_commit()
    depends = {path: git("rev-parse", f"{commit}:{path}").strip() for path in CODE}
    depends |= {"machine": machine(), "libraries": libraries()}
    results = Results(FOLDER / "experiments.json", depends)
    for seed in seeds or SEEDS:
        results.measure(str(seed), evaluate, commit, seed)
        report(results)


def evaluate(commit: str, seed: int) -> dict[str, Any]:
    """Run the pipeline of `commit` with that split.seed.

    Returns the seconds it took, and the accuracy and the log loss on the test part by system.
    """
    with fresh_clone(commit) as clone:
        change_params(clone, {"split.seed": seed})
        start = time.monotonic()
        repro(clone, "evaluate")
        seconds = time.monotonic() - start
        scores = read_json(clone / "metrics" / "evaluation.json")
    systems = {name: {key: scores[name][key] for key in ("accuracy", "log_loss")} for name in NAMES}
    return {"seconds": round(seconds, 1), "systems": systems}


def report(results: Results) -> None:
    """Write the page of all results there are."""
    rows = [row(seed, value) for seed, value in results.values.items()]
    accuracies = [
        [100 * value["systems"][name]["accuracy"] for value in results.values.values()] for name in NAMES
    ]
    rows.append(["mean and standard deviation", "", *(spread(values, 2) for values in accuracies), ""])
    rows.append(["range", "", *(f"{max(values) - min(values):.2f}" for values in accuracies), ""])
    write(
        FOLDER / "experiments.md",
        "# The pipeline with other splits",
        f"Written by `python -m benchmarks.experiments` after {results.minutes:.0f} minutes on {machine()}.",
        "Accuracy in % on the test part, after `dvc repro evaluate` in a fresh clone with an empty cache; "
        "the log loss is the network's. `split.seed` says how the reviews are split into training, "
        "validation and test part; 42 is the committed one.",
        table(["split.seed", "minutes", *NAMES.values(), "log loss"], rows),
    )


def row(seed: str, value: dict[str, Any]) -> list[str]:
    """The cells of one run."""
    return [
        seed,
        f"{value['seconds'] / 60:.0f}",
        *(f"{100 * value['systems'][name]['accuracy']:.2f}" for name in NAMES),
        f"{value['systems']['network']['log_loss']:.4f}",
    ]


if __name__ == "__main__":
    run(main)
