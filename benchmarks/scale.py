"""How time and memory grow with the corpus, from thousands to millions of reviews, on either engine.

    python -m benchmarks.scale     # let nothing else run meanwhile

Writes benchmarks/scale.md, benchmarks/scale.svg and the figures in docs/scale.md. What is measured is kept in
benchmarks/scale.json, so that the same command goes on after a kill; without that file all is measured anew.
"""

import shutil
import tempfile
from pathlib import Path
from typing import Annotated, Any

import typer

from benchmarks import scale_page, scale_runs
from benchmarks.results import FOLDER, Results, libraries, machine
from benchmarks.scale_runs import USUAL
from sentiment import params
from sentiment.errors import UserError
from sentiment.system import command

SIZES = [20_000, 200_000, 2_000_000]
WORKERS = [1, 2, 4]  # of Dask, at the size in the middle; USUAL at the others
STEPS = 200  # of training


def main(
    size: Annotated[list[int] | None, typer.Option(help="Reviews, ascending; several times.")] = None,
    workers: Annotated[
        list[int] | None, typer.Option(help="Dask's, at the size in the middle; several times.")
    ] = None,
    steps: Annotated[int, typer.Option(help="Steps of training.")] = STEPS,
    folder: Annotated[Path | None, typer.Option(help="Where to work, if not in /tmp.")] = None,
) -> None:
    """Measure what has not been measured yet; write the page."""
    planned = plan(size or SIZES, workers or WORKERS)
    results = Results(FOLDER / "scale.json", conditions(steps))
    with tempfile.TemporaryDirectory(dir=folder) as work:
        for name, run in planned.items():
            results.measure(name, measure, Path(work), *run, steps)
    runs = [results.values[name] for name in planned]
    check_same(runs)
    scale_page.write(runs, results.minutes, steps)


def conditions(steps: int) -> dict[str, Any]:
    """What the results depend on besides code."""
    settings = vars(params.load("clean", "split", "tokenize", "baseline", "model", "train"))
    sections = {name: section.model_dump() for name, section in settings.items()}
    return {"machine": machine(), "libraries": libraries(), "steps": steps, "params": sections}


def plan(sizes: list[int], middle: list[int]) -> dict[str, tuple[int, str, int]]:
    """Reviews, engine and number of Dask's workers of each run, by its name.

    At the size in the middle, these are those of `middle`, and else USUAL.
    """
    runs = {}
    for reviews in sizes:
        runs[f"{reviews}, local"] = reviews, "local", USUAL
        for workers in middle if reviews == sizes[len(sizes) // 2] else [USUAL]:
            runs[f"{reviews}, dask, {workers}"] = reviews, "dask", workers
    return runs


def measure(work: Path, reviews: int, engine: str, workers: int, steps: int) -> dict[str, Any]:
    """Run all stages in a folder that is empty but for the corpus, which is kept for the next run."""
    home = work / str(reviews)
    for made in ("data", "models", "metrics"):
        shutil.rmtree(home / made, ignore_errors=True)
    home.mkdir(exist_ok=True)
    return scale_runs.run(home, reviews, engine, workers, steps)


def check_same(runs: list[dict[str, Any]]) -> None:
    """Raise UserError unless all runs of the same reviews have left the same bytes."""
    for reviews in {run["reviews"] for run in runs}:
        if len({run["sha256"] for run in runs if run["reviews"] == reviews}) > 1:
            raise UserError(f"{reviews:,} reviews: the engines have not left the same bytes; see scale.json")


if __name__ == "__main__":
    command.run(main)
