"""What each of the four tricks that make training fast brings alone, to the seconds of an epoch.

    python -m benchmarks.tricks    # after `dvc repro tokenize`; five minutes, with nothing else running

Writes benchmarks/tricks.md, and what was measured into benchmarks/tricks.json.
"""

from statistics import median

from benchmarks.results import FOLDER, Results, alone, conditions, libraries, machine, ratios, write
from sentiment.reports.markdown import table
from sentiment.system.command import run

WHOLE = "the network"
ADAM, FUSED_LSTM, BFLOAT16, CHUNKS = TRICKS = "Adam", "FusedLSTM", "bfloat16", "chunks"
INSTEAD = {
    WHOLE: "",
    ADAM: "`keras.optimizers.Adam`",
    FUSED_LSTM: "`keras.layers.LSTM`, in the same chunks",
    BFLOAT16: "float32",
    CHUNKS: "`keras.layers.LSTM`, over whole reviews",
}
# FusedLSTM takes chunks of at most 50 steps: without them, it is Keras's LSTM that reads whole reviews.
BASES = {ADAM: WHOLE, FUSED_LSTM: WHOLE, BFLOAT16: WHOLE, CHUNKS: FUSED_LSTM}


def main() -> None:
    """Time the network and each variant of it, and write the page."""
    results = Results(FOLDER / "tricks.json", conditions("baseline", "embedding", "model", "train"))
    variants = {WHOLE: [], **{trick: [trick] for trick in TRICKS}}
    timed = results.measure("tricks", alone, "benchmarks.speed:measure", variants)
    write(
        FOLDER / "tricks.md",
        "# What makes training fast",
        f"Written by `python -m benchmarks.tricks`, after {results.minutes:.0f} minutes, on {machine()}, "
        f"{libraries()}.",
        "The network of params.yaml, and the same with one of its tricks switched off. All take the same "
        f"batches in turn, in {len(timed['seconds'][WHOLE])} rounds: medians, and in brackets the least and "
        "the greatest of the rounds. A trick's ratio compares the seconds without it to those of the "
        "network; the share saved is what it takes off the seconds of an epoch.",
        tricks_table(timed),
        "FusedLSTM needs chunks of at most 50 steps, so that without chunks there is `keras.layers.LSTM` "
        "too. The ratio in that row is to `keras.layers.LSTM` in chunks, and thus that of chunks alone.",
    )


def tricks_table(timed: dict) -> str:
    """What `speed.measure` found, in Markdown."""
    steps, seconds = timed["steps"], timed["seconds"]
    rows = []
    for name, instead in INSTEAD.items():
        base = seconds[BASES.get(name, WHOLE)]
        shares = [1 - with_it / without for with_it, without in zip(base, seconds[name], strict=True)]
        brings = ["1", ""] if name == WHOLE else [ratios(seconds[name], base), f"{median(shares):.0%}"]
        label = f"**{WHOLE}**" if name == WHOLE else f"without {name}"
        rows.append([label, instead, *times(seconds[name], steps), *brings])
    header = ["", "instead", "seconds per step", f"seconds per epoch of {steps:,} steps"]
    return table([*header, "ratio", "share saved"], rows)


def times(seconds: list[float], steps: int) -> list[str]:
    """The cells of seconds per step and per epoch, from those per step in each round."""
    return [f"{median(seconds):.3f}", f"{median(seconds) * steps:.0f}"]


if __name__ == "__main__":
    run(main)
