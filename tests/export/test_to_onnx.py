"""An exported network against Keras's own, stacked as the ensemble says."""

import keras
import numpy as np
import onnx
import pytest

from sentiment.ensemble import Ensemble, of_ngrams
from sentiment.errors import UserError
from sentiment.export import to_onnx
from sentiment.inference import artifact
from sentiment.inference.predictor import Predictor
from sentiment.network import model

VARIANTS = [
    {"convolution": 0, "bidirectional": False, "pooling": "last"},
    {"convolution": 0, "chunk_length": 0, "lstm_layers": 2, "ngrams": False},
    {"convolution": 12, "fixed_length": 40},
    {"reader": True, "convolution": 0, "ngrams": False},
]


def agree(network, folder, reviews, classifier):
    """Whether the exported model gives the logits of Keras's network, stacked on quantized n-grams."""
    predictor = Predictor(folder)
    ensemble = Ensemble.from_dict(predictor.artifact.about["ensemble"])
    votes, ngrams = of_ngrams(classifier.quantized(), reviews)
    votes = votes if ensemble.takes_ngrams else None
    columns = model.predict(network, reviews, votes).T
    base_logits = dict(zip(ensemble.networks, columns, strict=True)) | ngrams
    expected = ensemble.logits(base_logits)
    np.testing.assert_allclose(predictor.logits(reviews), expected, atol=1e-5)
    return expected


def test_weights_too_large_for_half_precision_are_not_exported(network):
    net = network(convolution=0, bidirectional=False)
    net.weights[-1].assign(np.full(net.weights[-1].shape, 1e5))
    with pytest.raises(UserError, match="weights too large to export"):
        to_onnx.round_weights(net)


def operators(folder):
    return {node.op_type for node in onnx.load(folder / artifact.NETWORK).graph.node}


def test_the_exported_model_gives_the_logits_of_keras(exported, reviews, classifier):
    network, folder = exported
    logits = agree(network, folder, reviews, classifier)
    assert logits.std() > 0.1
    assert "Unique" in operators(folder) and "Conv" not in operators(folder)
    votes, ngrams = classifier.quantized().votes_and_logits(reviews)
    lstm = model.predict(network, reviews, votes)[:, 0]
    by_hand = 1.5 * lstm + 0.75 * ngrams + 0.25  # as the fixture stacks them
    np.testing.assert_allclose(logits, by_hand)


@pytest.mark.slow
def test_so_does_one_of_two_lstms(export, reviews, classifier):
    """Each with a convolution of its own, of which one takes votes."""
    network, folder = export(reader=True)
    agree(network, folder, reviews, classifier)
    assert "Unique" in operators(folder) and "Conv" not in operators(folder)
    columns = Predictor(folder)._network_logits(reviews, classifier.quantized().votes_and_logits(reviews)[0])
    assert columns.shape == (60, 2)
    assert np.abs(columns[:, 0] - columns[:, 1]).max() > 1e-2


@pytest.mark.slow
@pytest.mark.parametrize("changes", VARIANTS, ids=str)
def test_so_do_networks_of_other_kinds(export, reviews, classifier, changes):
    network, folder = export(**changes)
    assert agree(network, folder, reviews, classifier).std() > 1e-3
    # Only where padding is read like a token, its convolution stays.
    assert ("Conv" in operators(folder)) == ("fixed_length" in changes)
    assert (folder / artifact.NGRAMS).exists() == changes.get("ngrams", True)


def test_rounding_moves_a_weight_by_little(network):
    rounded = network()
    before = rounded.get_weights()
    to_onnx.round_weights(rounded)
    after = rounded.get_weights()
    largest = [np.abs(weight).max() for weight in before]
    moved = [np.abs(old - new).max() for old, new in zip(before, after, strict=True)]
    assert all(step <= size / 250 for step, size in zip(moved, largest, strict=True))
    assert sum(step > 0 for step in moved) > 3
    to_onnx.round_weights(rounded)
    for weight, again in zip(after, rounded.get_weights(), strict=True):
        np.testing.assert_allclose(again, weight, rtol=1e-6)


def test_large_weights_are_packed_small(exported):
    network, folder = exported
    floats = 4 * sum(weight.size for weight in network.get_weights())
    assert (folder / artifact.NETWORK).stat().st_size < floats


def test_the_same_network_gives_the_same_bytes(export, exported):
    keras.backend.clear_session()
    folders = exported[1], export()[1]
    one, other = ({path.name: path.read_bytes() for path in folder.iterdir()} for folder in folders)
    assert one == other
    assert set(one) == {"manifest.json", "network.onnx", "ngrams.npz", "vocabulary.json"}
