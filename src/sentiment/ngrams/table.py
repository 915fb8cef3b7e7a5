"""N-grams in reviews, and the linear classifier that weighs them: what predicting needs of it.

How the weights are learned stands in `nb_ngrams`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np

from sentiment.data.dataset import Reviews

HASH_FACTOR = np.uint64(0x9E3779B97F4A7C15)  # 2**64 by the golden ratio: Knuth's multiplicative hashing
HASH_ROOM = 4  # places in a hash table for each key
STEP = 0.01  # between weights in an exported model; a review's logit changes by 0.04 on average


@dataclass(frozen=True)
class Table:
    """The n-grams that count, each with a number: those of one token first, then of two, and so on.

    ids: how many token ids there are.
    keys: for each length ascending int64, one an n-gram: its last token's id, plus `ids` times its
        place among the n-grams of the tokens before.
    """

    ids: int
    keys: tuple[np.ndarray, ...]

    def __len__(self) -> int:
        return sum(map(len, self.keys))

    def find(self, reviews: Reviews) -> np.ndarray:
        """The n-gram of each length that ends at each token: int64 (tokens, lengths), -1 for none."""
        found = np.full((len(reviews.ids), len(self.keys)), -1)
        key, before = np.asarray(reviews.ids, np.int64), 0
        for length, keys in enumerate(self.keys):
            place = self._places[length](key)
            found[:, length] = np.where(place >= 0, place + before, -1)
            key, before = self.extend(place, reviews), before + len(keys)
        return found

    @cached_property
    def _places(self) -> list[Callable[[np.ndarray], np.ndarray]]:
        """For each length, where a key stands in `keys`: int64 (n) to int64 (n), -1 for nowhere."""
        tokens = places(self.keys[0], np.arange(self.ids))
        return [tokens.__getitem__, *(hashed(keys) for keys in self.keys[1:])]

    def extend(self, place: np.ndarray, reviews: Reviews) -> np.ndarray:
        """The keys of n-grams one token longer than those at `place`: int64 (tokens), -1 for none."""
        prefix = np.roll(place, 1)
        prefix[reviews.offsets[:-1]] = -1
        return np.where(prefix >= 0, prefix * self.ids + reviews.ids, -1)


def in_steps(weights: np.ndarray) -> np.ndarray:
    """How many times STEP each of `weights` is, as nearly as can be: int64, of the same shape."""
    return np.round(weights / STEP).astype(np.int64)


def of_steps(steps: np.ndarray) -> np.ndarray:
    """The weights, float32, that are so many times STEP."""
    return (steps * STEP).astype(np.float32)


def occurrences(reviews: Reviews, found: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Which review holds which n-gram, however often: two int64 (pairs), sorted.

    `found` is what `Table.find` returns.
    """
    review = np.broadcast_to(review_of_token(reviews)[:, None], found.shape)
    return distinct(review[found >= 0], found[found >= 0])


def review_of_token(reviews: Reviews) -> np.ndarray:
    """The review that each token is of: int64 (tokens)."""
    return np.repeat(np.arange(len(reviews)), reviews.lengths)


def places(keys: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Where in ascending `keys` each of `wanted` stands: int64, -1 for nowhere."""
    if not len(keys):
        return np.full(len(wanted), -1)
    place = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return np.where(keys[place] == wanted, place, -1)


def hashed(keys: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
    """`places` in these `keys`, in a third of its time: most of them are where their hash says."""
    if not len(keys):
        return partial(places, keys)
    bits = (HASH_ROOM * len(keys)).bit_length()

    def slots(some: np.ndarray) -> np.ndarray:
        return some.astype(np.uint64) * HASH_FACTOR >> np.uint64(64 - bits)

    table = np.full(2**bits, -1, np.int32)
    table[slots(keys)] = np.arange(len(keys))
    (displaced,) = np.nonzero(table[slots(keys)] != np.arange(len(keys)))  # by another key of the same hash
    rest, places_of_rest = keys[displaced], np.append(displaced, -1)

    def find(wanted: np.ndarray) -> np.ndarray:
        place = table[slots(wanted)].astype(np.int64)
        (other,) = np.nonzero((keys[place] != wanted) & (place >= 0))
        place[other] = places_of_rest[places(rest, wanted[other])]
        return place

    return find


def distinct(row: np.ndarray, column: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The distinct pairs of two int64 (n), sorted; np.unique does the same ten times slower."""
    columns = column.max(initial=0) + 1
    pairs = np.sort(row * columns + column)
    return np.divmod(pairs[np.diff(pairs, prepend=-1) > 0], columns)


@dataclass(frozen=True)
class Classifier:
    """Logistic regression on the n-grams of `table`: their `weights`, float32 (n-grams), and an intercept."""

    table: Table
    weights: np.ndarray
    intercept: float

    def logits(self, reviews: Reviews, found: np.ndarray | None = None) -> np.ndarray:
        """The log odds of positive: float64 (reviews). An n-gram counts once, however often it occurs.

        `found` is what `Table.find` returns, for who has it already.
        """
        row, column = occurrences(reviews, self.table.find(reviews) if found is None else found)
        return self.intercept + np.bincount(row, self.weights[column], minlength=len(reviews))

    def votes(self, found: np.ndarray) -> np.ndarray:
        """The weights of n-grams, float32 (tokens, lengths), where `found` is what `Table.find` returns."""
        return self._votes[found]

    @cached_property
    def _votes(self) -> np.ndarray:
        """`weights`, and a last one for n-gram -1; to join them takes longer than to look a review up."""
        return np.append(self.weights, np.float32(0))
