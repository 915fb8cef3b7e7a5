"""The network: built from parameters, saved and loaded as a .keras file, asked for logits."""

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
from sentiment.data.vocabulary import PADDING, UNKNOWN, Vocabulary
from sentiment.errors import UserError
from sentiment.network import neighbour_layer, wide
from sentiment.network.batches import Batches
from sentiment.network.fused_lstm import FusedLSTM
from sentiment.network.layers import Chunked, MaskedPooling, PadSteps, PrePadding, ReviewDropout, WordDropout
from sentiment.ngrams.neighbours import Index
from sentiment.ngrams.table import Classifier
from sentiment.system import files

BATCH = 256  # reviews predicted at once
VOTES_SCALE = 3.0  # brings most votes to the size of embedded tokens


def build(
    config: params.Model,
    embedding: np.ndarray,
    classifier: Classifier | None,
    index: Index | None = None,
    unknown: int = UNKNOWN,
) -> keras.Model:
    """Return the network: token ids int32 (batch, steps), 0 for padding, to logits float32 (batch, 1).

    It joins the logit of its layer `lstm`, which reads the tokens and the votes of their n-grams, with
    the logit of `classifier` and the verdict of a review's neighbours in `index`. Without `config.ngrams` the LSTM
    reads the tokens alone, and nothing is heard of the n-grams; without `index`, nothing of neighbours;
    without both, it is the LSTM alone.

    `embedding`, float32 (ids, size), is what its embedding layer starts from; `unknown` is the id of a token
    that word dropout hides.
    """
    ids = keras.Input((None,), dtype="int32", name="ids")
    votes, others, lengths = [], [], 0
    if config.ngrams:
        heard, wide_logit = wide.of(classifier)(ids)
        votes, others, lengths = [heard], [wide_logit], heard.shape[2]
    if index:
        others.append(neighbour_layer.of(index)(ids))
    logit = lstm(config, embedding, lengths, unknown)([ids, *votes])
    if others:
        logit = layers.Dense(1, name="logit")(layers.Concatenate(name="parts")([logit, *others]))
    return keras.Model(ids, logit, name="sentiment")


def lstm(config: params.Model, embedding: np.ndarray, lengths: int, unknown: int = UNKNOWN) -> keras.Model:
    """The part of the network that is trained: ids, and votes (batch, steps, lengths) if any, to logits.

    These are the mean of what its `config.members` say, an ensemble with an embedding in common; what each says,
    (batch, members), is the output of its layer `members`.

    Padding is set to zero wherever it could leak into a review, so that a review's logit depends on
    its own tokens alone, whatever batch it comes in. With `config.fixed_length` all reviews have as much of it,
    and it is read like a word.
    """
    pool = config.pool_size if config.convolution else 1
    whole = PadSteps(pool)
    ids = keras.Input((None,), dtype="int32", name="ids")
    votes = [keras.Input((None, lengths), name="votes")] if lengths else []

    def pad(x):
        if config.fixed_length:
            x = PrePadding(config.fixed_length)(x, ids)
        return whole(x)

    padded = pad(ids)
    read = ops.not_equal(padded, -1 if config.fixed_length else PADDING)
    mask = ops.expand_dims(ops.cast(read, "float32"), -1)
    x = WordDropout(config.word_dropout, unknown)(padded)
    x = layers.Embedding(*embedding.shape, name="embedding")(x)
    x = layers.SpatialDropout1D(config.embedding_dropout)(x) * mask
    if votes:
        heard = ReviewDropout(config.votes_dropout)(layers.Rescaling(VOTES_SCALE)(pad(votes[0])))
        x = layers.Concatenate()([x, heard])
    if config.convolution:
        x = layers.Conv1D(config.members * config.convolution, config.kernel_size, padding="same")(
            x
        )  # one for them all
        x, mask = layers.MaxPooling1D(pool)(x), layers.MaxPooling1D(pool)(mask)
        x = ops.relu(x) * mask  # after the maximum, where there is less to do for both
    if config.chunk_length:
        x, mask = PadSteps(config.chunk_length)(x), PadSteps(config.chunk_length)(mask)
    seen = ops.split(x, config.members, axis=-1) if config.convolution else [x] * config.members
    said = layers.Concatenate(name="members")([_member(config, x, mask) for x in seen])
    network = keras.Model([ids, *votes], ops.mean(said, axis=1, keepdims=True), name="lstm")
    network.get_layer("embedding").set_weights([embedding])
    return network


def _member(config: params.Model, x, mask):
    """The logit (batch, 1) of one member of the ensemble, who sees x (batch, steps, features)."""
    for _ in range(config.lstm_layers):
        x = _recurrent(config, x, mask)
    x = MaskedPooling(config.pooling, config.bidirectional)(x, mask)
    return layers.Dense(1)(layers.Dropout(config.dropout)(x))


