import keras
import numpy as np
import pytest

from sentiment.network.layers import Chunked, MaskedPooling, PadSteps, PrePadding


def test_steps_are_padded_to_a_multiple():
    padded = PadSteps(4)(np.array([[5, 6, 7, 8, 9]]))
    assert np.asarray(padded).tolist() == [[5, 6, 7, 8, 9, 0, 0, 0]]
    assert PadSteps(4)(np.ones((2, 8), "int32")).shape == (2, 8)
    votes = np.asarray(PadSteps(4)(np.ones((2, 5, 3), "float32")))
    assert votes.shape == (2, 8, 3)
    assert (votes[:, :5] == 1).all() and not votes[:, 5:].any()


@pytest.mark.parametrize("length", [3, 5, 8])
def test_pre_padding_is_that_of_keras(length):
    reviews = [[5, 6, 7, 8, 9], [4], [1, 2, 3]]
    ids = np.array([review + [0] * (5 - len(review)) for review in reviews], "int32")
    expected = keras.utils.pad_sequences(reviews, length)
    assert np.asarray(PrePadding(length)(ids, ids)).tolist() == expected.tolist()
    votes = np.stack([ids, -ids], axis=-1).astype("float32")
    moved = np.asarray(PrePadding(length)(votes, ids))
    np.testing.assert_array_equal(moved, np.stack([expected, -expected], axis=-1))


def test_a_chunked_lstm_is_the_lstm_on_each_chunk():
    lstm = keras.layers.Bidirectional(keras.layers.LSTM(3, return_sequences=True))
    x = np.random.default_rng(0).normal(size=(2, 8, 5)).astype("float32")
    whole = np.asarray(Chunked(lstm, 4)(x))
    apart = np.concatenate([np.asarray(lstm(x[:, :4])), np.asarray(lstm(x[:, 4:]))], axis=1)
    assert whole.shape == (2, 8, 6)
    np.testing.assert_allclose(whole, apart, atol=1e-6)


X = np.array([[[0.1, -0.4], [0.3, -0.2], [0.9, 0.9]]], "float32")
VALID = np.array([[[1], [1], [0]]], "float32")


@pytest.mark.parametrize(
    ("kind", "bidirectional", "expected"),
    [
        ("max+mean", True, [0.3, -0.2, 0.2, -0.3]),
        ("last", False, [0.3, -0.2]),
        ("last", True, [0.3, -0.4]),
    ],
)
def test_pooling_sees_no_padding(kind, bidirectional, expected):
    pooled = np.asarray(MaskedPooling(kind, bidirectional)(X, VALID))
    np.testing.assert_allclose(pooled, [expected], atol=1e-6)


def test_last_is_what_keras_returns_without_sequences():
    x = np.random.default_rng(0).normal(size=(2, 6, 5)).astype("float32")
    layer = keras.layers.Bidirectional(keras.layers.LSTM(3, return_sequences=True))
    steps = layer(x)
    layer.forward_layer.return_sequences = layer.backward_layer.return_sequences = False
    layer.return_sequences = False
    pooled = MaskedPooling("last", True)(steps, np.ones((2, 6, 1), "float32"))
    np.testing.assert_allclose(np.asarray(pooled), np.asarray(layer(x)), atol=1e-6)
