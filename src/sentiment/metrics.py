"""How good are probabilities: scores, their uncertainty, and the points of curves.

Everywhere `labels` is int (n) with 1 for positive and 0 for negative, `probabilities` is float (n)
and holds the probability of positive. Tables are columns
by name, arrays of equal length.
"""

from typing import NamedTuple

import numpy as np
from scipy.stats import binomtest
from sklearn import metrics

from sentiment.data.labels import decide, probability

POINTS = 200  # of a curve, at most: more are not seen

Table = dict[str, np.ndarray]


def summary(
    labels: np.ndarray, probabilities: np.ndarray, samples: int, bins: int, seed: int
) -> dict[str, float]:
    """All scores of one classifier, rounded to six decimals; both labels must occur.

    Accuracy and F1 come with their 95% interval (see `intervals`, for `samples` and `seed`). A
    ratio of nothing to nothing, such as the precision without positive predictions, is 0. `log_loss`
    is in nats and clips probabilities to the resolution of float32; `ece` is of `bins` bins.
    """
    predicted = decide(probabilities)
    low, high = intervals(confusion(labels, predicted), samples, seed)
    epsilon = float(np.finfo(np.float32).eps)
    probabilities = probabilities.astype(np.float64)
    scores = {
        "accuracy": metrics.accuracy_score(labels, predicted),
        "accuracy_low": low[0],
        "accuracy_high": high[0],
        "balanced_accuracy": metrics.balanced_accuracy_score(labels, predicted),
        "precision": metrics.precision_score(labels, predicted, zero_division=0),
        "recall": metrics.recall_score(labels, predicted, zero_division=0),
        "recall_negative": metrics.recall_score(labels, predicted, pos_label=0, zero_division=0),
        "f1": metrics.f1_score(labels, predicted, zero_division=0),
        "f1_low": low[1],
        "f1_high": high[1],
        "roc_auc": metrics.roc_auc_score(labels, probabilities),
        "average_precision": metrics.average_precision_score(labels, probabilities),
        "log_loss": metrics.log_loss(labels, probabilities.clip(epsilon, 1 - epsilon)),
        "brier": metrics.brier_score_loss(labels, probabilities),
        "ece": calibration_error(calibration(labels, probabilities, bins)),
    }
    return {name: round(float(score), 6) for name, score in scores.items()}


def confusion(labels: np.ndarray, predicted: np.ndarray) -> np.ndarray:
    """Count reviews by [actual label, predicted label]: int64 (2, 2)."""
    return metrics.confusion_matrix(labels, predicted, labels=[0, 1])


def intervals(counts: np.ndarray, samples: int, seed: int) -> np.ndarray:
    """95% percentile bootstrap intervals of accuracy and F1: float64 [low or high, accuracy or F1].

    Efron & Tibshirani 1993, An Introduction to the Bootstrap, ch. 13. Drawing n reviews with
    replacement fills the four cells of the confusion `counts` just as one multinomial draw does,
    so that no review has to be drawn.
    """
    n = counts.sum()
    draws = np.random.default_rng(seed).multinomial(n, counts.ravel() / n, size=samples)
    return percentiles(accuracy_and_f1(draws.reshape(samples, 2, 2)))


def difference_intervals(
    labels: np.ndarray, first: np.ndarray, second: np.ndarray, samples: int, seed: int
) -> np.ndarray:
    """The intervals of how much higher the scores of `second` are, as `intervals` returns them.

    `first` and `second` are predicted labels, int (n). Both are scored on the same drawn reviews, so that
    what makes a draw easy or hard for both drops out.
    """
    counts = np.bincount(4 * labels + 2 * first + second, minlength=8)
    n = counts.sum()
    draws = np.random.default_rng(seed).multinomial(n, counts / n, size=samples).reshape(samples, 2, 2, 2)
    return percentiles(accuracy_and_f1(draws.sum(2)) - accuracy_and_f1(draws.sum(3)))


def accuracy_and_f1(counts: np.ndarray) -> np.ndarray:
    """Both scores, float64 (2, ...), of each confusion matrix in `counts`, int (..., 2, 2)."""
    true_negative, false_positive, false_negative, true_positive = np.moveaxis(
        counts.reshape(*counts.shape[:-2], 4), -1, 0
    )
    accuracy = (true_negative + true_positive) / counts.sum((-2, -1))
    f1 = 2 * true_positive / np.maximum(2 * true_positive + false_positive + false_negative, 1)
    return np.array([accuracy, f1])


def percentiles(scores: np.ndarray) -> np.ndarray:
    """The ends of the middle 95% of `scores`, float (scores, samples): float64 [low or high, score]."""
    return np.quantile(scores, [0.025, 0.975], axis=1)


