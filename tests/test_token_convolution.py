import numpy as np
import onnx
import onnxruntime
import pytest
from conftest import EMBEDDING

from sentiment import export, model


@pytest.fixture(
    scope="module", params=[{"kernel_size": 5}, {"kernel_size": 4, "ngrams": False, "chunk_length": 0}]
)
def network(request, settings, classifier):
    """A network with a convolution, with votes and without."""
    return model.build(settings["model"].model_copy(update=request.param), EMBEDDING, classifier)


def test_the_network_says_the_same_with_fewer_products(network, reviews):
    export.round_weights(network)
    content = export.to_onnx(network, "")
    kinds = [node.op_type for node in onnx.load_from_string(content).graph.node]
    assert "Unique" in kinds
    assert "Conv" not in kinds
    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    batch = np.arange(len(reviews))
    fed = {"ids": reviews.padded(batch)}
    if classifier := export.classifier(network):  # its weights rounded, too
        found = classifier.table.find(reviews)
        fed["votes"] = reviews.padded(batch, classifier.votes(found))
        fed["ngrams"] = classifier.logits(reviews, found).astype(np.float32)[:, None]
    np.testing.assert_allclose(
        session.run(None, fed)[0], network(fed["ids"], training=False), rtol=1e-5, atol=1e-5
    )
