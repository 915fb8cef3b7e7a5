"""The page, the picture and the figures in docs/scale.md of what `scale` has measured."""

from pathlib import Path
from typing import Any

import matplotlib.style
from matplotlib.figure import Figure

from benchmarks import results
from benchmarks.results import FOLDER, libraries, machine
from benchmarks.scale_runs import DATA_STAGES, STAGES, USUAL
from sentiment import params
from sentiment.evaluation.plots import LINES, STYLE
from sentiment.reports import markdown
from sentiment.system.files import read_json, replacing

GUIDE = Path("docs") / "scale.md"
PROCESSES = FOLDER / "two_processes.json"  # what `benchmarks.two_processes` has measured, if it has
MANY = 100_000_000  # reviews that docs/scale.md reckons with
STYLES: dict[str, dict[str, Any]] = {
    "local": {**LINES["network"], "marker": "o"},
    "dask": {**LINES["baseline"], "marker": "s"},
}
Run = dict[str, Any]


def write(runs: list[Run], minutes: float, steps: int) -> None:
    """Write all three; `minutes` is how long it took to measure the `runs`."""
    learned = params.load("baseline").baseline.reviews
    draw(FOLDER / "scale.svg", usual(runs))
    results.write(
        FOLDER / "scale.md",
        "# Time and memory as the corpus grows",
        f"Written by `python -m benchmarks.scale`, after {minutes:.0f} minutes, on {machine()}, "
        f"{libraries()}.",
        "Reviews of [invented words](synthetic.py), whose frequencies and lengths are those of real ones, go "
        f"through the stages clean, tokenize and baseline, and {steps} steps of training without the "
        "reader. Each stage is a command of its own, its start included. Memory is that of all its processes "
        "together: the proportional set size, in which what they share counts once, and pages of mapped "
        "files count. Both engines have left the same bytes. What every run does once weighs less on each of "
        "many reviews: the start of the stages, and learning the weights of n-grams, from "
        f"{learned:,} reviews at most.",
        table(runs),
        "\n".join(f"- {sentence}" for sentence in findings(runs)),
        "![Milliseconds for a review, by the number of reviews, one line an engine](scale.svg)",
        two_processes(),
    )
    markdown.update(GUIDE, {"figures": many(runs)}, "benchmarks.scale", check=False)


def table(runs: list[Run]) -> str:
    """Seconds of each stage, reviews a second of the data stages together, and peak memory."""
    rows = []
    for run in runs:
        stages = (run["stages"].get(name) for name in STAGES)
        seconds = [f"{stage['seconds']:,.0f}" if stage else "" for stage in stages]
        speed, memory = f"{run['reviews'] / spent(run):,.0f}", f"{peak(run) / 2**30:.1f}"
        rows.append([f"{run['reviews']:,}", engine_of(run), *seconds, speed, memory])
    header = ["reviews", "engine", *(f"{name}, s" for name in STAGES)]
    return markdown.table([*header, "reviews/s through the first three", "peak memory, GiB"], rows)


def findings(runs: list[Run]) -> list[str]:
    """What the table says, in sentences."""
    largest = [run for run in usual(runs) if run["reviews"] == max(run["reviews"] for run in runs)]
    by_engine = {run["engine"]: run for run in largest}
    ratio = spent(by_engine["dask"]) / spent(by_engine["local"])
    sentences = [
        f"With {largest[0]['reviews']:,} reviews, Dask takes {ratio:.2f} times as long as the engine local.",
        f"No stage of any run held more than {max(map(peak, runs)) / 2**30:.1f} GiB.",
    ]
    for engine in by_engine:
        cost = {run["reviews"]: milliseconds(run) for run in usual(runs) if run["engine"] == engine}
        few, most = min(cost), max(cost)
        sentences.append(
            f"A review takes {cost[most]:.2f} ms on the engine {engine} where there are {most:,}, "
            f"{cost[most] / cost[few]:.2f} times what it takes where there are {few:,}."
        )
    return sentences


def two_processes() -> str:
    """What training in two processes takes beside one."""
    if not PROCESSES.exists():
        return "Training in two processes has not been measured here."
    measured = read_json(PROCESSES)
    one, two = measured["seconds_one_process"], measured["seconds_two_processes"]
    return (
        f"A step of training takes {two:.3f} s in two processes with a thread each, {two / one:.2f} times "
        f"the {one:.3f} s of one process with two threads. Their losses differ by "
        f"{measured['largest_difference']:.0e} at most: sums in another order are rounded otherwise, and "
        "training enlarges what differs."
    )


def many(runs: list[Run]) -> str:
    """How long MANY reviews take, and on how much disk, at the speed of the largest runs."""
    rows = []
    for run in usual(runs):
        if run["reviews"] == max(run["reviews"] for run in runs):
            hours = [run["stages"][name]["seconds"] * MANY / run["reviews"] / 3600 for name in DATA_STAGES]
            cells = [f"{value:,.1f}" for value in (*hours, sum(hours))]
            rows.append([engine_of(run), *cells, f"{peak(run) / 2**30:.1f}"])
    header = ["engine", *(f"{name}, hours" for name in DATA_STAGES), "together", "GiB, measured"]
    measured = f"{max(run['reviews'] for run in runs):,} on {machine()}"
    table = markdown.table(header, rows)
    return f"{table}\n\nReckoned for {MANY:,} reviews from {measured}: [all figures](../benchmarks/scale.md)."


def draw(path: Path, runs: list[Run]) -> None:
    """Draw the time of a review over the number of reviews; the same input, the same bytes."""
    with matplotlib.style.context(["default", STYLE]):
        figure = Figure(figsize=(8, 4), layout="constrained")
        axes = figure.subplots()
        axes.set(xlabel="reviews", ylabel="milliseconds for a review, clean to baseline", xscale="log")
        for engine, style in STYLES.items():
            points = [(run["reviews"], milliseconds(run)) for run in runs if run["engine"] == engine]
            axes.plot(*zip(*points, strict=True), **style, label=engine)
        axes.set_ylim(bottom=0)
        axes.legend(loc="lower right")
        with replacing(path) as part:
            figure.savefig(part, metadata={"Date": None, "Creator": None})


def usual(runs: list[Run]) -> list[Run]:
    """One run of each size and engine: those with as many of Dask's workers at every size."""
    return [run for run in runs if run["workers"] == USUAL]


def engine_of(run: Run) -> str:
    """The engine, and the number of Dask's workers."""
    several = "s" if run["workers"] > 1 else ""
    return "local" if run["engine"] == "local" else f"dask, {run['workers']} worker{several}"


def spent(run: Run) -> float:
    """Seconds of the stages before training."""
    return sum(run["stages"][name]["seconds"] for name in DATA_STAGES)


def milliseconds(run: Run) -> float:
    """That a review takes in the stages before training."""
    return 1000 * spent(run) / run["reviews"]


def peak(run: Run) -> int:
    """The most memory of any stage, in bytes."""
    return max(stage["memory"] for stage in run["stages"].values())
