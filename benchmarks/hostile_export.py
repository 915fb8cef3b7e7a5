"""Hostile folders of an exported model, whose checksums are right."""

import io
import json
import shutil
import zipfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from sentiment.inference import artifact
from sentiment.inference.artifact import MANIFEST, NETWORK, NGRAMS, VOCABULARY
from sentiment.system import files

FOREIGN = [
    "Scan",
    "If",
    "RandomNormal",
    "Tile",
    "OneHot",
    "Resize",
    "EyeLike",
    "Range",
    "Einsum",
    "StringSplit",
]
NODES = b"\x3a\x80\xda\xc4\x09" + 10_000_000 * b"\x0a\x00"  # a graph of empty ones
HUGE = np.array([2**12, 2**19], np.int64)  # a shape, of 8 GB in float32


def folders(whole: Path) -> Iterator[tuple[str, Callable[[Path], object]]]:
    """Yield names, and functions that write to a path, of folders like `whole` with one change each."""
    network = onnx.load(whole / NETWORK)
    contents = {
        NETWORK: {name: _changed(network, change) for name, change in NETWORK_CHANGES.items()},
        NGRAMS: dict(ngrams(whole / NGRAMS)),
        VOCABULARY: vocabularies(whole / VOCABULARY),
    }
    contents[NETWORK] |= {"10 million nodes": NODES, "a pickle": b"\x80."}
    contents[VOCABULARY] |= {"deep": b"[" * 100_000, "a number of a million digits": b"1" * 10**6}
    for file, changes in contents.items():
        for name, content in changes.items():
            yield f"{file}: {name}", partial(write, whole, file, content)
    for name, change in manifests().items():
        yield f"{MANIFEST}: {name}", partial(write_manifest, whole, change)


def write(whole: Path, name: str, content: bytes, folder: Path) -> None:
    """Write a copy of `whole` to `folder`, with another content of a file, whose checksum is right."""
    shutil.copytree(whole, folder)
    (folder / name).write_bytes(content)
    manifest = files.read_json(folder / MANIFEST)
    manifest["files"][name] = {"bytes": len(content), "sha256": files.sha256(folder / name)}
    files.write_json(folder / MANIFEST, manifest | {"sha256": artifact.checksum(manifest)})


def write_manifest(whole: Path, change: dict[str, Any], folder: Path) -> None:
    """Write a copy of `whole` to `folder`, with a `change` of the manifest, whose checksum is right."""
    shutil.copytree(whole, folder)
    manifest = files.read_json(folder / MANIFEST) | change
    content = json.dumps(manifest | {"sha256": artifact.checksum(manifest)})
    (folder / MANIFEST).write_text(content)


def manifests() -> dict[str, dict[str, Any]]:
    """Changes of the manifest, by name."""
    names = [NETWORK, NGRAMS, VOCABULARY]
    fingerprint = {"bytes": -1, "sha256": "x"}
    return {
        "no fingerprints": {"files": dict.fromkeys(names, "x")},
        "half fingerprints": {"files": {name: {"bytes": 1} for name in names}},
        "a file outside": {"files": {**dict.fromkeys(names, fingerprint), "../x": fingerprint}},
        "negative sizes": {"files": dict.fromkeys(names, fingerprint)},
        "an accuracy that is no number": {"test": {"accuracy": float("nan")}},
        "weights that are no numbers": {"ensemble": {"weights": {"lstm": float("inf")}, "intercept": 0}},
        "a format as text": {"format": "4"},
        "deep": {"clean": json.loads("[" * 900 + "]" * 900)},
    }


def vocabularies(path: Path) -> dict[str, bytes]:
    """Changed copies of the vocabulary, by name."""
    changes: dict[str, dict[str, Any]] = {
        "tokens of numbers": {"tokens": [1, 2]},
        "no tokens": {"tokens": None},
        "no token is read": {"max_tokens": 0},
        "half a token is read": {"max_tokens": 0.5},
        "no head": {"head": float("nan")},
        "another tokenizer": {"tokenizer": "os.system"},
        "a setting more": {"more": 1},
    }
    whole = files.read_json(path)
    result = {name: json.dumps(whole | change).encode() for name, change in changes.items()}
    return result | {"a list": b"[]"}


def ngrams(path: Path) -> Iterator[tuple[str, bytes]]:
    """Yield changed copies of the n-grams, by name."""
    with np.load(path) as content:
        whole = dict(content)
    planes = whole["keys"]
    arrays: dict[str, dict[str, Any]] = {
        "weights by columns": {"weights": np.asfortranarray(whole["weights"])},
        "keys cut": {"keys": planes[:, :-1]},
        "keys of zeros": {"keys": np.zeros_like(planes)},
        "objects": {"keys": np.array([None])},
        "an intercept that is no number": {"intercept": np.float32("nan")},
        "a scope of text": {"negation_scope": "x"},
        "sizes beyond 64 bits": {"sizes": np.array([2**62, 2**62, 2**62])},
        "a million lengths": {"sizes": np.zeros(10**6, int)},
    }
    for name, change in arrays.items():
        file = io.BytesIO()
        np.savez(file, allow_pickle=True, **whole | change)
        yield name, file.getvalue()
    header = b"{'descr': '|u1', 'fortran_order': False, 'shape': (8, %d), }\n" % 10**14
    endless = b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header
    yield "keys of 800 TB", _zip({"sizes.npy": endless, "keys.npy": endless})
    yield "a bomb", _zip({"keys.npy": bytes(2**28 + 1)})
    yield "members without end", _zip({f"{number}.npy": b"" for number in range(100_000)})


