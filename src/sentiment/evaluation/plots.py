"""The pictures of a training and its evaluation, which need no network as DVC's own plots do."""

from pathlib import Path

import matplotlib
import matplotlib.style
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.layout_engine import ConstrainedLayoutEngine

from sentiment import metrics
from sentiment.data.labels import NAMES as LABELS
from sentiment.data.labels import decide
from sentiment.errors import UserError

NAMES = {
    "network": "network",
    "lstm": "its LSTM alone",
    "reader": "its reader alone",
    "baseline": "n-gram baseline",
}
Probabilities = dict[str, np.ndarray]  # by the names in NAMES: float32 (n)
Curves = dict[str, dict[str, np.ndarray]]  # loss and accuracy of train and validation, one an epoch: float64

# Okabe and Ito's blue, green, purple and vermilion, which the colour-blind tell apart; and dashes for print.
LINES = {
    "network": {"color": "#0072B2", "linestyle": "-", "linewidth": 1.8},
    "lstm": {"color": "#009E73", "linestyle": (0, (1.2, 1.2)), "linewidth": 1.5},
    "reader": {"color": "#CC79A7", "linestyle": (0, (5, 1.2, 1.2, 1.2)), "linewidth": 1.5},
    "baseline": {"color": "#D55E00", "linestyle": (0, (4, 1.6)), "linewidth": 1.5},
}
PANELS = {  # title, and what the axes show
    "roc": ("ROC", "false positive rate", "true positive rate"),
    "precision_recall": ("Precision and recall", "recall", "precision"),
    "calibration": ("Calibration", "probability of positive", "share of positives"),
    "length": ("Accuracy by length (95% interval)", "tokens read", "accuracy"),
    "histogram": ("Probabilities", "probability of positive", "reviews"),
    "confusion": ("Confusion", "predicted", "actual"),
}
LEGENDS = {"roc": "lower right", "precision_recall": "lower left", "calibration": "upper left"}
STYLE = {
    "axes.edgecolor": "#888888",
    "axes.grid": True,
    "axes.labelcolor": "#333333",
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlelocation": "left",
    "axes.titleweight": "bold",
    "axes.titlesize": 11,
    "figure.facecolor": "white",  # the picture is also read on dark pages
    "font.size": 9.5,
    "grid.color": "#E6E6E6",
    "legend.frameon": False,
    "svg.hashsalt": "sentiment",  # else ids inside the picture differ from run to run
    "xtick.color": "#555555",
    "ytick.color": "#555555",
}


def draw(
    path: Path,
    labels: np.ndarray,
    probabilities: Probabilities,
    tables: dict[str, dict[str, metrics.Table]],
    scores: dict,
) -> None:
    """Draw curves, confusion and probabilities into the SVG file `path`; the same input, the same bytes.

    `labels` are int (n); `tables` and `scores` are what the stage `evaluate` has computed by classifier.
    """
    with matplotlib.style.context(["default", STYLE]):
        figure = Figure(figsize=(11, 7.6), layout=ConstrainedLayoutEngine(w_pad=0.12, h_pad=0.12))
        panels = dict(zip(PANELS, figure.subplots(2, 3).flat, strict=True))
        for name, panel in panels.items():
            title, x, y = PANELS[name]
            panel.set(title=title, xlabel=x, ylabel=y, box_aspect=0.9)
        for name in ("roc", "calibration"):  # chance, and perfection
            panels[name].plot([0, 1], [0, 1], color="#AAAAAA", linewidth=1, linestyle=":")
        for name, values in probabilities.items():
            draw_classifier(panels, LINES[name], tables[name], scores[name])
            panels["histogram"].hist(values, np.linspace(0, 1, 21), histtype="step", **LINES[name])
        for name, corner in LEGENDS.items():
            panels[name].legend(loc=corner)
        panels["length"].yaxis.set_major_formatter("{x:.0%}")
        panels["histogram"].set_yscale("log")
        draw_confusion(panels["confusion"], labels, probabilities)
        names = [f"{NAMES[name]}: {scores[name]['accuracy']:.1%} accurate" for name in probabilities]
        lines = panels["roc"].lines[1:]
        legend = figure.legend(lines, names, loc="outside upper center", ncols=4, columnspacing=1.4)
        legend.set_title(f"{len(labels):,} test reviews", FontProperties(size=13, weight="bold"))
        figure.savefig(path, metadata={"Date": None, "Creator": None})


