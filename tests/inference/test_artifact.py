"""Damaged and foreign artifacts: each refused in one line, before any of it runs."""

import hashlib
import io
import json
import pickle
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import pytest

import sentiment
from sentiment.data.vocabulary import Vocabulary
from sentiment.ensemble import Ensemble
from sentiment.errors import UserError
from sentiment.inference import artifact
from sentiment.inference.artifact import MANIFEST, NETWORK, NGRAMS, VOCABULARY
from sentiment.ngrams import packed
from sentiment.ngrams.table import Classifier, Table

FILES = [NETWORK, NGRAMS, VOCABULARY]


@pytest.fixture
def model(exported, tmp_path) -> Path:
    """A whole artifact; its files are links until they are written anew."""
    for path in exported[1].iterdir():
        (tmp_path / path.name).symlink_to(path)
    return tmp_path


def put(model: Path, name: str, content: bytes) -> None:
    (model / name).unlink(missing_ok=True)
    (model / name).write_bytes(content)


def put_manifest(model: Path, content: dict) -> None:
    """Make `content` the manifest, with a checksum that is right."""
    put(model, MANIFEST, json.dumps(content | {"sha256": artifact.checksum(content)}).encode())


def manifest(model: Path) -> dict:
    return json.loads((model / MANIFEST).read_bytes())