def _zip(members: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file.getvalue()


def _changed(network: onnx.ModelProto, change: Callable[[onnx.ModelProto], object]) -> bytes:
    copy = onnx.ModelProto()
    copy.CopyFrom(network)
    change(copy)
    return copy.SerializeToString()


def _put_before_logits(model: onnx.ModelProto, nodes: list[onnx.NodeProto], **weights: np.ndarray) -> None:
    """Let `nodes` make "more" of the `weights`, of which a sum is added to the logits."""
    logits = model.graph.output[0].name
    for node in model.graph.node:
        node.output[:] = ["logits_before" if name == logits else name for name in node.output]
    model.graph.initializer.extend(numpy_helper.from_array(value, name) for name, value in weights.items())
    total = helper.make_node("ReduceSum", ["more"], ["total"], keepdims=0)
    model.graph.node.extend([*nodes, total, helper.make_node("Add", ["logits_before", "total"], [logits])])


def _endless(model: onnx.ModelProto) -> None:
    """Add a loop of 2**62 rounds."""
    kinds = {"round": TensorProto.INT64, "go": TensorProto.BOOL, "x": TensorProto.FLOAT}
    kinds |= {"go_on": TensorProto.BOOL, "y": TensorProto.FLOAT}
    infos = [helper.make_tensor_value_info(*kind, None if kind[0] in "xy" else []) for kind in kinds.items()]
    nodes = [helper.make_node("Identity", ["go"], ["go_on"]), helper.make_node("Add", ["x", "x"], ["y"])]
    body = helper.make_graph(nodes, "body", infos[:3], infos[3:])
    loop = helper.make_node("Loop", ["m", "yes", "zero"], ["more"], body=body)
    _put_before_logits(model, [loop], m=np.array(2**62), yes=np.array(True), zero=np.zeros(1, np.float32))


def _first_weights(model: onnx.ModelProto, number: float) -> None:
    tensor = next(one for one in model.graph.initializer if one.data_type == TensorProto.FLOAT16)
    values = numpy_helper.to_array(tensor).copy()
    values.flat[0] = number
    tensor.raw_data = values.tobytes()


def _elsewhere(model: onnx.ModelProto) -> None:
    tensor = model.graph.initializer[0]
    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value="/etc/passwd")


def _shape(operator: str, *inputs: str, **weights: np.ndarray) -> Callable[[onnx.ModelProto], None]:
    node = helper.make_node(operator, inputs, ["more"])
    return lambda model: _put_before_logits(model, [node], **weights)


TEXT = helper.make_tensor("x", TensorProto.STRING, [1], [b"x"])  # type: ignore[list-item]
NETWORK_CHANGES: dict[str, Callable[[onnx.ModelProto], object]] = {
    **{
        f"the operator {name}": partial(_put_before_logits, nodes=[helper.make_node(name, [], ["more"])])
        for name in FOREIGN
    },
    "an operator of another domain": partial(
        _put_before_logits, nodes=[helper.make_node("Add", [], ["more"], domain="com.example")]
    ),
    "a function": lambda model: model.functions.add(),
    "zeros of 8 GB": _shape("ConstantOfShape", "shape", shape=HUGE),
    "zeros of a million TB": _shape("ConstantOfShape", "shape", shape=HUGE**3),
    "a copy of 8 GB": _shape("Expand", "one", "shape", one=np.ones(1, np.float32), shape=HUGE),
    "padding of 8 GB": _shape("Pad", "one", "pads", one=np.ones(1, np.float32), pads=np.array([0, 2**31])),
    "a loop without end": _endless,
    "weights not a number": lambda model: _first_weights(model, np.nan),
    "weights infinite": lambda model: _first_weights(model, np.inf),
    "weights elsewhere": _elsewhere,
    "weights of another shape": lambda model: model.graph.initializer[0].dims.append(7),
    "weights of a negative shape": lambda model: model.graph.initializer[0].dims.append(-1),
    "weights of text": lambda model: model.graph.initializer.append(TEXT),
    "no nodes": lambda model: model.graph.ClearField("node"),
    "no inputs": lambda model: model.graph.ClearField("input"),
    "two outputs": lambda model: model.graph.output.append(model.graph.output[0]),
    "no graph": lambda model: model.ClearField("graph"),
    "a circle": lambda model: model.graph.node[0].input.append(model.graph.output[0].name),
}
