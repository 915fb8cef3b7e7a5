import numpy as np
import onnx
import onnxruntime
import pytest

from sentiment.export import to_onnx, token_convolution


@pytest.mark.slow
@pytest.mark.parametrize(
    "changes",
    [
        {"kernel_size": 4, "pool_size": 3, "ngrams": False, "chunk_length": 0},
        {"kernel_size": 1, "pool_size": 1, "chunk_length": 0},
        {"reader": True, "kernel_size": 4, "pool_size": 3, "chunk_length": 0},
    ],
    ids=str,
)
def test_the_network_computes_the_same_with_fewer_products(network, reviews, classifier, changes):
    """With votes and without, with a kernel whose center is not in the middle, and without a maximum."""
    built = network(**changes)
    to_onnx.round_weights(built)
    content = to_onnx.to_onnx(built, "")
    kinds = [node.op_type for node in onnx.load_from_string(content).graph.node]
    assert "Unique" in kinds
    assert "Conv" not in kinds
    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    batch = np.arange(len(reviews))
    inputs = {"ids": reviews.padded(batch)}
    if changes.get("ngrams", True):
        inputs["votes"] = reviews.padded(batch, classifier.votes_and_logits(reviews)[0])
    expected = built(list(inputs.values()) if len(inputs) > 1 else inputs["ids"], training=False)
    np.testing.assert_allclose(session.run(None, inputs)[0], expected, rtol=1e-5, atol=1e-5)


def test_the_order_of_nodes_is_that_of_the_network_and_not_of_the_converter(exported):
    graph = onnx.load(exported[1] / "network.onnx").graph
    nodes = list(graph.node)
    assert token_convolution.needed(nodes[::-1], graph) == nodes
