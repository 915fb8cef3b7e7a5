"""An exported network against Keras's own, and the stages that make and publish it."""

import json
import shutil

import keras
import numpy as np
import onnx
import pytest
from conftest import EMBEDDING, run, small_params

from sentiment.export import to_onnx, token_convolution
from sentiment.inference import artifact
from sentiment.inference.predictor import Predictor
from sentiment.network import model
from sentiment.ngrams.table import Classifier, Table

VARIANTS = [
    {},
    {"convolution": 0, "chunk_length": 0},
    {"convolution": 0, "bidirectional": False, "pooling": "last"},
    {"chunk_length": 0, "lstm_layers": 2, "ngrams": False},
    {"neighbours": False},
    {"ngrams": False, "neighbours": False},
]


@pytest.fixture(scope="module")
def exported(settings, classifier, index, vocabulary, tmp_path_factory):
    """A function that builds a network with changes to the settings and exports it; returns both."""

    def make(neighbours=True, **changes):
        keras.utils.set_random_seed(3)
        config = settings["model"].model_copy(update=changes)
        network = model.build(config, 10 * EMBEDDING, classifier, index if neighbours else None)
        to_onnx.round_weights(network)
        folder = tmp_path_factory.mktemp("exported")
        content = to_onnx.to_onnx(network, vocabulary.fingerprint)
        columns = {"text_column": "review", "label_column": "sentiment"}
        about = {"corpus": "made up", "clean": columns, "test": {"accuracy": 0.5}}
        artifact.write(
            folder, content, to_onnx.classifier(network), to_onnx.index(network), vocabulary, about
        )
        return network, folder

    return make


@pytest.mark.parametrize("changes", VARIANTS, ids=str)
def test_onnx_gives_the_logits_of_keras(exported, reviews, changes):
    network, folder = exported(**changes)
    expected = model.logits(network, reviews)[:, 0]
    np.testing.assert_allclose(Predictor(folder).logits(reviews), expected, atol=1e-5)
    assert expected.std() > 1e-3


def test_rounding_moves_a_weight_by_little(settings, classifier):
    network = model.build(settings["model"], EMBEDDING, classifier)
    before = network.get_layer("lstm").get_weights()
    to_onnx.round_weights(network)
    after = network.get_layer("lstm").get_weights()
    largest = [np.abs(weight).max() for weight in before]
    moved = [np.abs(old - new).max() for old, new in zip(before, after, strict=True)]
    assert all(step <= size / 250 for step, size in zip(moved, largest, strict=True))
    assert sum(step > 0 for step in moved) > 3
    np.testing.assert_allclose(to_onnx.classifier(network).weights, classifier.weights, atol=0.0051)


@pytest.mark.parametrize("keys", [[[2, 3, 9]], [[2, 3], [55, 99]]], ids=["one length", "as many of each"])
def test_ngrams_whose_arrays_have_one_shape(settings, keys):
    given = Classifier(
        Table(50, tuple(map(np.array, keys))), np.arange(sum(map(len, keys)), dtype=np.float32), 0.5
    )
    read = to_onnx.classifier(model.build(settings["model"], EMBEDDING, given))
    assert [some.tolist() for some in read.table.keys] == keys
    assert read.weights.tolist() == given.weights.tolist()


def test_the_index_is_exported_as_it_is(exported, index):
    network, folder = exported()
    for one in to_onnx.index(network), artifact.read(folder).neighbours:
        assert one.k == index.k
        for name in ("idf", "keys", "counts", "labels"):
            np.testing.assert_array_equal(getattr(one, name), getattr(index, name))


def test_large_weights_are_packed_small(exported, vocabulary):
    network, folder = exported(convolution=200)
    floats = 4 * sum(weight.size for weight in network.get_layer("lstm").get_weights())
    assert (folder / artifact.NETWORK).stat().st_size < floats


def test_the_same_network_gives_the_same_bytes(exported):
    folders = []
    for _ in range(2):
        keras.backend.clear_session()
        folders.append(exported()[1])
    one, other = ({path.name: path.read_bytes() for path in folder.iterdir()} for folder in folders)
    assert one == other
    assert set(one) == {"manifest.json", "network.onnx", "ngrams.npz", "neighbours.npz", "vocabulary.json"}


def test_publishing_takes_the_model_of_the_named_corpus_alone(exported, tmp_path):
    _, folder = exported()
    shutil.copytree(folder, tmp_path / "export")
    published = tmp_path / "imdb"
    publish = "python", "-m", "sentiment.stages.publish", "export"
    run(*publish, "made up", "imdb", cwd=tmp_path)
    assert artifact.read(published).about["corpus"] == "made up"
    before = {path.name: path.read_bytes() for path in published.iterdir()}
    (published / "manifest.json").write_text("{}")
    result = run(*publish, "another", "imdb", cwd=tmp_path)
    assert "imdb stays as it is: export was trained on made up" in result.stdout
    assert json.loads((published / "manifest.json").read_text()) == {}
    run(*publish, "made up", "imdb", cwd=tmp_path)
    assert {path.name: path.read_bytes() for path in published.iterdir()} == before


@pytest.mark.parametrize("content", [None, "", "{}", "[1]"])
def test_missing_or_damaged_metrics_are_told_in_one_line(tmp_path, content):
    small_params(tmp_path)
    if content is not None:
        (tmp_path / "data.json").write_text(content)
    paths = ("model.keras", "tokens", "clean.parquet", "data.json", "test.json", "export", "export.json")
    result = run("python", "-m", "sentiment.stages.export", *paths, cwd=tmp_path, check=False)
    assert result.returncode == 1
    assert result.stderr.splitlines()[-1] == (
        "error: data.json: not the metrics of this pipeline; run `dvc repro evaluate`"
    )
    assert "Traceback" not in result.stderr


def test_the_order_of_nodes_is_that_of_the_network_and_not_of_the_converter(exported):
    graph = onnx.load(exported()[1] / "network.onnx").graph
    nodes = list(graph.node)
    assert token_convolution.needed(nodes[::-1], graph) == nodes
