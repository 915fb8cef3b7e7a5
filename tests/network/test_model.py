import zipfile

import keras
import numpy as np
import pytest
from conftest import EMBEDDING

from sentiment.data import dataset
from sentiment.errors import UserError
from sentiment.network import model

VARIANTS = [
    {},
    {"chunk_length": 0},
    {"convolution": 12, "pool_size": 4, "chunk_length": 5},
    {"convolution": 12, "chunk_length": 0, "bidirectional": False},
    {"lstm_layers": 2, "pooling": "last", "chunk_length": 0},
    {"pooling": "mean", "bidirectional": False},
    {"neighbours": False},
    {"ngrams": False},
    {"ngrams": False, "neighbours": False},
    {"ngrams": False, "fixed_length": 40, "chunk_length": 0, "pooling": "last", "bidirectional": False},
    {"fixed_length": 30, "convolution": 12, "recurrent_dropout": 0.2},
]


@pytest.fixture(scope="module")
def network(settings, classifier, index):
    """A function that builds a network with changes to the settings, always from the same seed."""

    def build(neighbours=True, **changes):
        keras.utils.set_random_seed(3)
        config = settings["model"].model_copy(update=changes)
        return model.build(config, EMBEDDING, classifier, index if neighbours else None)

    return build


@pytest.mark.parametrize("changes", VARIANTS, ids=str)
def test_a_logit_depends_on_the_review_alone_and_not_on_its_batch(network, reviews, changes):
    net = network(**changes)
    together = net(reviews.padded(np.arange(60)), training=False)
    for index in (0, 1, 19, 20, 35, 59):
        alone = net(reviews.padded(np.array([index])), training=False)
        np.testing.assert_allclose(alone[0], together[index], atol=1e-5)
    assert np.asarray(together).std() > 1e-4


@pytest.mark.parametrize("changes", VARIANTS, ids=str)
def test_it_comes_back_from_disk_the_same(network, vocabulary, reviews, tmp_path, changes):
    net = network(**changes)
    model.save(net, tmp_path / "model.keras", vocabulary)
    again = model.load(tmp_path / "model.keras", vocabulary)
    np.testing.assert_array_equal(model.logits(again, reviews), model.logits(net, reviews))


def test_logits_come_in_the_order_of_the_reviews(network, reviews):
    net = network()
    one_by_one = [net(reviews.padded(np.array([index])), training=False)[0, 0] for index in (0, 30, 59)]
    np.testing.assert_allclose(model.logits(net, reviews)[[0, 30, 59], 0], one_by_one, atol=1e-5)


def test_a_predictor_goes_with_the_weights_and_is_traced_once(network, reviews):
    net = network(ngrams=False, neighbours=False)
    traces = []
    counted = keras.layers.Lambda(lambda logits: traces.append(1) or logits)(net.output)
    outputs = model.predictor(keras.Model(net.input, counted), reviews)
    before, traced = outputs(), len(traces)
    net.set_weights([weight * 2 for weight in net.get_weights()])
    after = outputs()
    assert len(traces) == traced
    assert (before != after).all()
    np.testing.assert_array_equal(after, model.predict(net, reviews))


def loss(logits, reviews):
    return np.logaddexp(0, np.where(reviews.labels == 1, -logits, logits)).mean()


def test_joined_it_is_as_good_as_the_best_of_its_parts(network, classifier, index, reviews):
    net = network()
    _, before = model.logits(net, reviews).T
    model.join(net, reviews)
    joined, lstm = model.logits(net, reviews).T
    np.testing.assert_array_equal(lstm, before)
    parts = np.stack([lstm, classifier.logits(reviews), index.verdicts(reviews)], 1)
    (weights, bias) = net.get_layer("logit").get_weights()
    np.testing.assert_allclose(joined, parts @ weights[:, 0] + bias, atol=1e-4)
    assert loss(joined, reviews) <= min(loss(part, reviews) for part in parts.T) + 0.01


def test_without_other_parts_it_is_the_lstm(network, reviews):
    joined, lstm = model.logits(network(ngrams=False, neighbours=False), reviews).T
    np.testing.assert_array_equal(joined, lstm)


def test_order_matters_to_the_network(network):
    net = network()
    pair = dataset.ragged(
        [np.array([2, 3, 4], np.int32), np.array([4, 3, 2], np.int32)], np.ones(2), np.arange(2)
    )
    first, second = model.logits(net, pair)[:, 1]
    assert abs(first - second) > 1e-6


def test_the_same_network_gives_the_same_bytes(network, vocabulary, tmp_path):
    for name in ("a", "b"):
        keras.backend.clear_session()
        model.save(network(), tmp_path / f"{name}.keras", vocabulary)
    assert (tmp_path / "a.keras").read_bytes() == (tmp_path / "b.keras").read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.keras", "b.keras"]


def test_a_model_of_another_vocabulary_is_refused(network, vocabulary, tmp_path):
    model.save(network(), tmp_path / "model.keras", vocabulary)
    other = vocabulary.fit([["x"]], size=1, min_count=1)
    with pytest.raises(UserError, match="trained with another vocabulary; run `dvc repro train`"):
        model.load(tmp_path / "model.keras", other)


def foreign(path, vocabulary, network):
    network().save(path)


def truncated(path, vocabulary, network):
    model.save(network(), path, vocabulary)
    path.write_bytes(path.read_bytes()[:-300])


def flipped(path, vocabulary, network):
    """Damage a byte of the weights, as a bad disk would."""
    model.save(network(), path, vocabulary)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 255
    path.write_bytes(content)


def junk(path, vocabulary, network):
    path.write_bytes(b"junk")


def hollow(path, vocabulary, network):
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("metadata.json", f'{{"vocabulary": "{vocabulary.fingerprint}"}}')


@pytest.mark.parametrize("damage", [foreign, truncated, flipped, junk, hollow])
def test_a_damaged_or_foreign_file_is_refused(network, vocabulary, tmp_path, damage):
    damage(tmp_path / "model.keras", vocabulary, network)
    with pytest.raises(UserError, match=r"model\.keras: not a model of this project, or damaged"):
        model.load(tmp_path / "model.keras", vocabulary)


def test_a_missing_file_is_refused(vocabulary, tmp_path):
    with pytest.raises(UserError, match=r"no such file; run `dvc repro train` or `dvc pull`"):
        model.load(tmp_path / "model.keras", vocabulary)
