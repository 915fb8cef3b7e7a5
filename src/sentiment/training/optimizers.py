"""Optimizers, learning-rate schedules, and the precision that gradients are computed in."""

from collections.abc import Iterator
from contextlib import contextmanager

import keras
import tensorflow as tf
from keras import ops

from sentiment import params
from sentiment.system import machine


class Adam(keras.optimizers.Adam):
    """Keras's Adam, whose step for an embedding is compiled to go over memory a few times, not a dozen.

    Most weights are an embedding's, and all of these move in each step.
    """

    def update_step(
        self, gradient: tf.Tensor | tf.IndexedSlices, variable: keras.Variable, learning_rate: tf.Tensor
    ) -> None:
        """Move `variable` by its `gradient`, which is one of single rows if it is an embedding's."""
        if self.amsgrad or not isinstance(gradient, tf.IndexedSlices):
            super().update_step(gradient, variable, learning_rate)
            return
        index, step = self._get_variable_index(variable), tf.cast(self.iterations.value + 1, tf.float32)
        rate = learning_rate * tf.sqrt(1 - self.beta_2**step) / (1 - self.beta_1**step)
        # As in Keras, a row that a batch has several gradients for has each of them squared, not their sum.
        square = tf.convert_to_tensor(ops.square(gradient))
        moments = self._momentums[index].value, self._velocities[index].value
        self._move(variable, *moments, tf.convert_to_tensor(gradient), square, rate)

    @tf.function(jit_compile=True)  # type: ignore[untyped-decorator]
    def _move(
        self,
        variable: tf.Variable,
        mean: tf.Variable,
        variance: tf.Variable,
        gradient: tf.Tensor,
        square: tf.Tensor,
        rate: tf.Tensor,
    ) -> None:
        mean.assign_add((gradient - mean) * (1 - self.beta_1))
        variance.assign_add((square - variance) * (1 - self.beta_2))
        variable.assign_sub(rate * mean / (tf.sqrt(variance) + self.epsilon))


OPTIMIZERS = {"adam": Adam, "rmsprop": keras.optimizers.RMSprop}


def make(config: params.Train, steps: int) -> keras.optimizers.Optimizer:
    """The optimizer and its schedule, laid out for that many `steps` of training in all."""
    rate = config.learning_rate
    if config.schedule == "cosine":
        rate = keras.optimizers.schedules.CosineDecay(rate, steps)
    return OPTIMIZERS[config.optimizer](learning_rate=rate)


@contextmanager
def precision(name: str) -> Iterator[None]:
    """Let TensorFlow compute the block's matrix products in `bfloat16` if the processor can, or in `float32`.

    What lies between two products is, too: an LSTM's gates, its cell's state, and their gradients. Weights,
    the loss and the optimizer's state stay float32.
    """
    option = "auto_mixed_precision_onednn_bfloat16"
    before = tf.config.optimizer.get_experimental_options().get(option, False)
    tf.config.optimizer.set_experimental_options({option: machine.precision(name) == "bfloat16"})
    try:
        yield
    finally:
        tf.config.optimizer.set_experimental_options({option: before})