def check_anew(model: Path) -> None:
    """Make the manifest's checksums those of the files as they are now."""
    content = manifest(model)
    for name in content["files"]:
        data = (model / name).read_bytes()
        content["files"][name] = {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
    put_manifest(model, content)


def exchange(model: Path, name: str, content: bytes) -> None:
    """Exchange a file, and the manifest's checksum of it."""
    put(model, name, content)
    check_anew(model)


def refused(model: Path, where: str, what: str) -> None:
    with pytest.raises(UserError) as error:
        sentiment.load(model)
    message = str(error.value)
    assert message.startswith(f"{model / where}: ")
    assert what in message
    assert len(message.splitlines()) == 1


def test_a_whole_one_is_read(model, vocabulary, classifier):
    whole = artifact.read(model)
    assert whole.vocabulary == vocabulary
    assert whole.ngrams.table.negation.ids == 2 * vocabulary.size
    np.testing.assert_array_equal(whole.ngrams.weights, classifier.quantized().weights)
    assert whole.ensemble == Ensemble({"lstm": 1.5, "ngrams": 0.75}, 0.25)
    assert whole.network == (model / NETWORK).read_bytes()
    assert whole.description == f"{model}: trained on made up, test accuracy 50.0%"


@pytest.mark.parametrize("name", FILES)
def test_a_flipped_bit_or_a_missing_file(model, name):
    content = bytearray((model / name).read_bytes())
    content[len(content) // 2] ^= 1
    put(model, name, bytes(content))
    refused(model, name, "damaged, or of another model")
    (model / name).unlink()
    refused(model, name, "No such file or directory")


def test_a_flipped_bit_anywhere_in_the_manifest(model):
    content = (model / MANIFEST).read_bytes()
    for place in range(len(content)):
        put(model, MANIFEST, content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
        with pytest.raises(UserError):
            artifact.read(model)


def test_no_manifest_and_no_folder(model):
    (model / MANIFEST).unlink()
    refused(model, "", f"no {MANIFEST} in it")
    refused(model / "nowhere", "", "no such folder")


def test_the_vocabulary_of_another_model(model):
    vocabulary = Vocabulary.load(model / VOCABULARY)
    vocabulary = replace(vocabulary, tokens=vocabulary.tokens[::-1])
    (model / VOCABULARY).unlink()
    vocabulary.save(model / VOCABULARY)
    refused(model, VOCABULARY, "damaged, or of another model")
    check_anew(model)
    refused(model, VOCABULARY, "the vocabulary of another model")
    put_manifest(model, manifest(model) | {"vocabulary": vocabulary.fingerprint})
    refused(model, NETWORK, "not the network of this vocabulary")


def test_a_network_of_another_vocabulary(model):
    network = onnx.load(model / NETWORK)
    onnx.helper.set_model_props(network, {"vocabulary": "another"})
    exchange(model, NETWORK, network.SerializeToString())
    refused(model, NETWORK, "not the network of this vocabulary")


def test_a_network_with_weights_elsewhere(model):
    network = onnx.load(model / NETWORK)
    weights = network.graph.initializer[0]
    weights.ClearField("raw_data")
    weights.data_location = onnx.TensorProto.EXTERNAL
    weights.external_data.add(key="location", value="../../../../etc/passwd")
    exchange(model, NETWORK, network.SerializeToString())
    refused(model, NETWORK, "refers to data in other files")


def test_a_length_spelt_otherwise_hides_no_reference_to_another_file(model):
    location = b"\n\x08location\x12\x06secret"
    entry = b"\n\x88\x00location\x12\x06secret"  # the same to any reader of protocol buffers
    proto = onnx.StringStringEntryProto()
    assert proto.FromString(entry) == proto.FromString(location)
    exchange(model, NETWORK, (model / NETWORK).read_bytes() + entry)
    refused(model, NETWORK, "refers to data in other files")


def test_no_network(model):
    exchange(model, NETWORK, b"\x00" * 100)
    refused(model, NETWORK, "not a network that runs here")


def test_ngrams_of_another_network(model):
    ngrams = packed.load(model / NGRAMS, Vocabulary.load(model / VOCABULARY))
    table = Table(ngrams.table.negation, ngrams.table.keys[:2])  # two lengths, not three
    (model / NGRAMS).unlink()
    packed.save(model / NGRAMS, Classifier(table, ngrams.weights[: len(table)], 0.0))
    check_anew(model)
    refused(model, NETWORK, "not a network that runs here")


def test_a_file_in_place_of_the_folder(model):
    refused(model / NETWORK, "", "a file; expected the folder")


@pytest.mark.parametrize("name", ["../x", "/etc/passwd", "neighbours.npz", *FILES])
def test_a_manifest_that_lists_a_file_too_many_or_too_few(model, name):
    content = manifest(model)
    if content["files"].pop(name, None) is None:
        content["files"][name] = content["files"][NETWORK]
    put_manifest(model, content)
    refused(model, MANIFEST, "not that of an exported model, or damaged")


def stacked(weights: dict, intercept: float | str = 0.0) -> dict:
    return {"weights": weights, "intercept": intercept}


@pytest.mark.parametrize(
    "ensemble",
    [
        stacked({"lstm": 1.0}),  # which has no n-grams, but the files have
        stacked({"lstm": 1.0, "ngrams": 1.0, "neighbours": 1.0}),
        stacked({"ngrams": 1.0}),
        stacked({"lstm": float("nan"), "ngrams": 1.0}),
        stacked({"lstm": 1.0, "ngrams": 1.0}, intercept="0"),
        {"weights": {"lstm": 1.0, "ngrams": 1.0}},
    ],
    ids=str,
)
def test_a_manifest_of_another_ensemble(model, ensemble):
    put_manifest(model, manifest(model) | {"ensemble": ensemble})
    refused(model, MANIFEST, "not that of an exported model, or damaged")


def test_an_ensemble_with_a_reader_that_its_network_lacks(model):
    ensemble = stacked({"lstm": 1.0, "reader": 1.0, "ngrams": 1.0})
    put_manifest(model, manifest(model) | {"ensemble": ensemble})
    refused(model, NETWORK, "not the network of this vocabulary")


def test_an_ensemble_without_the_ngrams_that_its_network_takes(model):
    content = manifest(model) | {"ensemble": stacked({"lstm": 1.0})}
    del content["files"][NGRAMS]
    put_manifest(model, content)
    refused(model, NETWORK, "not the network of this vocabulary")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe",
        b"[]",
        b"[" * 100_000,
        b'{"format": 4}',
        b'{"format": 4, "corpus": "x", "vocabulary": "x", "test": {"accuracy": 1}, "files": {}}',
    ],
    ids=["empty", "binary", "list", "deep", "hollow", "no files"],
)
def test_a_manifest_of_something_else(model, content):
    put(model, MANIFEST, content)
    refused(model, MANIFEST, "not that of an exported model, or damaged")


@pytest.mark.parametrize("key", ["corpus", "clean", "vocabulary", "test", "files", "ensemble"])
@pytest.mark.parametrize("value", [None, [], 7])
def test_a_manifest_with_a_hole(model, key, value):
    put_manifest(model, manifest(model) | {key: value})
    refused(model, MANIFEST, "not that of an exported model, or damaged")


@pytest.mark.parametrize("format", [2, 99])
def test_another_format(model, format):
    put_manifest(model, {"format": format, "all": "different"})
    refused(model, "", f"an export of format {format}, but this release reads 4")


class Harmful:
    """Leaves a file behind when it is unpickled."""

    def __init__(self, path: Path):
        self.path = path

    def __reduce__(self):
        return (Path.touch, (self.path,))


def test_pickled_ngrams(model):
    trace = model / "unpickled"
    file = io.BytesIO()
    np.savez(file, **dict.fromkeys(packed.KINDS, np.array([Harmful(trace)], dtype=object)))
    for content in (pickle.dumps(Harmful(trace)), file.getvalue()):
        exchange(model, NGRAMS, content)
        refused(model, NGRAMS, "not the n-grams of an exported model")
    assert not trace.exists()
    pickle.loads(pickle.dumps(Harmful(trace)))
    assert trace.exists()  # so it would have been seen
