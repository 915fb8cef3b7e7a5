"""What the training reviews most like a review were labelled, inside the network: beside LSTM and n-grams.

The layer does what `neighbours.Index` does, for a whole batch at once; Keras does not train it.
"""

import numpy as np
from keras import layers, ops

from sentiment.layers import registered
from sentiment.neighbours import DOUBT, Index


@registered
class Neighbours(layers.Layer):
    """Look up the `k` most like a review among `reviews` that have `postings` of `ids` token ids.

    Takes token ids (batch, steps), 0 for padding. Returns what the neighbours were labelled, float32
    (batch, 1) from -1, negative, to 1, positive.
    """

    def __init__(self, k: int, ids: int, postings: int, reviews: int, **kwargs):
        super().__init__(**kwargs)
        self.k, self.ids, self.postings, self.reviews = k, ids, postings, reviews

    def build(self, shape):
        frozen = {"trainable": False, "initializer": "zeros"}
        self.idf = self.add_weight((self.ids,), **frozen)
        self.keys = self.add_weight((self.postings,), dtype="int64", **frozen)
        self.counts = self.add_weight((self.postings,), dtype="int64", **frozen)
        self.labels = self.add_weight((self.reviews,), dtype="int8", **frozen)

    def call(self, ids):
        k = min(self.k, self.reviews - 1)
        nearest, which = ops.top_k(self.likeness(ids), k + 1)  # with the first that no longer counts
        weights = nearest - nearest[:, k:]
        signs = 2 * ops.cast(ops.take(self.labels, which), "float64") - 1
        votes = ops.sum(weights * signs, axis=1, keepdims=True)
        return ops.cast(votes / (ops.sum(weights, axis=1, keepdims=True) + DOUBT), "float32")

    def likeness(self, ids):
        """The cosines of reviews (batch, steps) and those of the index: float64 (batch, reviews)."""
        batch, idf = ops.shape(ids)[0], ops.cast(self.idf, "float64")
        rows = ops.expand_dims(ops.arange(batch, dtype="int64"), 1)
        held = ops.sort(ops.reshape(rows * self.ids + ops.cast(ids, "int64"), (-1,)))  # tokens of reviews
        row, token = held // self.ids, held % self.ids
        first = held != ops.pad(held[:-1], [[1, 0]], constant_values=-1)
        count = ops.searchsorted(held, held, "right") - ops.searchsorted(held, held, "left")
        query = ops.where(first, ops.sqrt(ops.cast(count, "float64")) * ops.take(idf, token), 0.0)
        lengths = ops.sqrt(ops.segment_sum(query**2, row, batch))

        posted = ops.searchsorted(self.keys, ops.arange(self.ids + 1, dtype="int64") * self.reviews)
        start, end = ops.take(posted, token), ops.take(posted, token + 1)
        size = ops.where(first, end - start, 0)
        ends = ops.cumsum(size)
        # Not ops.repeat, which in TensorFlow takes as much memory as if all sizes were the largest.
        place = ops.arange(ends[-1])
        source = ops.searchsorted(ends, place, "right")
        posting = place + ops.take(start - ends + size, source)
        shared = ops.take(query, source) * ops.take(self.components(idf), posting)
        cell = ops.take(row, source) * self.reviews + ops.take(self.keys, posting) % self.reviews
        dots = ops.segment_sum(shared, cell, batch * self.reviews)
        return ops.reshape(dots, (batch, self.reviews)) / ops.where(lengths > 0, lengths, 1.0)[:, None]

    def components(self, idf):
        """The components of the reviews' vectors, which are of length 1: float64 (postings)."""
        token, review = self.keys // self.reviews, self.keys % self.reviews
        weights = ops.sqrt(ops.cast(self.counts, "float64")) * ops.take(idf, token)
        return weights / ops.take(ops.sqrt(ops.segment_sum(weights**2, review, self.reviews)), review)

    def compute_output_shape(self, shape):
        return (shape[0], 1)

    def get_config(self):
        sizes = {name: getattr(self, name) for name in ("k", "ids", "postings", "reviews")}
        return {**super().get_config(), **sizes}


def of(index: Index) -> Neighbours:
    """The layer with the reviews of an index in it."""
    arrays = [index.idf, index.keys, index.counts, index.labels]
    layer = Neighbours(index.k, len(index.idf), len(index.keys), len(index.labels), name="neighbours")
    layer.build((None, None))
    layer.set_weights(arrays)
    return layer


def index(layer: Neighbours) -> Index:
    """The index that `of` was given."""
    idf, keys, counts, labels = map(np.asarray, layer.get_weights())
    return Index(layer.k, idf, keys, counts, labels)
