"""The rules of cuDNN's LSTM, held by real batches: where there is a GPU, it runs for all but one design.

Keras takes it by itself: for tanh and sigmoid, without recurrent dropout. Its masks must be right-padded, and
none of them empty: on a GPU, that would be an error.
"""

from importlib import import_module

import pytest
import tensorflow as tf
import yaml
from conftest import EMBEDDING, ROOT

from sentiment import params
from sentiment.network import model
from sentiment.network.batches import Batches

rnn = import_module("keras.src.backend.tensorflow.rnn")  # imported from its package, it is a function
RECIPES = yaml.safe_load((ROOT / params.RECIPES).read_text("utf-8"))["recipes"]
GENERIC = "lstm-recurrent-dropout"  # which no recurrent layer of cuDNN's can


@pytest.fixture
def masks(monkeypatch):
    """The masks of all batches that Keras gives to cuDNN, in whose place zeros come back."""
    found = []

    def cudnn(inputs, h, c, kernel, recurrent_kernel, bias, mask, *options):
        if tf.executing_eagerly():
            found.append(mask)
        outputs = tf.zeros_like(inputs[..., :1]) + h[:, None]
        return outputs[:, -1], outputs, [h, c]

    monkeypatch.setattr(rnn, "_is_gpu_available", lambda: True)
    monkeypatch.setattr(rnn, "_cudnn_lstm", cudnn)
    return found


@pytest.mark.parametrize("recipe", [None, *RECIPES])
def test_keras_takes_cudnn_for_each_direction_and_its_masks_are_valid(
    recipe, masks, reviews, classifier, monkeypatch
):
    monkeypatch.chdir(ROOT)
    config = params.load("model", recipe=recipe).model
    config = config.model_copy(update={"lstm_units": 4, "fixed_length": min(config.fixed_length, 40)})
    votes = classifier.votes_and_logits(reviews)[0] if config.ngrams else None
    network = model.build(config, EMBEDDING, max_ngram=3)
    batches = list(Batches(reviews, 16, seed=1, votes=votes))
    for inputs, _ in batches:
        network(inputs, training=True)
    directions = 2 if config.bidirectional else 1
    expected = 0 if recipe == GENERIC else len(batches) * config.lstm_layers * directions
    assert len(masks) == expected
    for mask in masks:
        if mask is not None:  # else all steps count
            assert rnn._is_sequence_right_padded(mask)
            assert not rnn._has_fully_masked_sequence(mask)


def test_these_rules_can_be_broken():
    assert not rnn._is_sequence_right_padded(tf.constant([[False, True]]))
    assert rnn._has_fully_masked_sequence(tf.constant([[True, False], [False, False]]))
