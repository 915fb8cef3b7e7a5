"""How the network learns: optimizer, schedule, and epochs that can be taken up again."""

import math
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import keras
import numpy as np
import tensorflow as tf
from keras import ops

from sentiment import metrics, params
from sentiment.data.dataset import Reviews
from sentiment.errors import UserError
from sentiment.network import model
from sentiment.network.batches import Batches
from sentiment.ngrams.neighbours import Index
from sentiment.ngrams.table import Classifier
from sentiment.system import machine
from sentiment.training.augmentation import augmented
from sentiment.training.checkpoint import Checkpoints, best_epoch

WARMUP = 0.3  # share of a one-cycle schedule's steps on which the learning rate rises


class OneCycle(keras.optimizers.schedules.LearningRateSchedule):
    """Up from a 25th of `peak` and down to nothing, on a cosine each (Smith & Topin 2017)."""

    def __init__(self, peak: float, steps: int):
        super().__init__()
        self.peak, self.steps = peak, steps

    def __call__(self, step):
        done = ops.cast(step, "float32") / self.steps
        rise = 0.5 - 0.5 * ops.cos(math.pi * done / WARMUP)
        fall = 0.5 + 0.5 * ops.cos(math.pi * ops.minimum(1.0, (done - WARMUP) / (1 - WARMUP)))
        return self.peak * ops.where(done < WARMUP, 0.04 + 0.96 * rise, fall)


class Adam(keras.optimizers.Adam):
    """Keras's Adam, whose step for an embedding is compiled to go over memory a few times, not a dozen.

    Most weights are an embedding's, and all of these move in each step.
    """

    def update_step(self, gradient, variable, learning_rate):
        """Move `variable` by its `gradient`, which is one of single rows if it is an embedding's."""
        if self.amsgrad or not isinstance(gradient, tf.IndexedSlices):
            super().update_step(gradient, variable, learning_rate)
            return
        place, step = self._get_variable_index(variable), tf.cast(self.iterations.value + 1, tf.float32)
        rate = learning_rate * tf.sqrt(1 - self.beta_2**step) / (1 - self.beta_1**step)
        # As in Keras, a row that a batch has several gradients for has each of them squared, not their sum.
        square = tf.convert_to_tensor(ops.square(gradient))
        moments = self._momentums[place].value, self._velocities[place].value
        self._move(variable, *moments, tf.convert_to_tensor(gradient), square, rate)

    @tf.function(jit_compile=True)
    def _move(self, variable, mean, variance, gradient, square, rate):
        mean.assign_add((gradient - mean) * (1 - self.beta_1))
        variance.assign_add((square - variance) * (1 - self.beta_2))
        variable.assign_sub(rate * mean / (tf.sqrt(variance) + self.epsilon))


OPTIMIZERS = {
    "adam": Adam,
    "adamw": keras.optimizers.AdamW,
    "rmsprop": keras.optimizers.RMSprop,
    "sgd": keras.optimizers.SGD,
}


def prepare(config: params.Train) -> None:
    """Make TensorFlow reproducible: seeds, deterministic kernels, a fixed number of threads.

    Must come before TensorFlow's first computation.
    """
    tf.config.threading.set_intra_op_parallelism_threads(config.threads)
    tf.config.threading.set_inter_op_parallelism_threads(config.threads)
    tf.config.experimental.enable_op_determinism()
    keras.utils.set_random_seed(config.seed)


def compile(network: keras.Model, config: params.Train, reviews: int) -> keras.Model:
    """Return `network`, one that `model.lstm` made, as it is trained: each member with its own loss.

    It has the same weights, an optimizer, and binary cross-entropy. The schedule of the learning rate is laid
    out for `config.epochs` over `reviews`.
    """
    steps = config.epochs * math.ceil(reviews / config.batch_size)
    rate = {
        "constant": lambda: config.learning_rate,
        "cosine": lambda: keras.optimizers.schedules.CosineDecay(config.learning_rate, steps),
        "onecycle": lambda: OneCycle(config.learning_rate, steps),
    }[config.schedule]()
    trained = keras.Model(network.input, network.get_layer("members").output)
    trained.compile(
        optimizer=OPTIMIZERS[config.optimizer](learning_rate=rate),
        loss=_cross_entropy,
        metrics=[keras.metrics.BinaryAccuracy("accuracy", threshold=0.0)],
    )
    trained.optimizer.build(trained.trainable_variables)
    return trained


def _cross_entropy(labels, logits):
    """Of labels (batch, 1) and each of several logits (batch, members): float32 (batch)."""
    labels = ops.broadcast_to(labels, ops.shape(logits))
    return keras.losses.binary_crossentropy(labels, logits, from_logits=True)


@contextmanager
def precision(name: str) -> Iterator[None]:
    """Let TensorFlow compute the block's matrix products in `bfloat16` if the processor can, or in `float32`.

    So is what it takes to get from one to the next: an LSTM's gates, its cell's state, and their gradients.
    Weights, the loss, and all that the optimizer does stay float32.
    """
    option = "auto_mixed_precision_onednn_bfloat16"
    before = tf.config.optimizer.get_experimental_options().get(option, False)
    tf.config.optimizer.set_experimental_options({option: machine.precision(name) == "bfloat16"})
    try:
        yield
    finally:
        tf.config.optimizer.set_experimental_options({option: before})


