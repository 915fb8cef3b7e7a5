"""Steps of training by one process; those of several are in the stage's tests."""

import keras
import numpy as np
import pytest

from sentiment.data import dataset
from sentiment.network.batches import Batches
from sentiment.training import loop
from sentiment.training.steps import Steps

# Labels of three reviews of one token each.
REVIEWS = dataset.ragged(
    [np.array([token], np.int32) for token in (1, 2, 3)], np.array([1, 1, 0]), np.arange(3)
)


@pytest.fixture
def steps(settings):
    """Of a network whose logit for each token is in a table."""
    ids = keras.Input((None,), dtype="int32")
    network = keras.Model(ids, keras.layers.Embedding(4, 1)(ids)[:, 0])
    network.set_weights([np.array([[9.0], [0.0], [-1.0], [2.0]], np.float32)])
    loop.compile(network, settings["train"], reviews=3)
    return Steps(network, 0)


def test_loss_and_accuracy_are_means_over_all_reviews_and_a_logit_of_zero_is_positive(steps):
    """Before each step; the batches are of two reviews and of one, which have nothing in common."""
    found = steps.take(Batches(REVIEWS, 2))
    losses = np.log1p(np.exp([-0.0, 1.0, 2.0]))
    assert found == pytest.approx({"loss": losses.mean(), "accuracy": 1 / 3}, rel=1e-6)
    assert int(steps.network.optimizer.iterations) == 2


def test_a_review_has_the_weight_of_its_label(steps):
    found = steps.take(Batches(REVIEWS, 3), class_weights=np.array([0.0, 3.0]))
    assert found["loss"] == pytest.approx(np.log1p(np.exp([-0.0, 1.0])).sum(), rel=1e-6)
    weights = steps.network.get_weights()[0][:, 0]
    assert weights[3] == 2.0 and weights[1] > 0
