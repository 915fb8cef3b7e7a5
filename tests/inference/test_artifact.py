"""Damaged and foreign artifacts: each refused in one line, before any of it runs."""

import hashlib
import io
import json
import os
import pickle
import shutil
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import pytest
from conftest import ROOT

import sentiment
from sentiment.data.vocabulary import Vocabulary
from sentiment.errors import UserError
from sentiment.inference import artifact
from sentiment.inference.artifact import MANIFEST, NEIGHBOURS, NETWORK, NGRAMS, VOCABULARY
from sentiment.system.npz import to_byte_planes


@pytest.fixture
def model(imdb, tmp_path) -> Path:
    """A whole artifact; its files are links until they are written anew."""
    for path in imdb.iterdir():
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


def refused(model: Path, where: str, what: str) -> None:
    with pytest.raises(UserError) as error:
        sentiment.load(model)
    message = str(error.value)
    assert message.startswith(f"{model / where}: ")
    assert what in message
    assert len(message.splitlines()) == 1


def test_a_whole_one_is_read(model):
    whole = artifact.read(model)
    assert whole.vocabulary.size == len(whole.vocabulary.tokens) + 2
    assert whole.ngrams.table.ids == whole.vocabulary.size
    assert whole.description.startswith(f"{model}: trained on data/IMDB Dataset.csv, test accuracy 9")


def test_what_is_written_is_read(vocabulary, classifier, index, tmp_path):
    columns = {"text_column": "review", "label_column": "sentiment"}
    about = {"corpus": "a.csv", "clean": columns, "test": {"accuracy": 0.5}}
    artifact.write(tmp_path, b"network", classifier, index, vocabulary, about)
    read = artifact.read(tmp_path)
    assert (read.network, read.vocabulary, read.about["corpus"]) == (b"network", vocabulary, "a.csv")
    for keys, expected in zip(read.ngrams.table.keys, classifier.table.keys, strict=True):
        np.testing.assert_array_equal(keys, expected)
    np.testing.assert_allclose(read.ngrams.weights, classifier.weights, atol=0.0051)


