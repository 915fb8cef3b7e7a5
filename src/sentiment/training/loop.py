"""How the LSTM learns: epochs with early stopping that a killed training takes up again."""

import math
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import keras
import numpy as np
import tensorflow as tf

from sentiment import ensemble, metrics, params
from sentiment.data import dataset
from sentiment.data.dataset import Reviews
from sentiment.ensemble import LSTM, BaseLogits, Ensemble
from sentiment.errors import UserError
from sentiment.network import model
from sentiment.network.batches import Batches
from sentiment.ngrams.table import Classifier
from sentiment.system import progress
from sentiment.training import optimizers
from sentiment.training.augmentation import augmented
from sentiment.training.balance import class_weights
from sentiment.training.checkpoint import Checkpoints, best_epoch
from sentiment.training.reading import Reading


@dataclass(frozen=True)
class Part:
    """Reviews to train or to validate on.

    votes: float (tokens, max_ngram), those of the n-grams, where the network takes them.
    base_logits: those of what the LSTM is stacked with.
    reading: what else is read in each epoch, without votes.
    """

    reviews: Reviews
    votes: np.ndarray | None = None
    base_logits: BaseLogits = field(default_factory=dict)
    reading: Reading | None = None


def with_ngrams(reviews: Reviews, classifier: Classifier | None) -> Part:
    """`reviews` with votes and logits of a `classifier`, if any, that has not been trained on them."""
    if classifier is None:
        return Part(reviews)
    return Part(reviews, *ensemble.of_ngrams(classifier, reviews))


def prepare(config: params.Train) -> None:
    """Make TensorFlow reproducible: seeds, deterministic kernels, a fixed number of threads.

    Must come before TensorFlow's first computation.
    """
    tf.config.threading.set_intra_op_parallelism_threads(config.threads)
    tf.config.threading.set_inter_op_parallelism_threads(config.threads)
    tf.config.experimental.enable_op_determinism()
    keras.utils.set_random_seed(config.seed)


def compile(network: keras.Model, config: params.Train, reviews: int) -> None:
    """Give `network` its loss and an optimizer, scheduled for `config.epochs` over that many `reviews`."""
    just_below_zero = -float(np.finfo(np.float32).tiny)  # Keras wants more than the threshold; 0 is positive
    network.compile(
        optimizer=optimizers.make(config, config.epochs * math.ceil(reviews / config.batch_size)),
        loss=keras.losses.BinaryCrossentropy(from_logits=True),
        metrics=[keras.metrics.BinaryAccuracy("accuracy", threshold=just_below_zero)],
    )
    network.optimizer.build(network.trainable_variables)


def epochs(
    network: keras.Model, train: Part, validation: Part, config: params.Train, checkpoints: Checkpoints
) -> Iterator[list[dict]]:
    """Train until `config.epochs` or `config.patience` is reached; yield the history after each epoch.

    The history holds of every epoch loss and accuracy, what `validate` returns, and the seconds it took,
    validation included. A training that was killed goes on after its last whole epoch, and comes to the same
    weights, to the bit. At the end `network` has the weights of the best epoch.
    """
    compile(network, config, len(train.reviews) + len(train.reading or ()))
    predict = model.make_predict(network, validation.reviews, validation.votes)
    history = checkpoints.resume()
    if history:
        yield history
    while not _finished(history, config):
        start = time.monotonic()
        last, logits = _fit_epoch(network, train, config, len(history)), predict()[:, 0]
        if not (math.isfinite(last["loss"]) and np.isfinite(logits).all()):
            problem = f"the loss is no longer a number after epoch {len(history) + 1}"
            raise UserError(f"{problem}; lower train.learning_rate")
        last |= validate(logits, validation)
        scores = "loss {loss:.4f}, accuracy {accuracy:.4f}, in validation {val_loss:.4f}, {val_accuracy:.4f}"
        print(f"Epoch {len(history) + 1}/{config.epochs}: {scores.format(**last)}", flush=True)
        history = [*history, last | {"seconds": time.monotonic() - start}]
        checkpoints.save(history)
        yield history
    checkpoints.restore_best(history)


def _fit_epoch(network: keras.Model, train: Part, config: params.Train, epoch: int) -> dict[str, float]:
    """Train for one epoch, the first being 0; its loss and accuracy."""
    # Keras counts on, as its schedule does: one call of fit for each epoch.
    stop = keras.callbacks.LambdaCallback(on_epoch_end=lambda *_: setattr(network, "stop_training", True))
    part = _augmented(_with_reading(train, config, epoch), config, epoch)
    batches = Batches(part.reviews, config.batch_size, config.seed, epoch, part.votes)
    _reseed(network, config.seed, epoch)
    shown = progress.bar(f"epoch {epoch + 1}, batches", len(batches.batches))
    with optimizers.precision(config.precision), shown as advance:
        count = keras.callbacks.LambdaCallback(on_train_batch_end=lambda batch, logs: advance(1))
        logs = network.fit(
            batches.stream(),
            shuffle=False,
            initial_epoch=epoch,
            epochs=config.epochs,
            callbacks=[stop, count],
            class_weight=class_weights(part.reviews.labels, config),
            verbose=0,
        ).history
    return {name: values[0] for name, values in logs.items()}


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


def _with_reading(train: Part, config: params.Train, epoch: int) -> Part:
    """`train`, and what else is read in an epoch."""
    if train.reading is None:
        return train
    random = np.random.default_rng([config.seed, epoch, 2])  # other numbers than those of batches, deletions
    return Part(dataset.concatenate(train.reviews, train.reading.draw(random)))


def _augmented(train: Part, config: params.Train, epoch: int) -> Part:
    """What the network reads of `train` in an epoch."""
    if not (config.word_deletion or config.word_swap):
        return train
    random = np.random.default_rng([config.seed, epoch, 1])  # other numbers than those of the batches
    reviews, tokens = augmented(train.reviews, config.word_deletion, config.word_swap, random)
    return Part(reviews, None if train.votes is None else train.votes[tokens])


def _finished(history: list[dict], config: params.Train) -> bool:
    if not history:
        return False
    return len(history) >= config.epochs or len(history) - best_epoch(history) >= config.patience


def _reseed(network: keras.Model, seed: int, epoch: int) -> None:
    """Make dropout depend on seed and epoch alone: Keras does not save its generators' state."""
    for number, layer in enumerate(network.layers):
        # A layer's own comes first, then those of the layers inside it, such as an LSTM's for its state.
        states = [variable for variable in layer.variables if variable.name == "seed_generator_state"]
        for inner, state in enumerate(states):
            state.assign([(seed + number + (inner << 16)) % 2**32, epoch << 20])