def draw_classifier(
    panels: dict[str, Axes], line: dict, tables: dict[str, metrics.Table], scores: dict[str, float]
) -> None:
    """Draw the four curves of one classifier in the style of `line`."""
    dots = {**line, "marker": "o", "markersize": 3.5}
    labels = {
        "roc": f"area {scores['roc_auc']:.3f}",
        "precision_recall": f"average {scores['average_precision']:.3f}",
        "calibration": f"error {scores['ece']:.3f}",
    }
    panels["roc"].plot(*tables["roc"].values(), **line, label=labels["roc"])
    curve = tables["precision_recall"].values()
    panels["precision_recall"].plot(*curve, **line, label=labels["precision_recall"])
    bins = tables["calibration"]
    panels["calibration"].plot("probability", "positive", data=bins, **dots, label=labels["calibration"])
    lengths, interval = tables["length"], {"color": line["color"], "alpha": 0.12}
    panels["length"].plot("tokens", "accuracy", data=lengths, **dots)
    panels["length"].fill_between("tokens", "accuracy_low", "accuracy_high", data=lengths, **interval)


def draw_confusion(axes: Axes, labels: np.ndarray, probabilities: Probabilities) -> None:
    """Show all confusion matrices in one, shaded by the network's share of each actual label."""
    counts = {name: metrics.confusion(labels, decide(values)) for name, values in probabilities.items()}
    shares = {name: matrix / matrix.sum(axis=1, keepdims=True) for name, matrix in counts.items()}
    axes.imshow(shares["network"], cmap="Greys", vmin=0, vmax=5, aspect="auto")
    for actual, predicted in np.ndindex(2, 2):
        for name, height in zip(counts, np.linspace(-0.2, 0.2, len(counts)), strict=True):
            text = f"{counts[name][actual, predicted]:,} ({shares[name][actual, predicted]:.1%})"
            color = LINES[name]["color"]
            axes.text(predicted, actual + height, text, ha="center", va="center", color=color, weight="bold")
    axes.set_xticks([0, 1], LABELS)
    axes.set_yticks([0, 1], LABELS, rotation=90, va="center")
    axes.tick_params(length=0)
    axes.grid(False)
    axes.spines[:].set_visible(False)


def read_curves(folder: Path) -> Curves:
    """The learning curves that the stage `train` left in `folder`; raises UserError where there are none."""
    try:
        return {
            score: {
                part: pd.read_csv(folder / f"plots/metrics/{part}/{score}.tsv", sep="\t")[score].to_numpy()
                for part in ("train", "validation")
            }
            for score in ("loss", "accuracy")
        }
    except (FileNotFoundError, ValueError, KeyError):
        raise UserError(f"{folder}: no learning curves; run `dvc repro train`") from None


def draw_curves(path: Path, curves: Curves) -> None:
    """Draw loss and accuracy over the epochs into the SVG file `path`; the same input, the same bytes."""
    colors = {"train": LINES["baseline"], "validation": LINES["network"]}
    with matplotlib.style.context(["default", STYLE]):
        figure = Figure(figsize=(8, 3.4), layout="constrained")
        for panel, (score, parts) in zip(figure.subplots(1, 2), curves.items(), strict=True):
            for part, values in parts.items():
                epochs = np.arange(1, len(values) + 1)
                panel.plot(epochs, values, **colors[part], marker="o", markersize=3.5, label=part)
            panel.set(title=score.capitalize(), xlabel="epoch", ylabel=score, xticks=epochs)
            panel.legend()
        panel.yaxis.set_major_formatter("{x:.0%}")
        figure.savefig(path, metadata={"Date": None, "Creator": None})