def _recurrent(config: params.Model, x, mask):
    """One LSTM over the steps of x (batch, steps, features); padding's are zero, unless it is read."""
    kind = FusedLSTM if config.chunk_length else layers.LSTM
    lstm = kind(config.lstm_units, return_sequences=True, recurrent_dropout=config.recurrent_dropout)
    if config.bidirectional:
        lstm = layers.Bidirectional(lstm)
    if config.chunk_length:
        return Chunked(lstm, config.chunk_length)(x) * mask
    if config.fixed_length:
        return lstm(x)
    return lstm(x, mask=ops.squeeze(mask, -1) > 0) * mask


def join(network: keras.Model, reviews: Reviews) -> None:
    """Set how much each part of the network counts, by logistic regression on `reviews`.

    These must be reviews that none of the parts was trained on.
    """
    parts = predict(keras.Model(network.input, network.get_layer("parts").output), reviews)
    weights, intercept = weigh(parts, reviews.labels)
    network.get_layer("logit").set_weights([weights[:, None], np.array([intercept])])


def weigh(parts: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, float]:
    """How much each part of a network counts, float64 (parts), and the intercept, by logistic regression.

    `parts` are what they say, float (n, parts), and `labels` int (n).
    """
    # scikit-learn takes a second to import: only what trains pays for it.
    from sklearn.linear_model import LogisticRegression

    fitted = LogisticRegression().fit(parts, labels)
    return fitted.coef_[0], float(fitted.intercept_[0])


def joined(network: keras.Model) -> bool:
    """Whether it joins an LSTM with other parts, and is not the LSTM alone."""
    return any(layer.name == "parts" for layer in network.layers)


def logits(network: keras.Model, reviews: Reviews) -> np.ndarray:
    """The logit of each review, positive above 0, by the network and by its LSTM alone: float64 (n, 2)."""
    alone = network.get_layer("parts").output[:, :1] if joined(network) else network.output
    return predict(keras.Model(network.input, ops.concatenate([network.output, alone], axis=1)), reviews)


def predict(network: keras.Model, reviews: Reviews, votes: np.ndarray | None = None) -> np.ndarray:
    """What `network` makes of each review: float64 (n, outputs).

    `votes`, float (tokens, lengths), are those of the n-grams, for a network that takes them.
    """
    return predictor(network, reviews, votes)()


def predictor(
    network: keras.Model, reviews: Reviews, votes: np.ndarray | None = None
) -> Callable[[], np.ndarray]:
    """What `predict` returns of the weights that `network` has then, each time that it is called."""
    batches = Batches(reviews, BATCH, votes=votes)
    stream = batches.stream()
    # One trace for all calls and lengths, where Keras's own `predict` makes several.
    forward = tf.function(
        lambda inputs: network(inputs, training=False), input_signature=stream.element_spec[:1]
    )

    def outputs() -> np.ndarray:
        result = np.empty((len(reviews), network.output_shape[1]))
        result[batches.order] = np.concatenate([forward(inputs) for inputs, _ in stream])
        return result

    return outputs


def save(network: keras.Model, path: str | Path, vocabulary: Vocabulary) -> None:
    """Write a .keras file without the optimizer: the same network gives the same bytes.

    Keras writes the time and memory addresses into the archive, which go; metadata.json is given the
    fingerprint of the vocabulary that the network was trained with.
    """
    with files.replacing(path) as part:
        raw = part.with_name(f".part-raw-{part.name}")
        try:
            network.save(raw, include_optimizer=False)
            with zipfile.ZipFile(raw) as source, zipfile.ZipFile(part, "w") as target:
                content = {name: source.read(name) for name in source.namelist()}
                metadata = json.loads(content["metadata.json"])
                metadata |= {"date_saved": "", "vocabulary": vocabulary.fingerprint}
                content["metadata.json"] = json.dumps(metadata).encode()
                content["config.json"] = _number_objects(content["config.json"].decode()).encode()
                for name in sorted(content):
                    target.writestr(zipfile.ZipInfo(name), content[name])
        finally:
            raw.unlink(missing_ok=True)


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
        with zipfile.ZipFile(path) as archive:
            fingerprint = json.loads(archive.read("metadata.json"))["vocabulary"]
            complete = {"config.json", "model.weights.h5"} <= set(archive.namelist())
            if archive.testzip() or not complete:
                raise zipfile.BadZipFile
    except FileNotFoundError:
        raise UserError(f"{path}: no such file; run `dvc repro train` or `dvc pull`") from None
    except (zipfile.BadZipFile, KeyError, ValueError):
        raise UserError(f"{path}: not a model of this project, or damaged; run `dvc repro train`") from None
    if fingerprint != vocabulary.fingerprint:
        raise UserError(f"{path}: trained with another vocabulary; run `dvc repro train`")
    return keras.saving.load_model(path, compile=False)
