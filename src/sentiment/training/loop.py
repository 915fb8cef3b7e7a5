"""How the LSTM learns: epochs with early stopping that a killed training takes up again."""

import math
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import keras
import numpy as np
import tensorflow as tf

from sentiment import metrics, params
from sentiment.data.dataset import Reviews
from sentiment.ensemble import LSTM, BaseLogits, Ensemble, of_ngrams
from sentiment.errors import UserError
from sentiment.network import model
from sentiment.network.batches import Batches
from sentiment.ngrams.table import Classifier
from sentiment.training import optimizers
from sentiment.training.augmentation import augmented
from sentiment.training.balance import class_weights
from sentiment.training.checkpoint import Checkpoints, best_epoch
from sentiment.training.reading import Reading, VotedReading
from sentiment.training.steps import Steps
from sentiment.training.workers import ALONE, Workers

SCORES = "loss {loss:.4f}, accuracy {accuracy:.4f}, in validation {val_loss:.4f}, {val_accuracy:.4f}"


@dataclass(frozen=True)
class Part:
    """Reviews to train or to validate on.

    votes: float (tokens, max_ngram), those of the n-grams, where the network takes them.
    base_logits: those of what the LSTM is stacked with.
    texts: what is drawn for each epoch, the reviews and others; without it, the reviews alone.
    """

    reviews: Reviews
    votes: np.ndarray | None = None
    base_logits: BaseLogits = field(default_factory=dict)
    texts: Reading | VotedReading | None = None


def with_ngrams(reviews: Reviews, classifier: Classifier | None) -> Part:
    """`reviews` with votes and logits of a `classifier`, if any, that has not been trained on them."""
    if classifier is None:
        return Part(reviews)
    return Part(reviews, *of_ngrams(classifier, reviews))


def prepare(config: params.Train) -> None:
    """Make TensorFlow reproducible: seeds, deterministic kernels, a fixed number of threads, one GPU at most.

    Must come before TensorFlow's first computation.
    """
    tf.config.set_visible_devices(tf.config.list_physical_devices("GPU")[:1], "GPU")
    tf.config.threading.set_intra_op_parallelism_threads(config.threads)
    tf.config.threading.set_inter_op_parallelism_threads(config.threads)
    tf.config.experimental.enable_op_determinism()
    optimizers.set_gpu_precision(config.precision)
    keras.utils.set_random_seed(config.seed)


def compile(network: keras.Model, config: params.Train, reviews: int) -> None:
    """Give `network` an optimizer, scheduled for `config.epochs` over that many `reviews`."""
    network.compile(optimizers.make(config, config.epochs * math.ceil(reviews / config.batch_size)))
    network.optimizer.build(network.trainable_variables)


def epochs(
    network: keras.Model,
    train: Part,
    validation: Part,
    config: params.Train,
    checkpoints: Checkpoints,
    workers: Workers = ALONE,
) -> Iterator[list[dict]]:
    """Train until `config.epochs` or `config.patience` is reached; yield the history after each epoch.

    The history holds of every epoch loss and accuracy, what `validate` returns, and the seconds it took,
    validation included. A training that was killed goes on after its last whole epoch, and comes to the same
    weights, to the bit. At the end `network` has the weights of the best epoch. Of several workers, only the
    chief validates and has `checkpoints`; the others get the same history, and no best weights.
    """
    compile(network, config, len(train.texts or train.reviews))
    steps = Steps(network, 0 if train.votes is None else train.votes.shape[1], workers)
    predict = model.make_predict(network, validation.reviews, validation.votes)
    history = workers.share(checkpoints.resume() if workers.is_chief else None)
    workers.share_variables(checkpoints.variables())
    if history:
        yield history
    while not _finished(history, config):
        start = time.monotonic()
        last = _fit_epoch(steps, train, config, len(history))
        _require_finite(last["loss"], len(history))
        if workers.is_chief:
            logits = predict()[:, 0]
            _require_finite(logits, len(history))
            last |= validate(logits, validation)
            print(f"Epoch {len(history) + 1}/{config.epochs}: {SCORES.format(**last)}", flush=True)
            history = [*history, last | {"seconds": time.monotonic() - start}]
            checkpoints.save(history)
        history = workers.share(history)
        yield history
    if workers.is_chief:
        checkpoints.restore_best(history)


def _fit_epoch(steps: Steps, train: Part, config: params.Train, epoch: int) -> dict[str, float]:
    """Train for one epoch, the first being 0; its loss and accuracy."""
    reviews, votes = _augmented(*_drawn(train, config, epoch), config, epoch)
    batches = Batches(reviews, config.batch_size, config.seed, epoch, votes)
    _reseed(steps.network, config.seed, epoch, steps.workers.rank)
    with optimizers.precision(config.precision):
        weights = class_weights(reviews.labels, config)
        return steps.take(batches, f"epoch {epoch + 1}, batches", weights)


def _require_finite(values: float | np.ndarray, epoch: int) -> None:
    if not np.isfinite(values).all():
        problem = f"the loss is no longer a number after epoch {epoch + 1}"
        raise UserError(f"{problem}; lower train.learning_rate")


def validate(logits: np.ndarray, part: Part) -> dict[str, float]:
    """val_loss and val_accuracy of the LSTM's `logits`, float (reviews), and stopping_loss.

    That is the loss of the stacked base models, which the best epoch is chosen by.
    """
    labels = np.asarray(part.reviews.labels)
    lstm = metrics.validation(labels, logits)
    base_logits = {LSTM: logits, **part.base_logits}
    stacked = metrics.validation(labels, Ensemble.fit(base_logits, labels).logits(base_logits))
    return {
        "val_loss": lstm["validation_log_loss"],
        "val_accuracy": lstm["validation_accuracy"],
        "stopping_loss": stacked["validation_log_loss"],
    }


def _drawn(train: Part, config: params.Train, epoch: int) -> tuple[Reviews, np.ndarray | None]:
    """What is read in an epoch, and its votes."""
    if train.texts is None:
        return train.reviews, train.votes
    random = np.random.default_rng([config.seed, epoch, 2])  # other numbers than those of batches, deletions
    return train.texts.draw(random)


def _augmented(
    reviews: Reviews, votes: np.ndarray | None, config: params.Train, epoch: int
) -> tuple[Reviews, np.ndarray | None]:
    """What the network reads of some reviews and the votes of their n-grams."""
    if not (config.word_deletion or config.word_swap):
        return reviews, votes
    random = np.random.default_rng([config.seed, epoch, 1])  # other numbers than those of the batches
    changed, tokens = augmented(reviews, config.word_deletion, config.word_swap, random)
    return changed, None if votes is None else votes[tokens]


def _finished(history: list[dict], config: params.Train) -> bool:
    if not history:
        return False
    return len(history) >= config.epochs or len(history) - best_epoch(history) >= config.patience


def _reseed(network: keras.Model, seed: int, epoch: int, rank: int) -> None:
    """Make dropout depend on seed, epoch and worker alone: Keras does not save its generators' state."""
    for number, layer in enumerate(network.layers):
        # A layer's own comes first, then those of the layers inside it, such as an LSTM's for its state.
        states = [variable for variable in layer.variables if variable.name == "seed_generator_state"]
        for inner, state in enumerate(states):
            state.assign([(seed + number + (inner << 16) + (rank << 24)) % 2**32, epoch << 20])
