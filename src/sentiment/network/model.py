"""The LSTMs: built from parameters, saved and loaded as one .keras file, asked for logits."""

import json
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops

from sentiment import params
from sentiment.data.dataset import Reviews
from sentiment.data.vocabulary import PADDING, Vocabulary
from sentiment.ensemble import LSTM, READER
from sentiment.errors import UserError, printable
from sentiment.network import keras_file
from sentiment.network.batches import Batches
from sentiment.network.layers import Chunked, MaskedPooling, PadSteps, PrePadding
from sentiment.system import files, untrusted
from sentiment.system.progress import progress

BATCH = 256  # reviews predicted at once
VOTES_SCALE = 3.0  # brings most votes to the size of embedded tokens


def build(
    config: params.Model, embedding: np.ndarray, max_ngram: int, reader: np.ndarray | None = None
) -> keras.Model:
    """Return a network from token ids int32 (batch, steps), 0 for padding, to logits float32 (batch, LSTMs).

    `embedding`, float32 (ids, dimensions), is what its embedding layer starts from. With `config.ngrams` its
    second input are the votes of n-grams, float32 (batch, steps, max_ngram). With the initial embedding of a
    `reader`, float32 (ids, dimensions), a second LSTM of the same design stands beside the first, with layers
    of its own, and takes the token ids alone.

    Padding is set to zero wherever it could leak into a review, so that a review's logit depends on its own
    tokens alone, whatever batch it comes in. With `config.fixed_length` padding is read like a token.
    """
    ids = keras.Input((None,), dtype="int32", name="ids")
    votes = [keras.Input((None, max_ngram), name="votes")] if config.ngrams else []
    initial = {LSTM: embedding} if reader is None else {LSTM: embedding, READER: reader}
    logits = [
        _lstm(name, config, ids, votes if name == LSTM else [], vectors.shape)
        for name, vectors in initial.items()
    ]
    outputs = logits[0] if reader is None else layers.Concatenate(name="logits")(logits)
    network = keras.Model([ids, *votes] if votes else ids, outputs, name="sentiment")
    for name, vectors in initial.items():
        network.get_layer(f"{name}_embedding").set_weights([vectors])
    return network


def part(network: keras.Model, name: str) -> keras.Model:
    """One of the LSTMs of `network`, by the name of its base model; its logits are float32 (batch, 1)."""
    inputs = network.inputs if name == LSTM else network.inputs[:1]
    return keras.Model(inputs if len(inputs) > 1 else inputs[0], network.get_layer(f"{name}_logit").output)


def _lstm(name: str, config: params.Model, ids, votes: list, embedding: tuple[int, int]):
    """The logits, (batch, 1), of an LSTM that reads `ids` and, where there are any, `votes`."""
    x, mask = _features(name, config, embedding, ids, votes)
    if config.convolution:
        x = layers.Conv1D(config.convolution, config.kernel_size, padding="same")(x)
        pooling = layers.MaxPooling1D(config.pool_size)
        # ReLU and mask after the maximum, where there is less to do for both.
        x, mask = pooling(x), pooling(mask)
        x = ops.relu(x) * mask
    if config.chunk_length:
        pad = PadSteps(config.chunk_length)
        x, mask = pad(x), pad(mask)
    for _ in range(config.lstm_layers):
        x = _recurrent(config, x, mask)
    x = MaskedPooling(config.pooling, config.bidirectional)(x, mask)
    x = layers.Dropout(config.dropout)(x)
    return layers.Dense(1, name=f"{name}_logit")(x)


def _features(name: str, config: params.Model, embedding: tuple[int, int], ids, votes: list):
    """What the convolution or LSTM reads, (batch, steps, features), and its mask, (batch, steps, 1)."""
    pad_steps = PadSteps(config.pool_size if config.convolution else 1)

    def pad(x):
        if config.fixed_length:
            x = PrePadding(config.fixed_length)(x, ids)
        return pad_steps(x)

    padded = pad(ids)
    is_read = ops.not_equal(padded, -1 if config.fixed_length else PADDING)
    mask = ops.expand_dims(ops.cast(is_read, "float32"), -1)
    x = layers.Embedding(*embedding, name=f"{name}_embedding")(padded)
    x = layers.SpatialDropout1D(config.embedding_dropout)(x) * mask
    if votes:
        x = layers.Concatenate()([x, layers.Rescaling(VOTES_SCALE)(pad(votes[0]))])
    return x, mask


