"""Optimizers, learning-rate schedules, and the precision that gradients are computed in."""

from collections.abc import Iterator
from contextlib import contextmanager

import keras
import tensorflow as tf

from sentiment import params
from sentiment.system import machine

OPTIMIZERS = {"adam": keras.optimizers.Adam, "rmsprop": keras.optimizers.RMSprop}


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


def set_gpu_precision(name: str) -> None:
    """Let a GPU compute matrix products in TensorFloat-32 for `bfloat16`, or in full `float32`.

    Both have eight bits of exponent, so that no loss has to be scaled. Older GPUs know float32 alone.
    """
    tf.config.experimental.enable_tensor_float_32_execution(name == "bfloat16")
