import numpy as np
import pytest

from sentiment.training import balance

LABELS = np.array([1] * 9 + [0])


def test_balanced_both_labels_count_the_same_and_a_review_1_on_average(settings):
    config = settings["train"].model_copy(update={"class_weight": "balanced"})
    weights = balance.class_weights(LABELS, config)
    assert weights == pytest.approx([5.0, 5 / 9])
    weight = balance.sample_weight(LABELS, config)
    assert weight[LABELS == 1].sum() == pytest.approx(weight[LABELS == 0].sum())
    assert weight.mean() == pytest.approx(1)
    np.testing.assert_allclose(balance.sample_weight(LABELS, config, np.full(10, 0.5)), weight / 2)


def test_without_class_weights_nothing_changes(settings):
    assert balance.class_weights(LABELS, settings["train"]).tolist() == [1, 1]
    assert balance.sample_weight(LABELS, settings["train"]) is None
    weight = np.ones(10)
    assert balance.sample_weight(LABELS, settings["train"], weight) is weight
