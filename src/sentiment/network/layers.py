"""The small layers that Keras lacks, each one idea.

All are registered under the package name `sentiment`: with this module imported, a model file that
holds them loads in Keras's safe mode.
"""

import keras
from keras import layers, ops

from sentiment.data.vocabulary import PADDING

registered = keras.saving.register_keras_serializable(package="sentiment")


@registered
class PadSteps(layers.Layer):
    """Pad with zeros token ids (batch, steps), or features (batch, steps, ...) of any kind, on the right.

    Afterwards `multiple` divides the steps.
    """

    def __init__(self, multiple: int, **kwargs):
        super().__init__(**kwargs)
        self.multiple = multiple

    def call(self, x):
        # Not -shape % multiple: the sign of that differs between Python and ONNX.
        missing = (self.multiple - ops.shape(x)[1] % self.multiple) % self.multiple
        return ops.pad(x, [[0, 0], [0, missing], *[[0, 0]] * (x.ndim - 2)], constant_values=PADDING)

    def compute_output_shape(self, shape):
        return (shape[0], None, *shape[2:])

    def get_config(self):
        return {**super().get_config(), "multiple": self.multiple}


@registered
class PrePadding(layers.Layer):
    """Bring every review to `length` steps: padding before its first token, or its last tokens alone.

    Takes x (batch, steps) or (batch, steps, features) and the token ids (batch, steps), padded with 0 on
    the right, that say where reviews end; returns x with `length` steps. As Keras's `pad_sequences` does.
    """

    def __init__(self, length: int, **kwargs):
        super().__init__(**kwargs)
        self.length = length

    def call(self, x, ids):
        tokens = ops.sum(ops.cast(ids != PADDING, "int32"), axis=1, keepdims=True)
        place = ops.arange(self.length) + tokens - self.length
        for _ in range(x.ndim - 2):
            place = ops.expand_dims(place, -1)
        moved = ops.take_along_axis(x, ops.maximum(place, 0), axis=1)
        return ops.where(place >= 0, moved, ops.zeros_like(moved))

    def compute_output_shape(self, x_shape, ids_shape):
        return (x_shape[0], self.length, *x_shape[2:])

    def get_config(self):
        return {**super().get_config(), "length": self.length}


@registered
class Chunked(layers.Wrapper):
    """Run a recurrent layer over chunks of `length` steps, its state starting anew in each.

    Takes float (batch, steps, features) where `length` divides steps, returns (batch, steps, units).
    The chunks of a whole batch run side by side: `length` sequential steps, however long the reviews.
    What a review gets does not depend on the padding of its batch, for its chunks stay the same.
    """

    def __init__(self, layer: layers.Layer, length: int, **kwargs):
        super().__init__(layer, **kwargs)
        self.length = length

    def build(self, shape):
        super().build((None, self.length, shape[2]))

    def call(self, x, training=False):
        y = self.layer(ops.reshape(x, (-1, self.length, x.shape[2])), training=training)
        return ops.reshape(y, (-1, ops.shape(x)[1], y.shape[2]))

    def compute_output_shape(self, shape):
        return (*shape[:2], self.layer.compute_output_shape((None, self.length, shape[2]))[2])

    def get_config(self):
        return {**super().get_config(), "length": self.length}


@registered
class MaskedPooling(layers.Layer):
    """Pool an LSTM's outputs over the steps that are not padding.

    Takes float (batch, steps, units), values within (-1, 1), and `valid` (batch, steps, 1), 0 for padding
    and else 1. `kind` is `max+mean`, which returns both, (batch, 2 units); or `last`, (batch, units): then
    the first half of the units of a `bidirectional` layer gives the last step and the second half, which
    runs backward, the first.
    """

    def __init__(self, kind: str, bidirectional: bool, **kwargs):
        super().__init__(**kwargs)
        self.kind = kind
        self.bidirectional = bidirectional

    def call(self, x, valid):
        return self._last(x, valid) if self.kind == "last" else self._max_and_mean(x, valid)

    def _max_and_mean(self, x, valid):
        maximum = ops.max(ops.where(valid > 0, x, -1.0), axis=1)
        return ops.concatenate([maximum, ops.sum(x * valid, axis=1) / ops.sum(valid, axis=1)], axis=-1)

    def _last(self, x, valid):
        is_last = valid - ops.pad(valid[:, 1:], [[0, 0], [0, 1], [0, 0]])
        last = ops.sum(x * is_last, axis=1)
        if not self.bidirectional:
            return last
        half = x.shape[2] // 2
        return ops.concatenate([last[:, :half], x[:, 0, half:]], axis=-1)

    def compute_output_shape(self, x_shape, valid_shape):
        return (x_shape[0], x_shape[2] * (1 if self.kind == "last" else 2))

    def get_config(self):
        return {**super().get_config(), "kind": self.kind, "bidirectional": self.bidirectional}
