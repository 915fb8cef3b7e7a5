"""Hostile ONNX files: operators that none of ours has, shapes without bounds, weights that are no numbers."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

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


def networks(path: Path) -> dict[str, bytes]:
    """Changed copies of a network, by name."""
    whole = onnx.load(path)
    changed = {name: _changed(whole, change) for name, change in CHANGES.items()}
    return changed | {"10 million nodes": NODES, "a pickle": b"\x80."}


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
CHANGES: dict[str, Callable[[onnx.ModelProto], object]] = {
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
