"""The first convolution of an ONNX network, worked out once for each different token of a batch.

What a token adds to the outputs around it is its vector times the kernel's weights, wherever it stands. Few
tokens make up most of a batch, so that adding up what is known of them takes a fraction of the products.
"""

from collections.abc import Iterator

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from sentiment.vocabulary import PADDING


def rewrite(graph: onnx.GraphProto) -> None:
    """Put nodes that do so in the place of `graph`'s convolution over embedded tokens, and votes if any.

    A graph without a convolution stays as it is.
    """
    convolution = next((node for node in graph.node if node.op_type == "Conv"), None)
    if convolution is None:
        return
    weights = {one.name: numpy_helper.to_array(one) for one in graph.initializer}
    lookup = next(node for node in graph.node if node.op_type == "Gather" and node.input[0] in weights)
    kernel = weights[convolution.input[1]][:, :, 0].transpose(2, 1, 0)  # (places, features, filters)
    size = weights[lookup.input[0]].shape[1]
    new = _Nodes()
    total = _tokens(new, lookup.input[0], lookup.input[1], kernel[:, :size])
    if kernel.shape[1] > size:
        total = new.add("Add", total, _votes(new, _joined(graph, convolution).input[1], kernel[:, size:]))
    channels = new.add("Transpose", total, perm=[0, 2, 1])
    new.nodes.append(helper.make_node("Unsqueeze", [channels, new.constant([2])], list(convolution.output)))
    place = list(graph.node).index(convolution)
    nodes = [*graph.node[:place], *new.nodes, *graph.node[place + 1 :]]
    del graph.node[:]
    graph.node.extend(_used(nodes, graph))
    taken = {name for node in graph.node for name in _inputs(node)}
    constants = [one for one in [*graph.initializer, *new.constants] if one.name in taken]
    del graph.initializer[:]
    graph.initializer.extend(constants)


class _Nodes:
    """Nodes that are being put together, and the constants that they take."""

    def __init__(self):
        self.nodes, self.constants = [], []

    def add(self, kind: str, *inputs: str, **attributes) -> str:
        """Add a node; the name of its output."""
        name = f"token_convolution_{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, inputs, [name], **attributes))
        return name

    def constant(self, values) -> str:
        """Add a constant; its name."""
        name = f"token_convolution_constant_{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def padded(self, x: str, places: int, rank: int) -> str:
        """x (batch, steps, ...) with as many zeros around its steps as `places` of a kernel see there."""
        left = (places - 1) // 2  # as Keras's padding="same" does
        pads = np.zeros((2, rank), np.int64)
        pads[:, 1] = left, places - 1 - left
        return self.add("Pad", x, self.constant(pads.ravel()))

    def seen(self, x: str, places: int) -> list[str]:
        """What each of a kernel's `places` sees, (batch, steps, ...), of padded x."""
        ends = [*range(1 - places, 0), np.iinfo(np.int64).max]
        axis = self.constant([1])
        return [
            self.add("Slice", x, self.constant([start]), self.constant([end]), axis)
            for start, end in enumerate(ends)
        ]


def _tokens(new: _Nodes, embedding: str, ids: str, kernel: np.ndarray) -> str:
    """What the tokens add up to, (batch, steps, filters)."""
    ids = new.padded(new.add("Cast", ids, to=TensorProto.INT64), len(kernel), rank=2)
    unique = new.add("Unique", new.add("Reshape", ids, new.constant([-1])), sorted=0)
    # Unique's third output: where each token stands among the different ones.
    new.nodes[-1].output.extend(["", f"{unique}_index"])
    index = new.add("Reshape", f"{unique}_index", new.add("Shape", ids))
    token = new.add("Not", new.add("Equal", unique, new.constant(np.int64(PADDING))))
    token = new.add("Unsqueeze", new.add("Cast", token, to=TensorProto.FLOAT), new.constant([1]))
    vectors = new.add("Mul", new.add("Gather", embedding, unique), token)
    products = [new.add("MatMul", vectors, new.constant(weights)) for weights in kernel]
    parts = [
        new.add("Gather", product, at)
        for product, at in zip(products, new.seen(index, len(kernel)), strict=True)
    ]
    total = parts[0]
    for part in parts[1:]:
        total = new.add("Add", total, part)
    return total


def _votes(new: _Nodes, votes: str, kernel: np.ndarray) -> str:
    """What the votes add up to, (batch, steps, filters)."""
    seen = new.add("Concat", *new.seen(new.padded(votes, len(kernel), rank=3), len(kernel)), axis=2)
    return new.add("MatMul", seen, new.constant(kernel.reshape(-1, kernel.shape[2])))


def _joined(graph: onnx.GraphProto, node: onnx.NodeProto) -> onnx.NodeProto:
    """The node before `node` that joins the tokens' vectors and the votes."""
    made_by = {output: one for one in graph.node for output in one.output}
    while node.op_type != "Concat":
        node = made_by[node.input[0]]
    return node


def _used(nodes: list[onnx.NodeProto], graph: onnx.GraphProto) -> list[onnx.NodeProto]:
    """Those of `nodes`, which are in order, that the outputs of `graph` depend on."""
    wanted, result = {one.name for one in graph.output}, []
    for node in reversed(nodes):
        if wanted.intersection(node.output):
            wanted.update(_inputs(node))
            result.append(node)
    return result[::-1]


def _inputs(node: onnx.NodeProto) -> Iterator[str]:
    """What a node takes, and what the nodes within it take, if it is a loop."""
    yield from node.input
    for attribute in node.attribute:
        for inner in attribute.g.node:
            yield from _inputs(inner)
