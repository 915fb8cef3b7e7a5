"""Keras's LSTM with fewer operations in training where there is no GPU.

Keras's loop multiplies the inputs with the kernel and sums the gradients of the weights step by step. Here
one matrix product does each for all steps; only the product with the previous state is left in the loop.
"""

from typing import NamedTuple

import tensorflow as tf
from keras import activations, layers, ops

from sentiment.network.layers import registered

MOST_STEPS = 50  # the loop is unrolled, and building a longer graph takes long


@registered
class FusedLSTM(layers.LSTM):
    """`keras.layers.LSTM`, of the same weights and results but for float32's last bits.

    It is faster in training without a GPU, on a known number of steps up to MOST_STEPS, with Keras's default
    activations and a bias, without a mask or dropout of its own. Otherwise, and in prediction, it is Keras's
    own, which uses cuDNN on a GPU.
    """

    def inner_loop(self, sequences, initial_state, mask, training=False):
        """Of (batch, steps, features): last output (batch, units), all (batch, steps, units), both states."""
        if not training or mask is not None or not self._fusible(sequences.shape[1]):
            return super().inner_loop(sequences, initial_state, mask, training=training)
        x = ops.flip(sequences, axis=1) if self.go_backwards else sequences
        weights = self.cell.kernel, self.cell.recurrent_kernel, self.cell.bias
        hidden, cell = lstm(x, *initial_state, *(weight.value for weight in weights))
        return hidden[:, -1], hidden, [hidden[:, -1], cell]

    def _fusible(self, steps: int | None) -> bool:
        usual = self.activation is activations.tanh and self.recurrent_activation is activations.sigmoid
        dropout = self.dropout or self.recurrent_dropout
        gpu = tf.config.list_logical_devices("GPU")
        return bool(usual and self.use_bias and not dropout and not gpu and steps and steps <= MOST_STEPS)


class _Step(NamedTuple):
    """What became of one step: float (batch, units) each."""

    gates: tuple[tf.Tensor, ...]  # input, forget, candidate, output; each after its activation
    before: tf.Tensor  # the cell's state
    cell: tf.Tensor  # its state afterwards
    squashed: tf.Tensor  # its tanh
    hidden: tf.Tensor  # the output


@tf.custom_gradient
def lstm(x, hidden, cell, kernel, recurrent, bias):
    """Return the outputs of an LSTM, float (batch, steps, units), and its cell's state after the last step.

    It takes x, float (batch, steps, features), both states before the first step, (batch, units), and the
    weights in Keras's order: kernel (features, 4 units), recurrent (units, 4 units), bias (4 units).
    """
    steps, features, units = x.shape[1], x.shape[2], recurrent.shape[0]
    # Time first, so that a step's rows lie side by side and need no copy to be taken out.
    inputs = tf.reshape(tf.transpose(x, (1, 0, 2)), (-1, features))
    projected = tf.reshape(tf.nn.bias_add(tf.matmul(inputs, kernel), bias), (steps, -1, 4 * units))
    done = _forward(tf.unstack(projected), hidden, cell, recurrent)
    outputs = [step.hidden for step in done]

    def gradient(to_outputs, to_cell):
        changes, to_hidden, to_cell = _backward(done, tf.unstack(to_outputs, axis=1), to_cell, recurrent)
        change = tf.concat(changes, axis=0)
        to_inputs = tf.reshape(tf.matmul(change, kernel, transpose_b=True), (steps, -1, features))
        to_kernel = tf.matmul(inputs, change, transpose_a=True)
        to_recurrent = tf.matmul(tf.concat([hidden, *outputs[:-1]], axis=0), change, transpose_a=True)
        to_bias = tf.reduce_sum(change, axis=0)
        return tf.transpose(to_inputs, (1, 0, 2)), to_hidden, to_cell, to_kernel, to_recurrent, to_bias

    return (tf.stack(outputs, axis=1), done[-1].cell), gradient


def _forward(projected: list, hidden, cell, recurrent) -> list[_Step]:
    """All steps one after the other, from what the inputs of each come to, (batch, 4 units)."""
    done = []
    for of_inputs in projected:
        i, f, c, o = tf.split(of_inputs + tf.matmul(hidden, recurrent), 4, axis=1)
        i, f, c, o = tf.sigmoid(i), tf.sigmoid(f), tf.tanh(c), tf.sigmoid(o)
        before, cell = cell, f * cell + i * c
        squashed = tf.tanh(cell)
        hidden = o * squashed
        done.append(_Step((i, f, c, o), before, cell, squashed, hidden))
    return done


def _backward(done: list[_Step], to_outputs: list, to_cell, recurrent) -> tuple[list, tf.Tensor, tf.Tensor]:
    """From the gradients to all outputs and the last state of the cell, to those of what made them.

    These are each step's gates before their activation, (batch, 4 units), and both states before the first.
    """
    to_hidden, changes = 0.0, []
    for step, to_output in zip(reversed(done), reversed(to_outputs), strict=True):
        i, f, c, o = step.gates
        to_hidden += to_output
        to_cell += through_tanh(step.squashed, to_hidden * o)
        to_gates = (
            through_sigmoid(i, to_cell * c),
            through_sigmoid(f, to_cell * step.before),
            through_tanh(c, to_cell * i),
            through_sigmoid(o, to_hidden * step.squashed),
        )
        changes.append(tf.concat(to_gates, axis=1))
        to_hidden, to_cell = tf.matmul(changes[-1], recurrent, transpose_b=True), to_cell * f
    return changes[::-1], to_hidden, to_cell


def through_sigmoid(y, upstream):
    """The gradient before a sigmoid that gave `y`, from that behind it, in one operation."""
    return tf.raw_ops.SigmoidGrad(y=y, dy=upstream)


def through_tanh(y, upstream):
    """The same of a tanh."""
    return tf.raw_ops.TanhGrad(y=y, dy=upstream)