def validation(labels: np.ndarray, logits: np.ndarray) -> dict[str, float]:
    """Accuracy, and log loss in nats, of float `logits` (n) on the validation part."""
    log_loss = np.logaddexp(0, np.where(labels == 1, -logits, logits)).mean()
    accuracy = (decide(probability(logits)) == labels).mean()
    return {
        "validation_accuracy": round(float(accuracy), 6),
        "validation_log_loss": round(float(log_loss), 6),
    }


class McNemar(NamedTuple):
    """How many reviews one classifier alone is right on, and the p-value of that difference."""

    only_first_right: int
    only_second_right: int
    p_value: float


def mcnemar(labels: np.ndarray, first: np.ndarray, second: np.ndarray) -> McNemar:
    """McNemar's exact test: are two classifiers' predicted labels, int (n), right equally often?

    McNemar 1947, in the exact form of Dietterich 1998: of the reviews on which one alone is right,
    each has its half if the two are equally good. The p-value is two-sided, with three significant
    digits, and 1.0 where there is no such review.
    """
    only_first = int(((first == labels) & (second != labels)).sum())
    only_second = int(((first != labels) & (second == labels)).sum())
    discordant = only_first + only_second
    p_value = binomtest(only_first, discordant).pvalue if discordant else 1.0
    return McNemar(only_first, only_second, float(f"{p_value:.3g}"))


def calibration(labels: np.ndarray, probabilities: np.ndarray, bins: int) -> Table:
    """The reliability diagram: mean probability, share of positives and reviews of each bin.

    There are `bins` of equal width over 0 to 1, each with its upper end; empty ones are left out.
    """
    inner_edges = np.linspace(0, 1, bins + 1)[1:-1]
    index = np.digitize(probabilities, inner_edges, right=True)
    reviews = np.bincount(index)
    filled = np.flatnonzero(reviews)
    return {
        "probability": np.bincount(index, probabilities)[filled] / reviews[filled],
        "positive": np.bincount(index, labels)[filled] / reviews[filled],
        "reviews": reviews[filled],
    }


def calibration_error(table: Table) -> float:
    """The expected calibration error: the mean gap in the `calibration` table, by reviews.

    Guo et al. 2017, On Calibration of Modern Neural Networks, eq. 3, with the probability of
    positive as the confidence (they take that of the predicted class, which lets a gap among the
    negatives hide an opposite one among the positives).
    """
    gap = np.abs(table["probability"] - table["positive"])
    return float(np.average(gap, weights=table["reviews"]))


def roc(labels: np.ndarray, probabilities: np.ndarray) -> Table:
    """Points of the ROC curve, from (0, 0) to (1, 1)."""
    false_positive_rate, true_positive_rate, _ = metrics.roc_curve(labels, probabilities)
    return _thin({"false_positive_rate": false_positive_rate, "true_positive_rate": true_positive_rate})


def precision_recall(labels: np.ndarray, probabilities: np.ndarray) -> Table:
    """Points of the precision-recall curve, by rising recall from 0 to 1."""
    precision, recall, _ = metrics.precision_recall_curve(labels, probabilities, drop_intermediate=True)
    return _thin({"recall": recall[::-1], "precision": precision[::-1]})


def _thin(curve: Table) -> Table:
    """At most POINTS of the curve's points, evenly chosen, its two ends among them."""
    points = len(next(iter(curve.values())))
    chosen = np.linspace(0, points - 1, min(points, POINTS)).round().astype(int)
    return {name: values[chosen] for name, values in curve.items()}


def by_length(labels: np.ndarray, probabilities: np.ndarray, lengths: np.ndarray, bins: int = 10) -> Table:
    """The accuracy among reviews of similar length; `lengths` are in tokens, int (n).

    The bins hold about equally many reviews: fewer than `bins` where many have the same length.
    Columns: shortest, longest and median length, reviews, accuracy with its 95% Wilson interval.
    """
    ends = np.unique(np.quantile(lengths, np.linspace(0, 1, bins + 1)[1:], method="inverted_cdf"))
    index = np.searchsorted(ends, lengths)
    right = decide(probabilities) == labels
    rows = []
    for bin in range(len(ends)):
        inside = index == bin
        reviews, correct = int(inside.sum()), int(right[inside].sum())
        low, high = binomtest(correct, reviews).proportion_ci(method="wilson")
        shortest, tokens, longest = np.quantile(lengths[inside], [0, 0.5, 1])
        rows.append((int(shortest), int(longest), tokens, reviews, low, high, correct / reviews))
    names = "shortest", "longest", "tokens", "reviews", "accuracy_low", "accuracy_high", "accuracy"
    return {name: np.array(column) for name, column in zip(names, zip(*rows, strict=True), strict=True)}
