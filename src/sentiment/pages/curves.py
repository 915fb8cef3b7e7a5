"""The curves of the report: one line for each classifier."""

from typing import Any

import altair as alt
import pandas as pd

from sentiment.evaluation.plots import NAMES, Curves
from sentiment.pages import charts

TITLES = {
    "false_positive_rate": "false positive rate",
    "true_positive_rate": "true positive rate",
    "recall": "recall",
    "precision": "precision",
    "probability": "probability of positive",
    "positive": "share that is positive",
}
Tables = dict[str, dict[str, pd.DataFrame]]  # by classifier and plot


def stacked(tables: Tables, plot: str) -> pd.DataFrame:
    """One `plot` of all classifiers in one table, with a column model."""
    return pd.concat([some[plot].assign(model=NAMES[name]) for name, some in tables.items()])


def curve(tables: Tables, plot: str, x: str, y: str, diagonal: bool = False) -> dict[str, Any]:
    """Columns `x` and `y` of a `plot`, both of them shares, as one line for each classifier."""
    share = alt.Scale(domain=[0, 1])
    lines = (
        alt.Chart(stacked(tables, plot))
        .mark_line(strokeWidth=2, point=alt.OverlayMarkDef(size=18) if diagonal else False)
        .encode(
            x=alt.X(f"{x}:Q", title=TITLES[x], scale=share, axis=alt.Axis(format=".0%")),
            y=alt.Y(f"{y}:Q", title=TITLES[y], scale=share, axis=alt.Axis(format=".0%")),
            order=alt.Order(f"{x}:Q"),
            tooltip=["model:N", alt.Tooltip(f"{x}:Q", format=".1%"), alt.Tooltip(f"{y}:Q", format=".1%")],
            **charts.colors(tables),
        )
    )
    if not diagonal:
        return charts.spec(lines.properties(height=charts.HEIGHT))
    ends = alt.Chart(pd.DataFrame({x: [0, 1], y: [0, 1]}))
    perfect = ends.mark_line(color="var(--soft)", strokeDash=[1, 4]).encode(x=f"{x}:Q", y=f"{y}:Q")
    return charts.spec(alt.layer(perfect, lines).properties(height=charts.HEIGHT))


def by_length(tables: Tables) -> dict[str, Any]:
    """Accuracy by the number of tokens, with the network's 95% interval."""
    x = alt.X(
        "tokens:Q", title="tokens read", scale=alt.Scale(type="log", nice=False), axis=alt.Axis(format="d")
    )
    y = alt.Y("accuracy:Q", scale=alt.Scale(zero=False), axis=alt.Axis(format=".0%"))
    network = alt.Chart(tables["network"]["length"])
    band = network.mark_area(opacity=0.14, color="var(--network)").encode(
        x=x, y=alt.Y("accuracy_low:Q", title="accuracy"), y2="accuracy_high:Q"
    )
    tooltip = ["model:N", "shortest:Q", "longest:Q", "reviews:Q", alt.Tooltip("accuracy:Q", format=".1%")]
    lines = (
        alt.Chart(stacked(tables, "length"))
        .mark_line(strokeWidth=2, point=alt.OverlayMarkDef(size=18))
        .encode(x=x, y=y, tooltip=tooltip, **charts.colors(tables))
    )
    return charts.spec(alt.layer(band, lines).properties(height=charts.HEIGHT))


def learning(curves: dict[str, Curves], score: str) -> dict[str, Any]:
    """The loss or the accuracy over the epochs, by network and part of the reviews."""
    rows = pd.DataFrame(
        [
            {"epoch": epoch, score: value, "model": NAMES[name], "part": part}
            for name, scores in curves.items()
            for part, values in scores[score].items()
            for epoch, value in enumerate(values.tolist(), 1)
        ]
    )
    percent = ".1%" if score == "accuracy" else ".3f"
    parts = alt.Scale(domain=["train", "validation"], range=[[1, 0], [4, 3]])
    lines = alt.Chart(rows).mark_line(strokeWidth=2, point=True)
    encoded = lines.encode(
        x=alt.X("epoch:O", axis=alt.Axis(labelAngle=0)),
        y=alt.Y(f"{score}:Q", scale=alt.Scale(zero=False), axis=alt.Axis(format=percent)),
        color=charts.colors(curves)["color"],
        strokeDash=alt.StrokeDash("part:N", scale=parts, legend=None),
        tooltip=["model:N", "part:N", "epoch:Q", alt.Tooltip(f"{score}:Q", format=percent)],
    )
    return charts.spec(encoded.properties(height=charts.HEIGHT - 40))
