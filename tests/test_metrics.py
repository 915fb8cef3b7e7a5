"""Scores against values worked out by hand, or in another way."""

import numpy as np
import pytest

from sentiment import metrics

LABELS = np.array([0, 0, 1, 1, 1])
PROBABILITIES = np.array([0.1, 0.3, 0.3, 0.8, 0.9])


def made(n: int, seed: int = 0):
    """Labels and probabilities of a classifier that is right about 4 times of 5."""
    generator = np.random.default_rng(seed)
    labels = generator.integers(0, 2, n)
    logits = generator.normal(1.7 * (labels - 0.5), 1)
    return labels, 1 / (1 + np.exp(-2 * logits))


def test_summary_by_hand():
    summary = metrics.summary(LABELS, PROBABILITIES, samples=50, bins=2, seed=0)
    assert summary["accuracy"] == 0.8
    assert summary["precision"] == 1
    assert summary["recall"] == round(2 / 3, 6)
    assert summary["f1"] == 0.8
    assert summary["roc_auc"] == round(5.5 / 6, 6)  # of 6 pairs one is a tie
    assert summary["average_precision"] == round(2 / 3 + 1 / 3 * 3 / 4, 6)
    assert summary["log_loss"] == round(-np.log([0.9, 0.7, 0.3, 0.8, 0.9]).mean(), 6)
    assert summary["brier"] == round((0.01 + 0.09 + 0.49 + 0.04 + 0.01) / 5, 6)
    assert summary["ece"] == 0.12


@pytest.mark.filterwarnings("error")
def test_validation_by_hand():
    """A logit of 0 is positive, and the largest ones do not overflow."""
    labels, logits = np.array([1, 0, 1, 0]), np.array([0.0, 0.0, 1000.0, 1000.0])
    assert metrics.validation(labels, logits) == {
        "validation_accuracy": 0.5,
        "validation_log_loss": round((2 * np.log(2) + 1000) / 4, 6),
    }
    labels, probabilities = made(400)
    scores = metrics.validation(labels, np.log(probabilities / (1 - probabilities)))
    summary = metrics.summary(labels, probabilities, samples=50, bins=2, seed=0)
    assert scores["validation_accuracy"] == summary["accuracy"]
    assert scores["validation_log_loss"] == pytest.approx(summary["log_loss"], abs=2e-6)


@pytest.mark.filterwarnings("error")
def test_classifiers_always_right_and_always_wrong():
    right, wrong = (
        metrics.summary(LABELS, values.astype(np.float32), samples=50, bins=15, seed=0)
        for values in (LABELS, 1 - LABELS)
    )
    for score in ("log_loss", "brier", "ece"):
        assert right.pop(score) == pytest.approx(0, abs=1e-6)
    assert set(right.values()) == {1.0}
    assert [wrong[score] for score in ("accuracy", "accuracy_high", "f1", "roc_auc")] == [0, 0, 0, 0]
    assert [wrong[score] for score in ("brier", "ece")] == [1, 1]
    assert 15 < wrong["log_loss"] < 17  # finite, though it gave no probability to what happened


@pytest.mark.filterwarnings("error")
def test_constant_classifiers():
    negative = metrics.summary(LABELS, np.full(5, 0.2), samples=50, bins=10, seed=0)
    assert [negative[score] for score in ("accuracy", "precision", "recall", "f1")] == [0.4, 0, 0, 0]
    assert (negative["f1_low"], negative["f1_high"], negative["ece"]) == (0, 0, 0.4)
    undecided = metrics.summary(LABELS, np.full(5, 0.5), samples=50, bins=10, seed=0)
    assert [undecided[score] for score in ("accuracy", "recall", "roc_auc", "brier")] == [0.6, 1, 0.5, 0.25]
    assert undecided["log_loss"] == round(np.log(2), 6)


def test_calibration_by_hand():
    table = metrics.calibration(LABELS, PROBABILITIES, bins=2)
    assert table["probability"] == pytest.approx([0.7 / 3, 0.85])
    assert table["positive"] == pytest.approx([1 / 3, 1])
    assert table["reviews"].tolist() == [3, 2]
    assert metrics.calibration_error(table) == pytest.approx(0.6 * 0.1 + 0.4 * 0.15)


