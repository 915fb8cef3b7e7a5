import numpy as np
import onnx
import onnxruntime
import pytest
from conftest import EMBEDDING

from sentiment.export import to_onnx
from sentiment.network import model


@pytest.fixture(
    scope="module",
    params=[
        {"kernel_size": 5, "members": 1},
        {"kernel_size": 5, "members": 3},
        {"kernel_size": 4, "pool_size": 3, "ngrams": False, "chunk_length": 0},
        {"kernel_size": 1, "pool_size": 1, "lstm_layers": 2},
    ],
    ids=str,
)
def network(request, settings, classifier):
    """A network with a convolution, with votes and without."""
    built = model.build(settings["model"].model_copy(update=request.param), EMBEDDING, classifier)
    random = np.random.default_rng(0)
    for weight in built.trainable_weights:  # as if trained: no bias is zero
        weight.assign(weight + random.uniform(-0.1, 0.1, weight.shape))
    return built


def test_padding_that_is_read_is_left_to_the_convolution(settings, classifier):
    config = settings["model"].model_copy(update={"fixed_length": 40})
    content = to_onnx.to_onnx(model.build(config, EMBEDDING, classifier), "")
    assert "Conv" in [node.op_type for node in onnx.load_from_string(content).graph.node]


def test_the_network_says_the_same_with_fewer_products(network, reviews):
    to_onnx.round_weights(network)
    content = to_onnx.to_onnx(network, "")
    kinds = [node.op_type for node in onnx.load_from_string(content).graph.node]
    assert "Unique" in kinds
    assert "Conv" not in kinds
    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    batch = np.arange(len(reviews))
    fed = {"ids": reviews.padded(batch)}
    if classifier := to_onnx.classifier(network):  # its weights rounded, too
        found = classifier.table.find(reviews)
        fed["votes"] = reviews.padded(batch, classifier.votes(found))
        fed["ngrams"] = classifier.logits(reviews, found).astype(np.float32)[:, None]
    np.testing.assert_allclose(
        session.run(None, fed)[0], network(fed["ids"], training=False), rtol=1e-5, atol=1e-5
    )
