"""The page of the experiments: parallel coordinates, and a table; one HTML file that needs nothing else."""

from pathlib import Path
from typing import Any

import altair as alt
import pandas as pd

from sentiment.pages import charts, shell
from sentiment.reports.experiments import ACCURACY, LOSS, Experiment, Experiments, shown
from sentiment.system import files

LABELLED = 6  # values of a parameter; of more, only the ends get a label
STEP = 68  # pixels from one axis to the next


def write(found: Experiments, page: Path) -> None:
    """Write the experiments to `page`."""
    text = shell.render("experiments.html.j2", found=found, spec=parallel(found))
    with files.replacing(page) as part:
        part.write_text(text, "utf-8")


def parallel(found: Experiments) -> dict[str, Any]:
    """One axis for each parameter that differs and each score, below each other; a line for each experiment.

    Scores are better to the right. The best experiment, that of the lowest loss, stands out.
    """
    axes = [_parameter(found.finished, name, values) for name, values in found.differing().items()]
    axes += [_score(found.finished, ACCURACY), _score(found.finished, LOSS)]
    points = pd.concat(axes, keys=range(len(axes)), names=["row", None]).reset_index("row")
    points = points.iloc[::-1]  # the best on top
    y = alt.Y("row:O", axis=None)
    x = alt.X("position:Q", axis=None, scale=alt.Scale(domain=[0, 1]))
    names = alt.Chart(points.drop_duplicates("row")).encode(y=y, text="axis:N", x=alt.value(0))
    values = alt.Chart(points[points["label"] != ""].drop_duplicates(["row", "position"])).encode(
        x=x, y=y, text="label:N"
    )
    side = "datum.position < 0.05 ? 'left' : datum.position > 0.95 ? 'right' : 'center'"
    chart = alt.layer(
        alt.Chart(pd.DataFrame({"row": range(len(axes))})).mark_rule(color="var(--line)").encode(y=y),
        _lines(points, x, y, found.finished[0].name),
        *_legible(names, fill="var(--ink)", align="left", dy=-14, fontWeight=600),
        *_legible(values, fill="var(--soft)", align=alt.expr(side), dy=14),
    )
    return charts.spec(chart.properties(height=alt.Step(STEP)))


def _legible(texts: alt.Chart, fill: str, **style: Any) -> tuple[alt.Chart, alt.Chart]:
    """Texts, and below them their outlines in the colour of the card, which keep lines away from them."""
    outline = texts.mark_text(stroke="var(--card)", strokeWidth=5, strokeJoin="round", **style)
    return outline, texts.mark_text(fill=fill, **style)


def _lines(points: pd.DataFrame, x: alt.X, y: alt.Y, best: str) -> alt.Chart:
    """The experiments as lines, with a point on each axis."""
    is_best = alt.datum.experiment == best
    return (
        alt.Chart(points)
        .mark_line(point=alt.OverlayMarkDef(size=36))
        .encode(
            x=x,
            y=y,
            order="row:O",
            detail="experiment:N",
            color=alt.condition(is_best, alt.value("var(--network)"), alt.value("var(--soft)")),
            opacity=alt.condition(is_best, alt.value(1), alt.value(0.45)),
            strokeWidth=alt.condition(is_best, alt.value(3), alt.value(1.5)),
            tooltip=["experiment:N", "axis:N", "value:N"],
        )
    )


def _parameter(finished: list[Experiment], name: str, values: list[str | float]) -> pd.DataFrame:
    """A parameter's axis: its values at equal distances, whatever they are."""
    places = {value: index / (len(values) - 1) for index, value in enumerate(values)}
    labelled = values if len(values) <= LABELLED else [values[0], values[-1]]
    chosen = [one.params.get(name, "none") for one in finished]
    return _axis(
        finished,
        name,
        [places[value] for value in chosen],
        [shown(value) for value in chosen],
        [value in labelled for value in chosen],
    )


def _score(finished: list[Experiment], name: str) -> pd.DataFrame:
    """A score's axis, from the worst to the best."""
    values = [one.loss if name == LOSS else one.accuracy for one in finished]
    worst, best = (max(values), min(values)) if name == LOSS else (min(values), max(values))
    text = "{:.4f}" if name == LOSS else "{:.2%}"
    places = [(value - worst) / (best - worst) if best != worst else 1.0 for value in values]
    ends = [value in (worst, best) for value in values]
    return _axis(finished, name, places, [text.format(value) for value in values], ends)


def _axis(
    finished: list[Experiment], name: str, places: list[float], values: list[str], labelled: list[bool]
) -> pd.DataFrame:
    """An axis as rows, one for each experiment."""
    return pd.DataFrame(
        {
            "experiment": [one.name for one in finished],
            "axis": name,
            "position": places,
            "value": values,
            "label": [value if wanted else "" for value, wanted in zip(values, labelled, strict=True)],
        }
    )
