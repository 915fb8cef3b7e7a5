"""Batches of reviews of similar lengths, each padded to its longest."""

from collections.abc import Iterator

import numpy as np
import tensorflow as tf

from sentiment.data.dataset import Reviews
from sentiment.system import array_file

POOL = 50  # batches sorted by length together: enough for like lengths, few enough for a random order


class Batches:
    """Batches (ids, labels): int32 (batch, steps) and float32 (batch, 1).

    With `votes` (tokens, max_ngram) they are ((ids, votes), labels), the votes float32 (batch, steps,
    max_ngram). Without a `seed`, the reviews are sorted by length, shortest first, as in `order`; with one,
    they are in a random order that depends on nothing but the seed and the epoch.
    """

    def __init__(
        self,
        reviews: Reviews,
        batch_size: int,
        seed: int | None = None,
        epoch: int = 0,
        votes: np.ndarray | None = None,
    ):
        self.reviews = reviews
        self.votes = votes
        self.batches = (
            _by_length(reviews, batch_size)
            if seed is None
            else _shuffled(reviews, batch_size, np.random.default_rng([seed, epoch]))
        )

    def __iter__(self) -> Iterator[tuple]:
        return map(_nested, map(self._arrays, range(len(self.batches))))

    def stream(self) -> tf.data.Dataset:
        """The batches for Keras, prepared while it works on the ones before.

        Not `from_generator`, which makes the whole process give freed memory back to the system at once,
        to ask for it again at the next step: a tenth of the time of training.
        """
        specs = _specs(0 if self.votes is None else self.votes.shape[1])

        def load(number: tf.Tensor) -> tuple:
            arrays = tf.numpy_function(self._arrays, [number], [spec.dtype for spec in specs])
            return _nested(
                [tf.ensure_shape(array, spec.shape) for array, spec in zip(arrays, specs, strict=True)]
            )

        # There is nothing to tune, and the end of an epoch waits up to a minute for the thread that tunes.
        options = tf.data.Options()
        options.autotune.enabled = False
        return tf.data.Dataset.range(len(self.batches)).map(load).prefetch(2).with_options(options)

    def share(self, rank: int, workers: int) -> list[int]:
        """Leave of each batch what one of several workers gets; return how many reviews of it count.

        These are of like lengths for all of them. If a batch has none for a worker, it gets one of another's,
        which does not count: networks take no empty batch.
        """
        shares = [batch[rank::workers] for batch in self.batches]
        self.batches = [
            share if len(share) else batch[:1] for share, batch in zip(shares, self.batches, strict=True)
        ]
        return list(map(len, shares))

    def _arrays(self, number: int) -> list[np.ndarray]:
        """Ids, labels and, where there are any, votes of one batch."""
        batch = self.batches[number]
        arrays = [self.reviews.padded(batch), self.reviews.labels[batch, None].astype(np.float32)]
        if self.votes is not None:
            arrays.append(self.reviews.padded(batch, self.votes).astype(np.float32))
            array_file.give_back(self.votes)
        array_file.give_back(self.reviews.ids)
        return arrays

    @property
    def order(self) -> np.ndarray:
        """The reviews' indices in the order in which the batches hold them, int64 (n)."""
        return np.concatenate(self.batches)


def element_spec(max_ngram: int) -> tuple:
    """The types and shapes of the batches of a `stream`; `max_ngram` is 0 if there are no votes."""
    return _nested(_specs(max_ngram))


def _specs(max_ngram: int) -> list[tf.TensorSpec]:
    specs = [tf.TensorSpec((None, None), tf.int32), tf.TensorSpec((None, 1), tf.float32)]
    return [*specs, tf.TensorSpec((None, None, max_ngram), tf.float32)] if max_ngram else specs


def _nested(arrays: list) -> tuple:
    ids, labels, *votes = arrays
    return ((ids, *votes) if votes else ids), labels


def _by_length(reviews: Reviews, size: int) -> list[np.ndarray]:
    order = np.argsort(reviews.lengths, kind="stable")
    return np.split(order, range(size, len(order), size))


def _shuffled(reviews: Reviews, size: int, random: np.random.Generator) -> list[np.ndarray]:
    order, lengths = random.permutation(len(reviews)), reviews.lengths
    pools = np.split(order, range(size * POOL, len(order), size * POOL))
    order = np.concatenate([pool[np.argsort(lengths[pool], kind="stable")] for pool in pools])
    batches = np.split(order, range(size, len(order), size))
    return [batches[index] for index in random.permutation(len(batches))]