def test_calibration_bins_hold_their_upper_end_and_empty_ones_are_left_out():
    table = metrics.calibration(np.array([0, 1, 0, 1]), np.array([0, 0.5, 0.5001, 1]), bins=4)
    assert table["probability"] == pytest.approx([0, 0.5, 0.5001, 1])
    table = metrics.calibration(np.array([0, 1]), np.array([0.0, 1.0]), bins=1)
    assert table["reviews"].tolist() == [2]


def test_interval_holds_the_true_accuracy_and_f1_19_times_of_20():
    accuracy, f1 = 0.85, 2 * 0.45 / (2 * 0.45 + 0.1 + 0.05)
    generator = np.random.default_rng(0)
    tables = generator.multinomial(500, [0.4, 0.1, 0.05, 0.45], size=400).reshape(-1, 2, 2)
    low, high = np.array([metrics.intervals(table, samples=400, seed=1) for table in tables]).swapaxes(0, 1)
    covered = ((low <= [accuracy, f1]) & ([accuracy, f1] <= high)).mean(axis=0)
    assert (covered > 0.92).all() and (covered < 0.98).all()


def test_mcnemar_by_hand():
    labels = np.ones(10, int)
    network = np.array([1, 1, 1, 1, 1, 1, 1, 1, 0, 0])
    baseline = np.array([0, 0, 0, 0, 0, 1, 1, 1, 1, 0])
    assert metrics.mcnemar(labels, network, baseline) == (5, 1, 0.219)  # 2 * (1 + 6) / 64
    assert metrics.mcnemar(labels, network, network) == (0, 0, 1.0)


def test_the_interval_of_a_difference_is_that_of_the_reviews_drawn_one_by_one():
    generator = np.random.default_rng(0)
    labels = generator.integers(0, 2, 400)
    first = np.where(generator.random(400) < 0.85, labels, 1 - labels)
    second = np.where(generator.random(400) < 0.95, labels, first)  # mostly wrong where the first is
    drawn = generator.integers(0, 400, (4000, 400))
    accuracies = (second == labels)[drawn].mean(1) - (first == labels)[drawn].mean(1)
    found = metrics.difference_intervals(labels, first, second, samples=4000, seed=0)
    assert found[:, 0] == pytest.approx(np.quantile(accuracies, [0.025, 0.975]), abs=0.004)
    assert (found[:, 1] > 0).all()
    assert metrics.difference_intervals(labels, first, first, samples=50, seed=0).tolist() == [[0, 0], [0, 0]]


@pytest.mark.parametrize(("n", "points"), [(5, 5), (5000, metrics.POINTS)])
def test_curves_are_short_and_keep_their_shape(n, points):
    labels, probabilities = (LABELS, PROBABILITIES) if n == 5 else made(n)
    summary = metrics.summary(labels, probabilities, samples=50, bins=15, seed=0)
    x, y = metrics.roc(labels, probabilities).values()
    assert len(x) <= points
    assert (x[0], y[0], x[-1], y[-1]) == (0, 0, 1, 1)
    assert (np.diff(x) * (y[1:] + y[:-1]) / 2).sum() == pytest.approx(summary["roc_auc"], abs=1e-3)
    recall, precision = metrics.precision_recall(labels, probabilities).values()
    assert len(recall) <= points
    assert (np.diff(recall) >= 0).all() and (recall[0], recall[-1]) == (0, 1)
    assert precision[-1] == pytest.approx(labels.mean(), abs=0.02)


def test_accuracy_by_length():
    lengths = np.array([9, 1, 2, 3, 4])
    table = metrics.by_length(LABELS, PROBABILITIES, lengths, bins=2)
    assert table["shortest"].tolist() == [1, 4]
    assert table["longest"].tolist() == [3, 9]
    assert table["tokens"].tolist() == [2, 6.5]
    assert table["reviews"].tolist() == [3, 2]
    assert table["accuracy"].tolist() == [2 / 3, 1]
    # Wilson 1927 for 2 of 3, from its closed form with z = 1.96
    assert (table["accuracy_low"][0], table["accuracy_high"][0]) == pytest.approx((0.2077, 0.9385), abs=1e-4)


def test_no_length_bin_is_empty():
    assert metrics.by_length(LABELS, PROBABILITIES, np.full(5, 400))["reviews"].tolist() == [5]
    table = metrics.by_length(LABELS, PROBABILITIES, np.array([1, 1, 50, 400, 400]), bins=10)
    assert table["tokens"].tolist() == [1, 50, 400]
    assert table["reviews"].tolist() == [2, 1, 2]