@pytest.mark.parametrize("name", [NETWORK, NGRAMS, NEIGHBOURS, VOCABULARY])
def test_a_flipped_bit(model, name):
    content = bytearray((model / name).read_bytes())
    content[len(content) // 2] ^= 1
    put(model, name, bytes(content))
    refused(model, name, "damaged, or of another model")


def test_a_flipped_bit_anywhere_in_the_manifest(model):
    content = (model / MANIFEST).read_bytes()
    for place in range(len(content)):
        put(model, MANIFEST, content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
        with pytest.raises(UserError):
            artifact.read(model)


@pytest.mark.parametrize("name", [NETWORK, NGRAMS, NEIGHBOURS, VOCABULARY])
def test_a_missing_file(model, name):
    (model / name).unlink()
    refused(model, name, "No such file or directory")


def test_no_manifest(model):
    (model / MANIFEST).unlink()
    refused(model, "", f"no {MANIFEST} in it")


def test_no_folder(model):
    refused(model / "nowhere", "", "no such folder")


def other_words(model: Path) -> Vocabulary:
    vocabulary = Vocabulary.load(model / VOCABULARY)
    return replace(vocabulary, tokens=vocabulary.tokens[::-1])


@pytest.mark.parametrize(
    ("checksums", "fingerprint", "where", "what"),
    [
        (False, False, VOCABULARY, "damaged, or of another model"),
        (True, False, VOCABULARY, "the vocabulary of another model"),
        (True, True, NEIGHBOURS, "made with another vocabulary"),
    ],
)
def test_the_vocabulary_of_another_model(model, checksums, fingerprint, where, what):
    vocabulary = other_words(model)
    (model / VOCABULARY).unlink()
    vocabulary.save(model / VOCABULARY)
    if checksums:
        check_anew(model)
    if fingerprint:
        put_manifest(model, manifest(model) | {"vocabulary": vocabulary.fingerprint})
    refused(model, where, what)


def test_a_network_of_another_vocabulary(model):
    network = onnx.load(model / NETWORK)
    onnx.helper.set_model_props(network, {"vocabulary": "another"})
    put(model, NETWORK, network.SerializeToString())
    check_anew(model)
    refused(model, NETWORK, "not the network of this vocabulary")


@pytest.mark.parametrize("checksums", [False, True])
def test_a_network_with_weights_elsewhere(model, checksums):
    network = onnx.load(model / NETWORK)
    weights = network.graph.initializer[0]
    weights.ClearField("raw_data")
    weights.data_location = onnx.TensorProto.EXTERNAL
    weights.external_data.add(key="location", value="../../../../etc/passwd")
    put(model, NETWORK, network.SerializeToString())
    if checksums:
        check_anew(model)
    refused(model, NETWORK, "refers to data in other files" if checksums else "damaged, or of another model")


def test_a_length_spelt_otherwise_hides_no_reference_to_another_file(model):
    location = b"\n\x08location\x12\x06secret"
    entry = b"\n\x88\x00location\x12\x06secret"  # the same to any reader of protocol buffers
    proto = onnx.StringStringEntryProto()
    assert proto.FromString(entry) == proto.FromString(location)
    put(model, NETWORK, (model / NETWORK).read_bytes() + entry)
    check_anew(model)
    refused(model, NETWORK, "refers to data in other files")


def test_a_network_of_another_kind(model):
    node = onnx.helper.make_node("Identity", ["x"], ["y"])
    values = [onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, [1]) for name in "xy"]
    graph = onnx.helper.make_graph([node], "other", values[:1], values[1:])
    other = onnx.helper.make_model(graph, ir_version=8, opset_imports=[onnx.helper.make_opsetid("", 15)])
    put(model, NETWORK, other.SerializeToString())
    check_anew(model)
    refused(model, NETWORK, "not the network of this vocabulary")


def test_no_network(model):
    put(model, NETWORK, b"\x00" * 100)
    check_anew(model)
    refused(model, NETWORK, "not a network that runs here")


def test_a_network_that_takes_other_numbers(model):
    network = onnx.load(model / NETWORK)
    ids = next(one for one in network.graph.input if one.name == "ids")
    ids.type.tensor_type.shape.dim[1].dim_value = 7
    put(model, NETWORK, network.SerializeToString())
    check_anew(model)
    refused(model, NETWORK, "not a network that runs here")


def test_ngrams_of_another_network(model):
    sizes = np.array([1, 1])  # of two lengths, not three
    put(model, NGRAMS, npz(sizes=sizes, steps=STEPS[:, :2], weights=WEIGHTS[:, :2], intercept=ZERO))
    check_anew(model)
    refused(model, NETWORK, "not a network that runs here")


def test_a_zip_in_place_of_the_folder(model, tmp_path_factory):
    path = tmp_path_factory.mktemp("zip") / "model.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("../escaped", "content")
    refused(path, "", "a file; expected the folder")
    assert not (path.parent.parent / "escaped").exists()


@pytest.mark.parametrize("name", ["../x", "/etc/passwd", "more.bin"])
def test_a_manifest_that_lists_other_files(model, name):
    content = manifest(model)
    content["files"][name] = content["files"][NETWORK]
    put_manifest(model, content)
    refused(model, MANIFEST, "not that of an exported model, or damaged")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe",
        b"{}",
        b"[]",
        b"null",
        b"[" * 100_000,
        b'{"format": 2}',
        b'{"format": 2, "corpus": "x", "vocabulary": "x", "test": {"accuracy": 1}, "files": {}}',
    ],
    ids=["empty", "binary", "object", "list", "null", "deep", "hollow", "no files"],
)
def test_a_manifest_of_something_else(model, content):
    put(model, MANIFEST, content)
    refused(model, MANIFEST, "not that of an exported model, or damaged")


