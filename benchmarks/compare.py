"""Our LSTM beside what a user would pick instead: seconds and validation accuracy, in one run.

    python -m benchmarks     # after `dvc repro tokenize`; let nothing else run meanwhile

Writes benchmarks/compare.md and benchmarks/compare.svg. What is measured is kept in
benchmarks/compare.json, so that the same command goes on after a kill; without that file all is
measured anew.
"""

import math
from pathlib import Path
from typing import Any

import matplotlib.style
from matplotlib.figure import Figure

from benchmarks.results import FOLDER, SECTIONS, Results, alone, conditions, libraries, machine, write
from sentiment.evaluation.plots import LINES, STYLE
from sentiment.reports.markdown import table
from sentiment.system.files import replacing

TARGET = 0.88
MEASURES = {
    "tfidf": "benchmarks.linear:tfidf",
    "ngrams": "benchmarks.linear:ngrams",
    "ours": "benchmarks.networks:ours",
    "usual": "benchmarks.networks:usual",
}
YARDSTICK = "usual recipe"
SYSTEMS = {
    "LSTM and n-grams": "**LSTM and n-grams**: the two below, stacked, without the reader",
    "LSTM": "LSTM",
    "n-gram baseline": "n-gram baseline",
    "TF-IDF": "TF-IDF of 20,000 words, logistic regression",
    YARDSTICK: "usual recipe: embedding 128, two BiLSTM(64), 20,000 words, 200 tokens, batch 32, Adam",
}
# Okabe and Ito's colours again; a marker where a curve is a single point.
STYLES: dict[str, dict[str, Any]] = {
    "LSTM and n-grams": LINES["network"],
    "LSTM": LINES["lstm"],
    "n-gram baseline": {**LINES["baseline"], "marker": "o"},
    "TF-IDF": {"color": "#CC79A7", "linestyle": (0, (6, 1.5, 1.2, 1.5)), "linewidth": 1.5, "marker": "s"},
    YARDSTICK: {"color": "#000000", "linestyle": "-", "linewidth": 1.2},
}
Curve = list[tuple[float, float]]  # seconds, accuracy on the validation part


def main() -> None:
    """Measure what has not been measured yet; write the table and the plot."""
    results = Results(FOLDER / "compare.json", conditions(*SECTIONS))
    for name, function in MEASURES.items():
        results.measure(name, alone, function)
    curves = {name: curve for curves in results.values.values() for name, curve in curves.items()}
    draw(FOLDER / "compare.svg", curves)
    write(
        FOLDER / "compare.md",
        "# Time to an accuracy",
        f"Written by `python -m benchmarks`, after {results.minutes:.0f} minutes, on {machine()}, "
        f"{libraries()}.",
        "From the tokens on disk on, on the same split; accuracy is that on the validation part. The time of "
        "the LSTM includes that of word vectors and n-grams. Importing libraries, and "
        "scoring the validation part ten times an epoch, are in no system's time. The stacking is fitted on "
        "the validation reviews. [What makes a step of training fast](tricks.md).",
        accuracy_table(curves),
        "![Accuracy over seconds, one line a system](compare.svg)",
    )


def accuracy_table(curves: dict[str, Curve]) -> str:
    """When each system reached TARGET, and how far it came, in Markdown."""
    usual, ended = reached(curves[YARDSTICK]), curves[YARDSTICK][-1][0]
    rows = []
    for name, label in SYSTEMS.items():
        seconds = reached(curves[name])
        best_at, best = max(curves[name], key=lambda point: (point[1], -point[0]))
        first = "never" if seconds is None else f"{seconds:.0f}"
        ratio = ""
        if seconds is not None:
            most = math.ceil(100 * seconds / ended) / 100  # rounded up, so that it is less
            ratio = f"{seconds / usual:.2f}" if usual else f"less than {most:.2f}"
        rows.append([label, first, ratio, f"{best:.1%}", f"{best_at:.0f}"])
    header = ["system", f"seconds to {TARGET:.0%}", f"times the {YARDSTICK}'s"]
    return table([*header, "best accuracy", "after seconds"], rows)


def reached(curve: Curve) -> float | None:
    """The seconds after which a look first found TARGET."""
    return next((seconds for seconds, accuracy in curve if accuracy >= TARGET), None)


def draw(path: Path, curves: dict[str, Curve]) -> None:
    """Draw accuracy over seconds into the SVG file `path`; the same input, the same bytes."""
    with matplotlib.style.context(["default", STYLE]):
        figure = Figure(figsize=(9, 5), layout="constrained")
        axes = figure.subplots()
        axes.set(xlabel="seconds from the tokens on disk on", ylabel="accuracy on the validation part")
        axes.yaxis.set_major_formatter("{x:.0%}")
        axes.axhline(TARGET, color="#AAAAAA", linewidth=1, linestyle=":")
        end = max(seconds for curve in curves.values() for seconds, _ in curve)
        for name, style in STYLES.items():
            points = curves[name]
            if len(points) == 1:  # what is trained at once stays as it is
                points = [*points, (end, points[0][1])]
            axes.plot(*zip(*points, strict=True), **style, markevery=[0], label=name)
        axes.legend(loc="lower right")
        with replacing(path) as part:
            figure.savefig(part, metadata={"Date": None, "Creator": None})
