"""Two runs of the pipeline on the same test reviews: what differs, what came of it, where they disagree."""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from sentiment import metrics, params
from sentiment.data import labels
from sentiment.errors import UserError
from sentiment.reports import markdown, revision
from sentiment.system.files import is_system_error

PREDICTIONS = "data/predictions.parquet"
NAMES = {
    "accuracy": "accuracy",
    "f1": "F1",
    "roc_auc": "ROC AUC",
    "log_loss": "log loss",
    "ece": "calibration error",
}


class Run(NamedTuple):
    """A run's name, its parameters by name, and its predictions: columns text, label and network."""

    name: str
    params: dict[str, Any]
    predictions: pd.DataFrame


@dataclass(frozen=True)
class Comparison:
    """What differs between two runs.

    names: of the first and the second run.
    tested: how many test reviews each of them has.
    reviews: those of both, as rows: text, label (int8), first and second (probabilities, float32), and
        whether these are right, first_right and second_right (bool).
    params: the parameters that differ, each with both values.
    scores: each with its name, both values and their difference, as they are shown.
    mcnemar: whether the difference in accuracy is significant.
    """

    names: tuple[str, str]
    tested: tuple[int, int]
    reviews: pd.DataFrame
    params: list[tuple[str, ...]]
    scores: list[tuple[str, ...]]
    mcnemar: metrics.McNemar

    def summary(self) -> str:
        """How many reviews are compared, and McNemar's test of them, in sentences."""
        compared, (first, second) = len(self.reviews), self.tested
        if compared == first == second:
            scored = f"Both are scored on the same {compared:,} test reviews."
        else:
            scored = f"Scored on the {compared:,} reviews in both test parts, of {first:,} and {second:,}."
        before, after = (f"“{name}”" for name in self.names)
        return f"{scored} {markdown.mcnemar(before, after, self.mcnemar)}"

    def changed(self, right: bool) -> pd.DataFrame:
        """The reviews that only the second run is `right` on, or only the first; largest change first."""
        reviews = self.reviews[self.reviews["first_right"] != self.reviews["second_right"]]
        reviews = reviews[reviews["second_right"] == right]
        shift = (reviews["second"] - reviews["first"]).abs()
        return reviews.loc[shift.sort_values(ascending=False, kind="stable").index]


def read(name: str) -> Run:
    """The run of a revision; raises UserError where it has none that can be compared."""
    with revision.files(name, PREDICTIONS) as folder:
        try:
            table = pq.read_table(folder / PREDICTIONS)
            predictions = table.select(["text", "label", "network"]).to_pandas()
        except (pa.ArrowException, OSError, KeyError) as error:
            if is_system_error(error):
                raise
            problem = "has no texts, as earlier releases wrote it, or is damaged"
            raise UserError(f"{PREDICTIONS} of {name!r} {problem}; run `dvc repro evaluate` there") from None
    return Run(name, revision.params(name), predictions)


def compare(first: Run, second: Run, settings: params.Evaluate) -> Comparison:
    """Compare two runs on the reviews that are in the test parts of both, under the same label.

    Raises UserError where these are none, or of one label only.
    """
    reviews = first.predictions.merge(second.predictions, on=["text", "label"])
    reviews.columns = ["text", "label", "first", "second"]
    for side in ("first", "second"):
        reviews[f"{side}_right"] = labels.decide(reviews[side]) == reviews["label"]
    if reviews["label"].nunique() < 2:
        raise UserError(f"{first.name} and {second.name}: no positive and negative test reviews in common")
    actual, before, after = (reviews[column].to_numpy() for column in ("label", "first", "second"))
    return Comparison(
        (first.name, second.name),
        (len(first.predictions), len(second.predictions)),
        reviews,
        differing(first.params, second.params),
        scores(actual, before, after, settings),
        metrics.mcnemar(actual, labels.decide(before), labels.decide(after)),
    )


def differing(first: dict[str, Any], second: dict[str, Any]) -> list[tuple[str, ...]]:
    """The parameters that are not the same, with both values; "none" where a run does not have it."""
    names = [*first, *(name for name in second if name not in first)]
    pairs = [(name, *(str(some.get(name, "none")) for some in (first, second))) for name in names]
    return [pair for pair in pairs if pair[1] != pair[2]]


def scores(
    actual: np.ndarray, first: np.ndarray, second: np.ndarray, settings: params.Evaluate
) -> list[tuple[str, ...]]:
    """The scores of two runs' probabilities, float (n), and their differences, with 95% intervals."""
    samples, bins, seed = settings.bootstrap_samples, settings.calibration_bins, settings.seed
    before, after = (metrics.summary(actual, values, samples, bins, seed) for values in (first, second))
    decided = labels.decide(first), labels.decide(second)
    low, high = metrics.difference_intervals(actual, *decided, samples=samples, seed=seed)
    rows = []
    for index, key in enumerate(("accuracy", "f1")):
        ends = key, f"{key}_low", f"{key}_high"
        own = (_percent([some[end] for end in ends], ".1f") for some in (before, after))
        difference = _percent([after[key] - before[key], low[index], high[index]], "+.2f")
        rows.append((f"{NAMES[key]}, %", *own, difference))
    for key in ("roc_auc", "log_loss", "ece"):
        gain = round(after[key] - before[key], 4) + 0.0  # no "-0.0000"
        rows.append((NAMES[key], f"{before[key]:.4f}", f"{after[key]:.4f}", f"{gain:+.4f}"))
    return rows


def _percent(shares: list[float], digits: str) -> str:
    """A share and the ends of its interval."""
    value, low, high = (format(100 * share, digits) for share in shares)
    return f"{value} ({low} to {high})"