@pytest.mark.parametrize("key", ["corpus", "clean", "vocabulary", "test", "files"])
@pytest.mark.parametrize("value", [None, [], 7])
def test_a_manifest_with_a_hole(model, key, value):
    put_manifest(model, manifest(model) | {key: value})
    refused(model, MANIFEST, "not that of an exported model, or damaged")


def test_a_newer_format(model):
    put_manifest(model, {"format": 99, "all": "different"})
    refused(model, "", "an export of format 99, but this release reads 2")


def npz(**arrays) -> bytes:
    file = io.BytesIO()
    np.savez(file, **arrays)
    return file.getvalue()


STEPS, WEIGHTS, ZERO = to_byte_planes(np.arange(3)), to_byte_planes(np.ones(3)), np.float32(0)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        npz(sizes=[1, 1, 1], steps=STEPS, weights=WEIGHTS),
        npz(sizes=[1, 1, 2], steps=STEPS, weights=WEIGHTS, intercept=ZERO),
        npz(sizes=[1, 1, 1], steps=STEPS, weights=WEIGHTS[:, :2], intercept=ZERO),
        npz(sizes=[1, 1, 1], steps=np.arange(3), weights=WEIGHTS, intercept=ZERO),
        npz(sizes=[1, 1, 1], steps=STEPS[:7], weights=WEIGHTS, intercept=ZERO),
        npz(sizes=[4, -2, 1], steps=STEPS, weights=WEIGHTS, intercept=ZERO),
        npz(sizes=[2, 1], steps=to_byte_planes(np.array([3, -1, 0])), weights=WEIGHTS, intercept=ZERO),
        npz(sizes=np.zeros(0, int), steps=STEPS[:, :0], weights=WEIGHTS[:, :0], intercept=ZERO),
        npz(sizes=[1, 1, 1], steps=STEPS, weights=WEIGHTS, intercept=np.float32("nan")),
    ],
    ids=[
        *("empty", "no intercept", "sizes", "weights", "numbers", "planes", "negative"),
        *("descending", "none", "no number"),
    ],
)
def test_other_ngrams(model, content):
    put(model, NGRAMS, content)
    check_anew(model)
    refused(model, NGRAMS, "not the n-grams of an exported model")


@pytest.mark.parametrize("share", [0.1, 0.5, 0.99])
@pytest.mark.parametrize(
    ("name", "what"),
    [(NGRAMS, "not the n-grams of an exported model"), (NEIGHBOURS, "not an index of reviews, or damaged")],
)
def test_truncated_arrays(model, name, what, share):
    content = (model / name).read_bytes()
    put(model, name, content[: int(share * len(content))])
    check_anew(model)
    refused(model, name, what)


class Harmful:
    """Leaves a file behind when it is unpickled."""

    def __init__(self, path: Path):
        self.path = path

    def __reduce__(self):
        return (Path.touch, (self.path,))


def test_pickled_ngrams(model):
    trace = model / "unpickled"
    harmful = np.array([Harmful(trace)], dtype=object)
    for content in (
        pickle.dumps(Harmful(trace)),
        npz(sizes=[1, 1, 1], steps=STEPS, weights=WEIGHTS, intercept=harmful),
        npz(sizes=[1, 1, 1], steps=harmful, weights=WEIGHTS, intercept=ZERO),
    ):
        put(model, NGRAMS, content)
        check_anew(model)
        refused(model, NGRAMS, "not the n-grams of an exported model")
    assert not trace.exists()
    pickle.loads(pickle.dumps(Harmful(trace)))
    assert trace.exists()  # so it would have been seen


def test_no_model_anywhere(tmp_path):
    shutil.copytree(ROOT / "src", tmp_path / "src")
    command = [sys.executable, "-m", "sentiment.cli.main", "predict", "hello"]
    environment = os.environ | {"PYTHONPATH": str(tmp_path / "src")}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
    places = "models/export or models/imdb"
    expected = f"error: no model in {places}; name one with --model, or run `dvc repro export`\n"
    assert (done.returncode, done.stdout, done.stderr) == (1, "", expected)
