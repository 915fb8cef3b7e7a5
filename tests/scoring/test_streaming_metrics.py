"""scoring/streaming_metrics.py beside scikit-learn, by way of sentiment.metrics."""

import numpy as np
import pytest

from sentiment import metrics
from sentiment.data.labels import MILLION
from sentiment.scoring.streaming_metrics import StreamingMetrics


def test_metrics_are_those_of_scikit_learn():
    draw = np.random.default_rng(0)
    labels = draw.integers(0, 2, 500)
    scores = np.round(draw.beta(1, 1 + labels[:400]) * 50).astype(int) * (MILLION // 50)
    scores = np.concatenate([scores, [0, MILLION // 2, MILLION // 2 - 1, MILLION] * 25])
    streaming = StreamingMetrics()
    for label, score in zip(labels, scores, strict=True):
        streaming.update(label, score)
    expected = metrics.summary(labels, scores / MILLION, samples=2, bins=2, seed=0)
    result = streaming.result()
    assert len(result) == 7
    assert result == pytest.approx({name: expected[name] for name in result}, abs=1e-6)


def test_an_abstention_is_wrong_but_its_probability_counts():
    scores, labels = [900_000, 200_000, 700_000, 300_000], [1, 0, 1, 0]  # all on the right side
    told, some = StreamingMetrics(), StreamingMetrics()
    for score, label in zip(scores, labels, strict=True):
        told.update(label, score)
        some.update(label, ~score if score in (700_000, 300_000) else score)
    result = some.result()
    assert (result["accuracy"], result["precision"], result["recall"]) == (0.5, 1, 0.5)
    assert result["f1"] == pytest.approx(2 / 3, abs=1e-6)
    for name in "roc_auc", "log_loss", "brier":
        assert result[name] == told.result()[name]


def test_one_label_alone_has_no_roc_auc():
    streaming = StreamingMetrics()
    streaming.update(0, 100_000)
    result = streaming.result()
    assert "roc_auc" not in result
    assert (result["accuracy"], result["f1"]) == (1, 0)
    assert result["log_loss"] == pytest.approx(-np.log(0.9), abs=1e-6)
