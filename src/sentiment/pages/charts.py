"""The charts of the report, with Altair: Vega-Lite specifications whose colours are those of style.css."""

from collections.abc import Iterable
from typing import Any

import altair as alt
import pandas as pd

from sentiment.evaluation.plots import NAMES

DASHES = {"network": [1, 0], "lstm": [2, 2], "reader": [8, 3, 2, 3], "baseline": [5, 3]}
HEIGHT = 280  # pixels
LINES = alt.Legend(symbolType="stroke", symbolSize=400)


def spec(chart: alt.Chart | alt.LayerChart | alt.FacetChart) -> dict[str, Any]:
    """What Vega-Lite draws, as wide as its place in the page."""
    with alt.theme.enable("none"):
        content = chart.properties(width="container").to_dict()
    content.pop("$schema")
    return content


def colors(names: Iterable[str]) -> dict[str, Any]:
    """The channels that tell classifiers apart: colour, and dashes for print and the colour-blind."""
    names = list(names)
    shown = [NAMES[name] for name in names]
    inks, dashes = [f"var(--{name})" for name in names], [DASHES[name] for name in names]
    return {
        "color": alt.Color("model:N", scale=alt.Scale(domain=shown, range=inks), legend=LINES),
        "strokeDash": alt.StrokeDash("model:N", scale=alt.Scale(domain=shown, range=dashes), legend=LINES),
    }


def scores(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """The accuracy of each of `rows`, which have name, accuracy, low, high and color, with its interval."""
    order = [row["name"] for row in rows]
    base = alt.Chart(pd.DataFrame(rows)).encode(
        y=alt.Y("name:N", sort=order, title=None, axis=alt.Axis(labelLimit=170, ticks=False, domain=False)),
        color=alt.Color("color:N", scale=None),
        tooltip=["name:N", *(alt.Tooltip(f"{end}:Q", format=".1%") for end in ("accuracy", "low", "high"))],
    )
    x = alt.X("low:Q", title="accuracy", scale=alt.Scale(zero=False), axis=alt.Axis(format=".0%"))
    interval = base.mark_rule(strokeWidth=3, opacity=0.35).encode(x=x, x2="high:Q")
    point = base.mark_point(filled=True, size=80, opacity=1).encode(x=alt.X("accuracy:Q"))
    return spec(alt.layer(interval, point).properties(height=alt.Step(30)))


def histogram(counts: pd.DataFrame) -> dict[str, Any]:
    """How many reviews of each label got which probability; `counts` has start, end, label and reviews."""
    labels = ["negative", "positive"]
    return spec(
        alt.Chart(counts)
        .mark_bar(opacity=0.65)
        .encode(
            x=alt.X("start:Q", bin="binned", title="probability of positive", axis=alt.Axis(format=".0%")),
            x2="end:Q",
            y=alt.Y("reviews:Q", stack=None, scale=alt.Scale(type="sqrt"), axis=alt.Axis(tickCount=4)),
            color=alt.Color(
                "label:N", scale=alt.Scale(domain=labels, range=[f"var(--{one})" for one in labels])
            ),
            tooltip=["label:N", "reviews:Q", alt.Tooltip("start:Q", format=".0%")],
        )
        .properties(height=HEIGHT)
    )


def dots(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """The share that each classifier is right on, on several tests; `rows` have test, model and share."""
    names = [name for name, shown in NAMES.items() if any(row["model"] == shown for row in rows)]
    order = list(dict.fromkeys(row["test"] for row in rows))
    y = alt.Y(
        "test:N", sort=order, title=None, axis=alt.Axis(labelLimit=170, ticks=False, domain=False, grid=True)
    )
    return spec(
        alt.Chart(pd.DataFrame(rows))
        .mark_point(filled=True, size=90, opacity=0.9)
        .encode(
            x=alt.X("share:Q", title="right", scale=alt.Scale(zero=False), axis=alt.Axis(format=".0%")),
            y=y,
            color=colors(names)["color"].legend(symbolType="circle"),
            shape=alt.Shape("model:N", scale=alt.Scale(domain=[NAMES[name] for name in names])),
            tooltip=["test:N", "model:N", alt.Tooltip("share:Q", format=".1%")],
        )
        .properties(height=alt.Step(34))
    )


def rates(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """The pass rate of each capability as a bar; `rows` have capability, cases and passed, a share."""
    base = alt.Chart(pd.DataFrame(rows)).encode(
        x=alt.X("passed:Q", scale=alt.Scale(domain=[0, 1]), axis=alt.Axis(format=".0%")),
        y=alt.Y(
            "capability:N", sort="x", title=None, axis=alt.Axis(labelLimit=200, ticks=False, domain=False)
        ),
        tooltip=["capability:N", "cases:Q", alt.Tooltip("passed:Q", format=".0%")],
    )
    bars = base.mark_bar(color="var(--network)", opacity=0.75, height=14)
    return spec(bars.properties(height=alt.Step(24)))
