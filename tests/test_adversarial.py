import keras
import numpy as np
import pytest
from conftest import EMBEDDING

from sentiment import model
from sentiment.adversarial import Adversarial


@pytest.fixture
def trained(settings):
    """A network without dropout, so that nothing but the move changes the loss."""
    keras.utils.set_random_seed(1)
    design = {"word_dropout": 0.0, "embedding_dropout": 0.0, "dropout": 0.0}
    network = model.build(settings["model"].model_copy(update=design), EMBEDDING)
    trained = Adversarial(network, epsilon=0.05)
    trained.compile(optimizer="adam", loss=keras.losses.BinaryCrossentropy(from_logits=True))
    return trained


def losses(trained, embedded, mask, labels):
    logits = np.asarray(trained.judge([embedded, mask], training=False))
    return np.logaddexp(0, np.where(labels == 1, -logits, logits))[:, 0]


def test_the_move_is_of_its_length_and_the_worst_of_its_kind(trained, reviews):
    ids, labels = reviews.padded(np.arange(60)), reviews.labels[:, None].astype("float32")
    embedded, mask = trained.embed(ids)
    move = np.asarray(trained.move(embedded, mask, labels))
    lengths = np.linalg.norm(np.asarray(embedded).reshape(60, -1), axis=1)
    np.testing.assert_allclose(np.linalg.norm(move.reshape(60, -1), axis=1), 0.05 * lengths, rtol=1e-3)
    assert not move[(np.asarray(mask) == 0)[..., 0]].any()
    random = np.random.default_rng(0).normal(size=move.shape) * np.asarray(mask)
    random *= 0.05 * lengths[:, None, None] / np.sqrt((random**2).sum(axis=(1, 2), keepdims=True))
    still, moved, elsewhere = (
        losses(trained, embedded + by, mask, labels) for by in (0, move, random.astype("float32"))
    )
    assert (moved > still).all()
    assert (moved > elsewhere).mean() > 0.95


def test_it_shares_its_weights_with_the_network_and_trains_all_of_them(trained, reviews):
    before = trained.get_weights()
    trained.fit(reviews.padded(np.arange(60)), reviews.labels[:, None].astype("float32"), verbose=0)
    for old, new in zip(before, trained.get_weights(), strict=True):
        assert (old != new).any()


def test_the_reported_loss_is_that_of_moved_reviews(trained, reviews):
    ids, labels = reviews.padded(np.arange(60)), reviews.labels[:, None].astype("float32")
    embedded, mask = trained.embed(ids)
    expected = losses(trained, embedded + trained.move(embedded, mask, labels), mask, labels).mean()
    assert trained.train_on_batch(ids, labels) == pytest.approx(expected, rel=1e-4)