class Average(keras.callbacks.Callback):
    """A moving average of the weights over the steps of training.

    It depends less on the last batches than any step's own weights (Polyak & Juditsky 1992, Acceleration of
    Stochastic Approximation by Averaging). At each step, (1 + step) / (10 + step) of the old is kept, but
    `momentum` at most, so the random start is soon forgotten. With a momentum of 0 it is the weights.
    """

    def __init__(self, network: keras.Model, momentum: float):
        super().__init__()
        self.momentum = momentum
        self.weights = network.trainable_variables
        self.averages = [tf.Variable(weight.numpy()) for weight in self.weights]
        self.step = network.optimizer.iterations

    def on_train_batch_end(self, batch, logs=None):
        self.update()

    @tf.function
    def update(self) -> None:
        """Take one step's weights in."""
        step = tf.cast(self.step.value, tf.float32)
        momentum = tf.minimum(self.momentum, (1 + step) / (10 + step))
        for average, weight in zip(self.averages, self.weights, strict=True):
            average.assign(momentum * average + (1 - momentum) * weight.value)

    @contextmanager
    def in_place(self) -> Iterator[None]:
        """Give the network the averages as weights while the block runs."""
        own = [weight.numpy() for weight in self.weights]
        self.into_network()
        try:
            yield
        finally:
            for weight, value in zip(self.weights, own, strict=True):
                weight.assign(value)

    def into_network(self) -> None:
        """Give the network the averages as weights."""
        for weight, average in zip(self.weights, self.averages, strict=True):
            weight.assign(average)


class Part(NamedTuple):
    """Reviews to train or to validate on.

    votes: float (tokens, lengths), those of their n-grams, if the network takes them.
    others: float (reviews, parts), what the parts say that the LSTM will be joined with, if any.
    """

    reviews: Reviews
    votes: np.ndarray | None = None
    others: np.ndarray | None = None


def heard(reviews: Reviews, classifier: Classifier | None, index: Index | None) -> Part:
    """`reviews` with what the parts that there are say of them, none of which has learned from them."""
    votes, others = None, []
    if classifier:
        found = classifier.table.find(reviews)
        votes = classifier.votes(found)
        others.append(classifier.logits(reviews, found))
    if index:
        others.append(index.verdicts(reviews))
    return Part(reviews, votes, np.column_stack(others) if others else None)


def epochs(
    network: keras.Model, train: Part, validation: Part, config: params.Train, folder: Path, fingerprint: str
) -> Iterator[list[dict]]:
    """Train until `config.epochs` or `config.patience` is reached; yield the history after each epoch.

    The history holds of every epoch loss and accuracy, the mean of the members', what `validated` returns for
    the averaged weights, and the seconds it took, validation included. A training that was killed goes on
    after its last whole epoch, and comes to the same weights, to the bit. At the end `network` has the
    averaged weights of the best epoch.
    """
    trained = compile(network, config, len(train.reviews))
    average = Average(trained, config.average)
    on_validation = model.predictor(network, validation.reviews, validation.votes)
    # One call of fit for each epoch, that says "Epoch 2/4" all the same.
    one_epoch = keras.callbacks.LambdaCallback(
        on_epoch_end=lambda *_: setattr(trained, "stop_training", True)
    )
    checkpoints = Checkpoints(folder, trained, average.averages, fingerprint)
    history = checkpoints.resume()
    if history:
        yield history
    while not _finished(history, config):
        epoch, start = len(history), time.monotonic()
        read = _augmented(train, config, epoch)
        _reseed(trained, config.seed, epoch)
        with precision(config.precision):
            logs = trained.fit(
                Batches(read.reviews, config.batch_size, config.seed, epoch, read.votes).stream(),
                shuffle=False,
                initial_epoch=epoch,
                epochs=config.epochs,
                callbacks=[one_epoch, average],
                verbose=1 if sys.stdout.isatty() else 2,
            ).history
        with average.in_place():
            logits = on_validation()[:, 0]
        last = {name: values[0] for name, values in logs.items()}
        if not (math.isfinite(last["loss"]) and np.isfinite(logits).all()):
            raise UserError(
                f"the loss is no longer a number after epoch {epoch + 1}; lower train.learning_rate"
            )
        last |= validated(logits, validation)
        print("validation: loss {val_loss:.4f}, accuracy {val_accuracy:.4f}".format(**last), flush=True)
        history = [*history, last | {"seconds": time.monotonic() - start}]
        checkpoints.save(history)
        yield history
    checkpoints.restore_best(history)
    average.into_network()


def validated(logits: np.ndarray, part: Part) -> dict[str, float]:
    """val_loss and val_accuracy of `logits`, float (reviews); and stopping_loss, which says the best epoch.

    The last is the loss together with the other parts, where there are any.
    """
    labels = np.asarray(part.reviews.labels)
    alone = together = metrics.validation(labels, logits)
    if part.others is not None:
        parts = np.column_stack([logits, part.others])
        weights, intercept = model.weigh(parts, labels)
        together = metrics.validation(labels, parts @ weights + intercept)
    return {
        "val_loss": alone["validation_log_loss"],
        "val_accuracy": alone["validation_accuracy"],
        "stopping_loss": together["validation_log_loss"],
    }


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
