"""The network, asked and on disk. That its layers are right is tested with each of them."""

import zipfile

import keras
import numpy as np
import pytest

from sentiment.data import dataset
from sentiment.errors import UserError
from sentiment.network import model

VARIANTS = [
    {},
    {"convolution": 0, "recurrent_dropout": 0.2, "ngrams": False},
    {"kernel_size": 4, "pool_size": 3, "chunk_length": 0, "lstm_layers": 2, "pooling": "last"},
    {"convolution": 0, "fixed_length": 40, "chunk_length": 0, "pooling": "last", "bidirectional": False},
    {"convolution": 12, "fixed_length": 30, "ngrams": False},
    {"reader": True, "convolution": 0, "bidirectional": False},
]


@pytest.fixture(scope="module")
def votes(classifier, reviews):
    return classifier.votes_and_logits(reviews)[0]


@pytest.fixture(scope="module")
def usual(network):
    return network()


@pytest.fixture(scope="module")
def two(network):
    """A network of two LSTMs."""
    return network(reader=True)


@pytest.mark.parametrize("changes", VARIANTS, ids=str)
def test_a_logit_depends_on_the_review_alone_and_comes_back_from_disk(
    network, reviews, votes, vocabulary, tmp_path, changes
):
    net, votes = network(**changes), votes if changes.get("ngrams", True) else None
    together = model.predict(net, reviews, votes)
    assert together.shape == (60, 2 if "reader" in changes else 1)
    assert (together.std(axis=0) > 1e-3).all()
    for index in (0, 20, 59):
        one = np.array([index])
        ids = reviews.padded(one)
        alone = net(ids if votes is None else [ids, reviews.padded(one, votes)], training=False)
        np.testing.assert_allclose(alone, together[[index]], atol=1e-5)
    model.save(net, tmp_path / "model.keras", vocabulary)
    again = model.load(tmp_path / "model.keras", vocabulary)
    np.testing.assert_array_equal(model.predict(again, reviews, votes), together)


def test_it_starts_from_the_embedding(settings):
    embedding = np.random.default_rng(1).normal(size=(50, 8)).astype(np.float32)
    reader = np.random.default_rng(2).normal(size=(50, 9)).astype(np.float32)
    net = model.build(settings["model"], embedding, 3, reader)
    for name, initial in (("lstm_embedding", embedding), ("reader_embedding", reader)):
        np.testing.assert_array_equal(net.get_layer(name).get_weights()[0], initial)
    assert [one.name for one in net.inputs] == ["ids", "votes"]


def test_the_logits_of_each_part_are_a_column_of_the_whole(two, reviews, votes):
    columns = model.predict(two, reviews, votes).T
    assert np.abs(columns[0] - columns[1]).max() > 1e-2
    alone = (
        model.predict(model.part(two, "lstm"), reviews, votes),
        model.predict(model.part(two, "reader"), reviews),
    )
    for one, column in zip(alone, columns, strict=True):
        np.testing.assert_allclose(one[:, 0], column, atol=1e-6)


def test_both_parts_read_token_ids_alone_where_there_are_no_votes(network, reviews):
    quick = {"convolution": 0, "chunk_length": 0, "bidirectional": False}
    whole = network(reader=True, ngrams=False, **quick)
    for name, column in zip(("lstm", "reader"), model.predict(whole, reviews).T, strict=True):
        np.testing.assert_allclose(model.predict(model.part(whole, name), reviews)[:, 0], column, atol=1e-6)


def test_the_parts_share_no_weights_and_train_those_of_the_whole(two, reviews, votes):
    lstm, reader = (model.part(two, name) for name in ("lstm", "reader"))
    before = model.predict(two, reviews, votes)
    kept = reader.get_weights()
    reader.set_weights([weight + 0.1 for weight in kept])
    after = model.predict(two, reviews, votes)
    reader.set_weights(kept)
    np.testing.assert_array_equal(after[:, 0], before[:, 0])
    assert (after[:, 1] != before[:, 1]).all()
    assert len(lstm.weights) + len(reader.weights) == len(two.weights)


def test_the_reader_does_not_see_the_votes(two, reviews, votes):
    one, other = (model.predict(two, reviews, some) for some in (votes, 1 - votes))
    np.testing.assert_array_equal(one[:, 1], other[:, 1])
    assert (one[:, 0] != other[:, 0]).all()


def test_order_and_votes_matter(usual):
    pair = dataset.ragged(
        [np.array([2, 3, 4], np.int32), np.array([4, 3, 2], np.int32)], np.ones(2), np.arange(2)
    )
    before = model.predict(usual, pair, np.zeros((6, 3)))
    assert abs(before[0] - before[1]) > 1e-4
    assert (model.predict(usual, pair, np.ones((6, 3))) != before).all()


def test_prediction_goes_with_the_weights_and_is_traced_once(network, reviews):
    net = network(ngrams=False)
    traces = []
    counted = keras.layers.Lambda(lambda logits: traces.append(1) or logits)(net.output)
    predict = model.make_predict(keras.Model(net.input, counted), reviews)
    before, traced = predict(), len(traces)
    net.set_weights([weight * 2 for weight in net.get_weights()])
    after = predict()
    assert len(traces) == traced
    assert (before != after).all()
    np.testing.assert_array_equal(after, model.predict(net, reviews))


def test_the_same_network_gives_the_same_bytes(network, vocabulary, tmp_path):
    for name in ("a", "b"):
        keras.backend.clear_session()
        model.save(network(reader=True), tmp_path / f"{name}.keras", vocabulary)
    assert (tmp_path / "a.keras").read_bytes() == (tmp_path / "b.keras").read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.keras", "b.keras"]


def test_a_model_of_another_vocabulary_is_refused(usual, vocabulary, tmp_path):
    model.save(usual, tmp_path / "model.keras", vocabulary)
    other = vocabulary.fit({"x": 1}, size=1, min_count=1)
    with pytest.raises(UserError, match="trained with another vocabulary; run `dvc repro train`"):
        model.load(tmp_path / "model.keras", other)


@pytest.mark.parametrize("number", [np.nan, np.inf])
def test_weights_that_are_not_finite_are_not_written(network, vocabulary, tmp_path, number):
    net = network(convolution=0, bidirectional=False)
    kernel = net.weights[-1]
    kernel.assign(np.full(kernel.shape, number))
    with pytest.raises(UserError, match="not written, as some weights are no numbers"):
        model.save(net, tmp_path / "model.keras", vocabulary)
    assert list(tmp_path.iterdir()) == []


def refused(path, vocabulary):
    with pytest.raises(UserError, match=r"model\.keras: not a model of this project, or damaged"):
        model.load(path, vocabulary)


def test_a_damaged_or_foreign_file_is_refused(usual, vocabulary, tmp_path):
    path = tmp_path / "model.keras"
    model.save(usual, path, vocabulary)
    whole, middle = path.read_bytes(), path.stat().st_size // 2
    flipped = whole[:middle] + bytes([whole[middle] ^ 255]) + whole[middle + 1 :]  # in the weights
    for content in (b"junk", b"", whole[:-300], flipped):
        path.write_bytes(content)
        refused(path, vocabulary)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("metadata.json", f'{{"vocabulary": "{vocabulary.fingerprint}"}}')
    refused(path, vocabulary)
    usual.save(path)  # as Keras does, without the vocabulary's fingerprint
    refused(path, vocabulary)


def test_a_missing_file_is_refused(vocabulary, tmp_path):
    with pytest.raises(UserError, match=r"no such file; run `dvc repro train` or `dvc pull`"):
        model.load(tmp_path / "model.keras", vocabulary)
