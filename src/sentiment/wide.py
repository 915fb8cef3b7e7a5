"""What n-grams say, inside the network: the wide part beside the LSTM's deep one.

Wide and deep: Cheng et al. 2016, https://arxiv.org/abs/1606.07792. The n-grams' weights come from
`nb_ngrams`, ready; Keras does not train them.
"""

import numpy as np
from keras import layers, ops

from sentiment.layers import registered
from sentiment.ngrams import Classifier

NONE = np.iinfo(np.int64).max  # a key that no n-gram has, after all others


@registered
class Ngrams(layers.Layer):
    """Find the n-grams of `sizes` (how many of one token, of two, ...) of `ids` token ids in reviews.

    Takes token ids (batch, steps), 0 for padding. Returns the weight of the n-gram of each length that
    ends at each token, float32 (batch, steps, lengths), 0 for none; and each review's logit, float32
    (batch, 1), in which an n-gram counts once however often it occurs.
    """

    def __init__(self, ids: int, sizes: list[int], **kwargs):
        super().__init__(**kwargs)
        self.ids, self.sizes = ids, list(sizes)

    def build(self, shape):
        frozen = {"trainable": False, "initializer": "zeros"}
        self.keys = [self.add_weight((size + 1,), dtype="int64", **frozen) for size in self.sizes]
        self.values = [self.add_weight((size + 1,), **frozen) for size in self.sizes]
        self.intercept = self.add_weight((1,), **frozen)

    def call(self, ids):
        token = ops.cast(ids, "int64")
        key, said, logit = token, [], self.intercept
        for size, keys, values in zip(self.sizes, self.keys, self.values, strict=True):
            place = ops.reshape(ops.searchsorted(keys, ops.reshape(key, (-1,))), ops.shape(ids))
            found = ops.take(keys, place) == key
            place = ops.where(found, place, size)
            said.append(ops.take(values, place))
            ordered = ops.sort(place, axis=1)
            first = ordered != ops.pad(ordered[:, :-1], [[0, 0], [1, 0]], constant_values=-1)
            once = ops.take(values, ordered) * ops.cast(first, "float32")
            logit = logit + ops.sum(once, axis=1, keepdims=True)
            prefix = ops.where(found, ops.cast(place, "int64"), -1)
            prefix = ops.pad(prefix[:, :-1], [[0, 0], [1, 0]], constant_values=-1)
            key = ops.where(prefix >= 0, prefix * self.ids + token, -1)
        return ops.stack(said, axis=-1), logit

    def compute_output_shape(self, shape):
        return (*shape, len(self.sizes)), (shape[0], 1)

    def get_config(self):
        return {**super().get_config(), "ids": self.ids, "sizes": self.sizes}


def of(classifier: Classifier) -> Ngrams:
    """The layer with a classifier's n-grams and weights in it."""
    table = classifier.table
    sizes = [len(keys) for keys in table.keys]
    layer = Ngrams(table.ids, sizes, name="ngrams")
    layer.build((None, None))
    parts = np.split(classifier.weights, np.cumsum(sizes)[:-1])
    layer.set_weights(
        [
            *(np.append(keys, NONE) for keys in table.keys),
            *(np.append(part, np.float32(0)) for part in parts),
            np.array([classifier.intercept], np.float32),
        ]
    )
    return layer
