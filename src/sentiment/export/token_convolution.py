"""The convolutions over tokens of an ONNX network, computed once for each distinct token of a batch.

A token contributes its vector times the kernel's weights to the outputs around it, wherever it occurs. Few
distinct tokens make up most of a batch, so summing their contributions takes a fraction of the products. Max
pooling is the maximum of as many sums as it has steps, each small enough for the cache.
"""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import onnx
from numpy.typing import ArrayLike
from onnx import TensorProto, helper, numpy_helper

from sentiment.data.vocabulary import PADDING


def rewrite(graph: onnx.GraphProto) -> None:
    """Replace each convolution over tokens of `graph`, and the max pooling after it, by such nodes.

    The convolutions must see zeros where there is padding. A graph without one stays as it is.
    """
    for number, convolution in enumerate([node for node in graph.node if node.op_type == "Conv"]):
        _rewrite(graph, convolution, f"token_convolution_{number}")


def _rewrite(graph: onnx.GraphProto, convolution: onnx.NodeProto, prefix: str) -> None:
    """Replace one `convolution`; the names of the new nodes start with `prefix`."""
    weights = {one.name: numpy_helper.to_array(one) for one in graph.initializer}
    lookup = _before(graph, convolution, lambda node: node.op_type == "Gather" and node.input[0] in weights)
    kernel = weights[convolution.input[1]][:, :, 0].transpose(2, 1, 0)  # (kernel_size, features, filters)
    *between, maximum = _up_to_maximum(graph, convolution)
    added = [*convolution.input[2:], *(node.input[1] for node in between if node.op_type == "Add")]
    bias = sum((weights[name].ravel() for name in added), np.zeros(kernel.shape[2], np.float32))
    pool = next(one for one in maximum.attribute if one.name == "kernel_shape").ints[-1]
    size = weights[lookup.input[0]].shape[1]
    new = _Nodes(prefix)
    sums = _tokens(new, lookup.input[0], lookup.input[1], kernel[:, :size], bias, pool)
    if kernel.shape[1] > size:
        together = _before(graph, convolution, lambda node: node.op_type == "Concat")
        votes = _votes(new, together.input[1], kernel[:, size:], pool)
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
    """The nodes from the convolution to the max pooling, in order."""
    taken_by = {name: node for node in graph.node for name in node.input}
    chain = [convolution]
    while chain[-1].op_type != "MaxPool":
        chain.append(taken_by[chain[-1].output[0]])
    return chain


class _Nodes:
    """Nodes under construction, and the constants among their inputs."""

    def __init__(self, prefix: str) -> None:
        self.prefix = prefix
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []

    def add(self, kind: str, *inputs: str, **attributes: Any) -> str:
        """Add a node; return the name of its output."""
        name = f"{self.prefix}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, inputs, [name], **attributes))
        return name

    def constant(self, values: ArrayLike) -> str:
        """Add a constant; return its name."""
        name = f"{self.prefix}_constant_{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def total(self, parts: list[str]) -> str:
        """The sum of `parts`."""
        total = parts[0]
        for part in parts[1:]:
            total = self.add("Add", total, part)
        return total

    def windows(self, x: str, kernel_size: int, rank: int, pool: int) -> list[list[str]]:
        """The slices of x (batch, steps, ...), with `rank` dimensions, that a kernel multiplies.

        For each of the `pool` steps of a pooling window, one slice (batch, steps / pool, ...) for each
        position in the kernel.
        """
        left = (kernel_size - 1) // 2  # as Keras's padding="same" does
        pads = np.zeros((2, rank), np.int64)
        pads[:, 1] = left, kernel_size - 1 - left
        padded = self.add("Pad", x, self.constant(pads.ravel()))
        axis, step = self.constant([1]), self.constant([pool])
        ends = [
            *range(2 - kernel_size - pool, 0),
            np.iinfo(np.int64).max,
        ]  # the last one goes to the very end
        slices = [
            self.add("Slice", padded, self.constant([start]), self.constant([end]), axis, step)
            for start, end in enumerate(ends)
        ]
        return [slices[first : first + kernel_size] for first in range(pool)]


def _tokens(
    new: _Nodes, embedding: str, ids: str, kernel: np.ndarray, bias: np.ndarray, pool: int
) -> list[str]:
    """The contributions of tokens and bias, (batch, steps / pool, filters), to each of `pool` steps."""
    ids = new.add("Cast", ids, to=TensorProto.INT64)
    unique = new.add("Unique", new.add("Reshape", ids, new.constant([-1])), sorted=0)
    # Unique's third output: the index of each token among the distinct ones.
    new.nodes[-1].output.extend(["", f"{unique}_index"])
    # Row 0 before them is zero: the padding at both ends.
    index = new.add("Add", new.add("Reshape", f"{unique}_index", new.add("Shape", ids)), new.constant(1))
    unique = new.add("Concat", new.constant([PADDING]), unique, axis=0)
    padding = new.add("Unsqueeze", new.add("Equal", unique, new.constant(PADDING)), new.constant([1]))
    vectors = new.add("Where", padding, new.constant(np.float32(0)), new.add("Gather", embedding, unique))
    products = [new.add("MatMul", vectors, new.constant(weights)) for weights in kernel]
    center = (len(kernel) - 1) // 2
    products[center] = new.add("Add", products[center], new.constant(bias))
    return [
        new.total([new.add("Gather", *pair) for pair in zip(products, window, strict=True)])
        for window in new.windows(index, len(kernel), 2, pool)
    ]


def _votes(new: _Nodes, votes: str, kernel: np.ndarray, pool: int) -> list[str]:
    """The contributions of the votes, (batch, steps / pool, filters), to each of `pool` steps."""
    weights = new.constant(kernel.reshape(-1, kernel.shape[2]))
    return [
        new.add("MatMul", new.add("Concat", *window, axis=2), weights)
        for window in new.windows(votes, len(kernel), 3, pool)
    ]


def _before(
    graph: onnx.GraphProto, node: onnx.NodeProto, wanted: Callable[[onnx.NodeProto], bool]
) -> onnx.NodeProto:
    """The last node that is `wanted` on the way to `node`, along the first input of each."""
    made_by = {output: one for one in graph.node for output in one.output}
    while not wanted(node):
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
