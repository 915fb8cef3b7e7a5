"""What bfloat16 and chunks bring, each alone and both together, to the seconds of a training step.

    python -m benchmarks.tricks    # after `dvc repro tokenize`; some minutes, with nothing else running

Writes the table in benchmarks/tricks.md, and what was measured into benchmarks/tricks.json.
"""

from statistics import median

from benchmarks.results import FOLDER, SECTIONS, Results, alone, conditions, libraries, machine
from sentiment.reports.markdown import table, update
from sentiment.system.command import run

NO_BFLOAT16, NO_CHUNKS = {"train.precision": "float32"}, {"model.chunk_length": 0}
WHOLE = "**the LSTM**"
VARIANTS = {
    WHOLE: {},
    "without bfloat16: float32": NO_BFLOAT16,
    "without chunks: whole reviews": NO_CHUNKS,
    "without either: plain Keras": NO_BFLOAT16 | NO_CHUNKS,
}


def main() -> None:
    """Time the LSTM and each variant of it, and write the table."""
    results = Results(FOLDER / "tricks.json", conditions(*SECTIONS))
    timed = results.measure("tricks", alone, "benchmarks.speed:measure", VARIANTS)
    about = (
        f"Measured in {results.minutes:.0f} minutes on {machine()}, {libraries()}, in "
        f"{len(timed['seconds'][WHOLE])} rounds:"
    )
    content = f"{about}\n\n{speed_table(**timed)}"
    update(FOLDER / "tricks.md", {"results": content}, "benchmarks.tricks", check=False)


def speed_table(steps: int, seconds: dict[str, list[float]]) -> str:
    """What `speed.measure` found, in Markdown."""
    rows = []
    for name, own in seconds.items():
        ratios = [one / whole for one, whole in zip(own, seconds[WHOLE], strict=True)]
        spread = f"{median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})"
        saved = f"{median(1 - 1 / ratio for ratio in ratios):.0%}"
        compared = ["1", ""] if name == WHOLE else [spread, saved]
        rows.append([name, f"{median(own):.3f}", f"{median(own) * steps:.0f}", *compared])
    header = ["", "seconds per step", f"seconds for all reviews, {steps:,} steps", "ratio", "share saved"]
    return table(header, rows)


if __name__ == "__main__":
    run(main)
