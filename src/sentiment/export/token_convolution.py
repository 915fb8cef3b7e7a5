"""The first convolution of an ONNX network, worked out once for each different token of a batch.

What a token adds to the outputs around it is its vector times the kernel's weights, wherever it stands. Few
tokens make up most of a batch, so that adding up what is known of them takes a fraction of the products.
The maximum over some steps is taken of as many sums, each a fraction of the batch, that stay within a cache.
"""

from collections.abc import Iterator

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from sentiment.data.vocabulary import PADDING


def rewrite(graph: onnx.GraphProto) -> None:
    """Put nodes that do so in the place of `graph`'s convolution over tokens and the maximum after it.

    The convolution must see zeros where there is padding. A graph without a convolution stays as it is.
    """
    convolution = next((node for node in graph.node if node.op_type == "Conv"), None)
    if convolution is None:
        return
    weights = {one.name: numpy_helper.to_array(one) for one in graph.initializer}
    lookup = next(node for node in graph.node if node.op_type == "Gather" and node.input[0] in weights)
    kernel = weights[convolution.input[1]][:, :, 0].transpose(2, 1, 0)  # (places, features, filters)
    *between, maximum = _up_to_maximum(graph, convolution)
    added = [*convolution.input[2:], *(node.input[1] for node in between if node.op_type == "Add")]
    bias = sum((weights[name].ravel() for name in added), np.zeros(kernel.shape[2], np.float32))
    pool = next(one for one in maximum.attribute if one.name == "kernel_shape").ints[-1]
    size = weights[lookup.input[0]].shape[1]
    new = _Nodes()
    sums = _tokens(new, lookup.input[0], lookup.input[1], kernel[:, :size], bias, pool)
    if kernel.shape[1] > size:
        votes = _votes(new, _joined(graph, convolution).input[1], kernel[:, size:], pool)
        sums = [new.add("Add", *pair) for pair in zip(sums, votes, strict=True)]
    channels = new.add("Transpose", new.add("Max", *sums), perm=[0, 2, 1])
    new.nodes.append(helper.make_node("Unsqueeze", [channels, new.constant([2])], list(maximum.output)))
    place = list(graph.node).index(maximum)
    nodes = [*graph.node[:place], *new.nodes, *graph.node[place + 1 :]]
    del graph.node[:]
    graph.node.extend(needed(nodes, graph))
    taken = {name for node in graph.node for name in _inputs(node)}
    constants = [one for one in [*graph.initializer, *new.constants] if one.name in taken]
    del graph.initializer[:]
    graph.initializer.extend(constants)


def _up_to_maximum(graph: onnx.GraphProto, convolution: onnx.NodeProto) -> list[onnx.NodeProto]:
    """What comes behind the convolution, one node after the other: bias, and last the maximum."""
    taken_by = {name: node for node in graph.node for name in node.input}
    chain = [convolution]
    while chain[-1].op_type != "MaxPool":
        chain.append(taken_by[chain[-1].output[0]])
    return chain


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

    def total(self, parts: list[str]) -> str:
        """The sum of `parts`."""
        total = parts[0]
        for part in parts[1:]:
            total = self.add("Add", total, part)
        return total

    def seen(self, x: str, places: int, rank: int, pool: int) -> list[list[str]]:
        """What each of a kernel's `places` sees of x (batch, steps, ...), of that many dimensions.

        One list for each of `pool` steps that the maximum is taken of: (batch, steps / pool, ...) each.
        """
        left = (places - 1) // 2  # as Keras's padding="same" does
        pads = np.zeros((2, rank), np.int64)
        pads[:, 1] = left, places - 1 - left
        padded = self.add("Pad", x, self.constant(pads.ravel()))
        axis, step = self.constant([1]), self.constant([pool])
        ends = [*range(2 - places - pool, 0), np.iinfo(np.int64).max]  # the last one goes to the very end
        slices = [
            self.add("Slice", padded, self.constant([start]), self.constant([end]), axis, step)
            for start, end in enumerate(ends)
        ]
        return [slices[first : first + places] for first in range(pool)]


def _tokens(
    new: _Nodes, embedding: str, ids: str, kernel: np.ndarray, bias: np.ndarray, pool: int
) -> list[str]:
    """What the tokens and the bias add up to, (batch, steps / pool, filters), for each of `pool` steps."""
    ids = new.add("Cast", ids, to=TensorProto.INT64)
    unique = new.add("Unique", new.add("Reshape", ids, new.constant([-1])), sorted=0)
    # Unique's third output: where each token stands among the different ones.
    new.nodes[-1].output.extend(["", f"{unique}_index"])
    # Before them one row more, number 0, for what a kernel sees beyond the ends: nothing.
    index = new.add("Add", new.add("Reshape", f"{unique}_index", new.add("Shape", ids)), new.constant(1))
    unique = new.add("Concat", new.constant([PADDING]), unique, axis=0)
    padding = new.add("Unsqueeze", new.add("Equal", unique, new.constant(PADDING)), new.constant([1]))
    vectors = new.add("Where", padding, new.constant(np.float32(0)), new.add("Gather", embedding, unique))
    products = [new.add("MatMul", vectors, new.constant(weights)) for weights in kernel]
    own = (len(kernel) - 1) // 2  # the place that sees the step itself
    products[own] = new.add("Add", products[own], new.constant(bias))
    return [
        new.total([new.add("Gather", *pair) for pair in zip(products, at, strict=True)])
        for at in new.seen(index, len(kernel), 2, pool)
    ]


def _votes(new: _Nodes, votes: str, kernel: np.ndarray, pool: int) -> list[str]:
    """What the votes add up to, (batch, steps / pool, filters), for each of `pool` steps."""
    weights = new.constant(kernel.reshape(-1, kernel.shape[2]))
    return [
        new.add("MatMul", new.add("Concat", *seen, axis=2), weights)
        for seen in new.seen(votes, len(kernel), 3, pool)
    ]


def _joined(graph: onnx.GraphProto, node: onnx.NodeProto) -> onnx.NodeProto:
    """The node before `node` that joins the tokens' vectors and the votes."""
    made_by = {output: one for one in graph.node for output in one.output}
    while node.op_type != "Concat":
        node = made_by[node.input[0]]
    return node


def needed(nodes: list[onnx.NodeProto], graph: onnx.GraphProto) -> list[onnx.NodeProto]:
    """The nodes that the outputs of `graph` depend on, each after those whose results it takes.

    The order is the same in whatever order they come: the converter's hangs on that of a Python set.
    """
    made_by = {output: place for place, node in enumerate(nodes) for output in node.output}
    places: dict[int, None] = {}  # a set that keeps its order

    def visit(name: str) -> None:
        place = made_by.get(name)
        if place is not None and place not in places:
            for taken in _inputs(nodes[place]):
                visit(taken)
            places[place] = None

    for one in graph.output:
        visit(one.name)
    return [nodes[place] for place in places]


def _inputs(node: onnx.NodeProto) -> Iterator[str]:
    """What a node takes, and what the nodes within it take, if it is a loop."""
    yield from node.input
    for attribute in node.attribute:
        for inner in attribute.g.node:
            yield from _inputs(inner)
