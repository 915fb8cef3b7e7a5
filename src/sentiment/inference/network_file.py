"""The ONNX file of an exported model, checked and opened: one from elsewhere may be hostile or damaged.

ONNX Runtime would run any operator with any shape. So the operators are compared with a list, the weights
with their shapes, the memory that it may take is bounded, and so is the time, where there is a loop.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

import numpy as np
import onnx
import onnxruntime
from onnx import numpy_helper

EXTERNAL_DATA = b"location"  # the key under which ONNX names another file that weights are in
STRUCTURE, FIELDS = 2**20, 2**18  # bytes and fields besides the weights, at most; ours have 30,000 and 10,000
GRAPH, INITIALIZER, RAW_DATA = 7, 5, 9  # numbers of fields in onnx.proto
OPERATORS = set(  # that our exports need
    """
    Add And Cast Concat ConstantOfShape Conv Div Equal Expand Gather GatherND Greater GreaterOrEqual
    Identity LSTM Less Loop MatMul Max MaxPool Mul Not Pad ReduceMax ReduceSum Relu Reshape
    ReverseSequence Shape Sigmoid Slice Split Squeeze Sub Tanh Transpose Unique Unsqueeze Where
    """.split()  # noqa: SIM905
)
MEMORY = 3 * 2**27  # bytes for what is computed, at most; the published network takes 120 million
# For the first batch, a short one, and for all others, at most, where an LSTM without chunks is a loop.
FIRST_SECONDS, SECONDS = 4.0, 120.0


class Network:
    """An ONNX network that can run, by the `content` of its file; on so many `threads`, 0 for one a core.

    Raises ValueError for a network that none of ours is like, and many types for one that is none.
    """

    def __init__(self, content: bytes, threads: int):
        self._loops, self._seconds = "Loop" in check(content), FIRST_SECONDS
        bound_memory()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.log_severity_level = 4
        options.add_session_config_entry("session.use_env_allocators", "1")
        options.add_session_config_entry("session.use_device_allocator_for_initializers", "1")
        self.session = onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])

    def run(self, inputs: dict[str, np.ndarray]) -> np.ndarray:
        """The first output for a batch of `inputs`; raises an error of ONNX Runtime's where it fails."""
        if not self._loops:
            return self.session.run(None, inputs)[0]
        seconds, self._seconds = self._seconds, SECONDS
        with _limited(seconds) as options:
            return self.session.run(None, inputs, options)[0]


@contextmanager
def _limited(seconds: float) -> Iterator[onnxruntime.RunOptions]:
    """Options of a run that is given up after so many `seconds`."""
    options = onnxruntime.RunOptions()
    timer = threading.Timer(seconds, setattr, (options, "terminate", True))
    timer.daemon = True
    timer.start()
    try:
        yield options
    finally:
        timer.cancel()


@cache
def bound_memory() -> None:
    """Bound what all networks in this process may take for what they compute, weights not counted."""
    kind = onnxruntime.OrtMemType.DEFAULT
    where = onnxruntime.OrtMemoryInfo("Cpu", onnxruntime.OrtAllocatorType.ORT_ARENA_ALLOCATOR, 0, kind)
    bound = onnxruntime.OrtArenaCfg({"max_mem": MEMORY, "arena_extend_strategy": 1})
    onnxruntime.create_and_register_allocator(where, bound)


def check(content: bytes) -> set[str]:
    """Return the operators in an ONNX file; raises ValueError or DecodeError unless it may be ours."""
    if EXTERNAL_DATA in content:
        raise ValueError("it refers to data in other files, which no model of ours does")
    if _structure(memoryview(content)) > STRUCTURE:
        raise ValueError("too much besides its weights")
    model = onnx.load_from_string(content)
    if model.functions or model.training_info:
        raise ValueError("functions in it")
    return _check_graph(model.graph)


def _check_graph(graph: onnx.GraphProto) -> set[str]:
    """Return the operators in a graph and those within; raises ValueError unless all of it is ours."""
    operators = {node.domain + node.op_type for node in graph.node}
    if foreign := sorted(operators - OPERATORS):
        raise ValueError(f"the operator {foreign[0][:40]}")
    if graph.sparse_initializer:
        raise ValueError("sparse weights")
    attributes = [attribute for node in graph.node for attribute in node.attribute]
    for tensor in [*graph.initializer, *(one.t for one in attributes if one.HasField("t"))]:
        values = numpy_helper.to_array(tensor)  # raises ValueError where its shape is another
        if values.dtype.kind not in "fiub" or (values.dtype.kind == "f" and not np.isfinite(values).all()):
            raise ValueError("weights that are no numbers")
    return operators.union(*(_check_graph(one.g) for one in attributes if one.HasField("g")))


def _structure(model: memoryview) -> int:
    """The number of bytes in an ONNX file that are not those of weights; raises ValueError at FIELDS."""
    budget = iter(range(FIELDS))
    weights = sum(
        len(raw)
        for graph in _fields(model, GRAPH, budget)
        for tensor in _fields(graph, INITIALIZER, budget)
        for raw in _fields(tensor, RAW_DATA, budget)
    )
    return len(model) - weights


def _fields(message: memoryview, wanted: int, budget: Iterator[int]) -> Iterator[memoryview]:
    """Yield the fields with that number in a message of protocol buffers, as far as it can be read.

    Each field that is read takes one from the `budget`; raises ValueError where nothing is left of it.

    https://protobuf.dev/programming-guides/encoding: a tag says number and kind, then comes the value.
    """
    place = 0
    while place < len(message):
        if next(budget, None) is None:
            raise ValueError("too many parts")
        tag, place = _varint(message, place)
        kind = tag & 7
        if kind == 0:
            size, place = 0, _varint(message, place)[1]
        elif kind == 2:
            size, place = _varint(message, place)
        else:
            size = {1: 8, 5: 4}.get(kind, len(message))
        if kind == 2 and tag >> 3 == wanted:
            yield message[place : place + size]
        place += size


def _varint(message: memoryview, place: int) -> tuple[int, int]:
    """The number of variable length at `place`, and the place after it."""
    value = shift = 0
    while place < len(message):
        byte = message[place]
        value, shift, place = value | (byte & 127) << shift, shift + 7, place + 1
        if byte < 128 or shift > 63:
            break
    return value, place
