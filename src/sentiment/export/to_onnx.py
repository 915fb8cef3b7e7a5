"""From a trained LSTM to one that is served: ONNX, with small weights.

The embedding goes to eight bits, with a scale for each row, and all other weights to half precision. They are
rounded in Keras's network first: so it computes the same as the ONNX file, which unpacks them.
"""

import warnings
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import keras
import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from sentiment.errors import UserError
from sentiment.export import token_convolution
from sentiment.network.layers import PrePadding

SMALL = 1024  # weights that are not worth packing


def round_weights(network: keras.Model) -> None:
    """Round the weights of `network` to what the exported file can hold; raises UserError if it cannot."""
    for layer in network.layers:
        if isinstance(layer, keras.layers.Embedding):
            rows, scale = _to_int8(layer.get_weights()[0])
            layer.set_weights([rows * scale])
        else:
            layer.set_weights(
                [_to_half(weight) if weight.dtype == np.float32 else weight for weight in layer.get_weights()]
            )
    if not all(np.isfinite(weight.numpy()).all() for weight in network.weights):
        raise UserError("the network has weights too large to export; train it with a lower learning rate")


def to_onnx(network: keras.Model, fingerprint: str) -> bytes:
    """The content of an ONNX file that computes what `network`, its weights rounded, does.

    Its inputs are ids, int32 (batch, steps), and if the network takes them, votes, float32 (batch, steps,
    max_ngram); its output holds the logits, float32 (batch, LSTMs). `fingerprint` is that of the vocabulary.
    """
    zeros = [np.zeros([size or 1 for size in one.shape], one.dtype) for one in network.inputs]
    network(zeros if len(zeros) > 1 else zeros[0])  # Keras exports only what has been called
    with TemporaryDirectory() as folder:
        path = Path(folder) / "network.onnx"
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)  # Keras asks NumPy for np.object
            network.export(path, format="onnx", verbose=False)
        model = onnx.load(path)
    if not any(isinstance(layer, PrePadding) for layer in network.layers):  # to which padding is a token, too
        token_convolution.rewrite(model.graph)
    _pack(model.graph)
    _rename(model.graph)
    model.graph.name, model.graph.doc_string = "sentiment", ""
    helper.set_model_props(model, {"vocabulary": fingerprint})
    onnx.checker.check_model(model, full_check=True)
    return model.SerializeToString(deterministic=True)


def _pack(graph: onnx.GraphProto) -> None:
    """Put the large weights of `graph` into fewer bits, with nodes that unpack them."""
    weights = {one.name: numpy_helper.to_array(one) for one in graph.initializer}
    lookups = {node.input[0]: node for node in graph.node if node.op_type == "Gather"}
    nodes, initializers = [], []
    for one in graph.initializer:
        name, values = one.name, weights[one.name]
        if values.dtype != np.float32 or values.size < SMALL:
            initializers.append(one)
        elif name in lookups:
            rows, scale = _to_int8(values)
            initializers += _tensors({f"{name}_rows": rows.astype(np.int8), f"{name}_scale": scale})
            nodes += _lookup(name, lookups[name])
            graph.node.remove(lookups[name])
        else:
            initializers += _tensors({f"{name}_half": values.astype(np.float16)})
            nodes.append(helper.make_node("Cast", [f"{name}_half"], [name], to=TensorProto.FLOAT))
    _replace(graph.initializer, initializers)
    _replace(graph.node, token_convolution.needed([*nodes, *graph.node], graph))


def _lookup(name: str, gather: onnx.NodeProto) -> list[onnx.NodeProto]:
    """Nodes that replace `gather` by a lookup in rows of eight bits."""
    (rows, scale, floats), ids = (
        (f"{name}_{part}_found" for part in ("rows", "scale", "floats")),
        gather.input[1],
    )
    return [
        helper.make_node("Gather", [f"{name}_rows", ids], [rows]),
        helper.make_node("Gather", [f"{name}_scale", ids], [scale]),
        helper.make_node("Cast", [rows], [floats], to=TensorProto.FLOAT),
        helper.make_node("Mul", [floats, scale], list(gather.output)),
    ]


def _rename(graph: onnx.GraphProto, outer: dict[str, str] | None = None) -> None:
    """Number everything in `graph` but its inputs and outputs, in the order of the nodes.

    The converter's own names count up for ever, and its weights come in the order of a Python set.
    """
    names = outer or {one.name: one.name for one in [*graph.input, *graph.output]} | {"": ""}

    def name(old: str) -> str:
        return names.setdefault(old, f"v{len(names)}")

    for node in graph.node:
        node.name = ""
        _replace(node.input, list(map(name, node.input)))
        _replace(node.output, list(map(name, node.output)))
        for attribute in node.attribute:
            if attribute.HasField("g"):
                _rename(attribute.g, names)
    weights = {names[one.name]: one for one in graph.initializer if one.name in names}
    _replace(graph.initializer, [weights[number] for number in names.values() if number in weights])
    for one in [*graph.initializer, *graph.input, *graph.output]:
        one.name = name(one.name)
    for one in [*graph.input, *graph.output]:
        for size, dimension in zip(("batch", "steps"), one.type.tensor_type.shape.dim, strict=False):
            if dimension.dim_param:
                dimension.dim_param = size
    del graph.value_info[:]


def _replace(field: Any, items: list) -> None:
    del field[:]
    field.extend(items)


def _tensors(arrays: dict[str, np.ndarray]) -> list[onnx.TensorProto]:
    return [numpy_helper.from_array(array, name) for name, array in arrays.items()]


def _to_half(values: np.ndarray) -> np.ndarray:
    with np.errstate(over="ignore"):  # `round_weights` tells it
        return values.astype(np.float16).astype(np.float32)


def _to_int8(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Whole numbers from -127 to 127, and each row's scale, whose product is near `values`: two float32."""
    scale = np.maximum(np.abs(values).max(axis=1, keepdims=True), np.finfo(np.float32).tiny) / np.float32(127)
    return np.round(values / scale), scale