def _recurrent(config: params.Model, x, mask):
    """One LSTM over the steps of x (batch, steps, features); padding's are zero, unless it is read."""
    lstm = layers.LSTM(config.lstm_units, return_sequences=True, recurrent_dropout=config.recurrent_dropout)
    if config.bidirectional:
        lstm = layers.Bidirectional(lstm)
    if config.chunk_length:
        return Chunked(lstm, config.chunk_length)(x) * mask
    if config.fixed_length:
        return lstm(x)
    return lstm(x, mask=ops.squeeze(mask, -1) > 0) * mask


def predict(network: keras.Model, reviews: Reviews, votes: np.ndarray | None = None) -> np.ndarray:
    """The logits of each review, positive above 0: float64 (reviews, LSTMs).

    `votes`, float (tokens, max_ngram), are those of the reviews' n-grams, for a network that takes them.
    """
    return make_predict(network, reviews, votes)()


def make_predict(
    network: keras.Model, reviews: Reviews, votes: np.ndarray | None = None
) -> Callable[[], np.ndarray]:
    """A function that returns what `predict` does, by the weights that `network` has when it is called."""
    batches = Batches(reviews, BATCH, votes=votes)
    stream = batches.stream()
    # One trace for all calls and lengths, where Keras's own `predict` makes several.
    forward = tf.function(
        lambda inputs: network(inputs, training=False), input_signature=stream.element_spec[:1]
    )

    def logits() -> np.ndarray:
        result = np.empty((len(reviews), network.output.shape[1]))
        shown = progress(stream, "predict, batches", len(batches.batches))
        result[batches.order] = np.concatenate([forward(inputs) for inputs, _ in shown])
        return result

    return logits


def save(network: keras.Model, path: str | Path, vocabulary: Vocabulary) -> None:
    """Write a .keras file without the optimizer: the same network gives the same bytes.

    Keras writes the time and memory addresses into the archive, which go; metadata.json is given the
    fingerprint of the vocabulary that the network was trained with. Raises UserError where a weight is not
    finite.
    """
    if not all(np.isfinite(weight.numpy()).all() for weight in network.weights):
        raise UserError(f"{path}: not written, as some weights are no numbers; lower train.learning_rate")
    with files.replacing(path) as part:
        raw = part.with_name(f".part-raw-{part.name}")
        try:
            network.save(raw, include_optimizer=False)
            with zipfile.ZipFile(raw) as source:
                content = {name: source.read(name) for name in source.namelist()}
        finally:
            raw.unlink(missing_ok=True)
        metadata = json.loads(content["metadata.json"])
        metadata |= {"date_saved": "", "vocabulary": vocabulary.fingerprint}
        content["metadata.json"] = json.dumps(metadata).encode()
        content["config.json"] = _number_objects(content["config.json"].decode()).encode()
        with zipfile.ZipFile(part, "w") as target:
            for name in sorted(content):
                target.writestr(zipfile.ZipInfo(name), content[name])


def _number_objects(config: str) -> str:
    """Replace the memory addresses by which Keras tells shared objects apart with 1, 2, 3, ..."""
    numbers: dict[str, int] = {}
    return re.sub(
        r'(?<="shared_object_id": )\d+',
        lambda match: str(numbers.setdefault(match[0], len(numbers) + 1)),
        config,
    )


def load(path: str | Path, vocabulary: Vocabulary) -> keras.Model:
    """Read a network that `save` wrote; raises UserError unless it is whole and belongs to `vocabulary`."""
    try:
        with untrusted.zipped(path, keras_file.MOST) as archive:
            belongs = keras_file.read_metadata(archive)["vocabulary"] == vocabulary.fingerprint
            if belongs:
                return keras_file.load(path, keras_file.check(archive))
    except FileNotFoundError:
        raise UserError(f"{path}: no such file; run `dvc repro train` or `dvc pull`") from None
    except (UserError, MemoryError, PermissionError):
        raise
    except Exception as error:  # zipfile, HDF5 and Keras raise dozens of types
        reason = printable(" ".join(str(error).split())[:80])
        problem = f"not a model of this project, or damaged ({reason})"
        raise UserError(f"{path}: {problem}; run `dvc repro train`") from None
    raise UserError(f"{path}: trained with another vocabulary; run `dvc repro train`")
