"""How much memory a training takes, asked for before it begins: TensorFlow would end in the midst of it."""

from types import SimpleNamespace

from sentiment.data.vocabulary import Vocabulary
from sentiment.system import memory

FLOAT = 4  # bytes
OVERHEAD = 250e6  # bytes, of TensorFlow's graph, threads and allocator, measured
REMEDY = "lower train.batch_size, tokenize.max_tokens or the sizes in model"


def require(settings: SimpleNamespace, vocabulary: Vocabulary, dimensions: int, reviews: int) -> None:
    """Raise UserError unless there is memory for a training with these parameters on so many reviews."""
    memory.require(needed(settings, vocabulary, dimensions, reviews), "training", REMEDY)


def needed(settings: SimpleNamespace, vocabulary: Vocabulary, dimensions: int, reviews: int) -> float:
    """Bytes that a training takes: what a batch leaves for its gradients, and the weights with Adam's state.

    Within half of what was measured with four designs. `dimensions` are those of the embedding.
    """
    model, train = settings.model, settings.train
    steps = model.fixed_length or vocabulary.max_tokens
    pool = model.pool_size if model.convolution else 1
    gates = 4 * model.lstm_units * (2 if model.bidirectional else 1) * model.lstm_layers
    floats = 2 * (dimensions + model.convolution) + 3 * gates / pool  # of each token
    features = model.convolution or dimensions
    weights = vocabulary.size * dimensions + model.kernel_size * dimensions * model.convolution
    weights += gates * (features + model.lstm_units)
    copies = 4 * (2 if train.reversed else 1)  # the weights, their gradients and two moments; of each LSTM
    batch = min(train.batch_size, reviews)
    return OVERHEAD + FLOAT * (batch * steps * floats + copies * weights)
