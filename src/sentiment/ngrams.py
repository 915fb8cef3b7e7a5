"""N-grams in reviews, and the linear classifier that weighs them: what predicting needs of it.

How the weights are learned stands in `nb_ngrams`.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from sentiment.dataset import Reviews


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
            place = places(keys, key) if length else self._tokens[key]
            found[:, length] = np.where(place >= 0, place + before, -1)
            key, before = self.extend(place, reviews), before + len(keys)
        return found

    @cached_property
    def _tokens(self) -> np.ndarray:
        """Where each token id stands among the n-grams of one token: int64 (ids), -1 for nowhere.

        To look them up here takes a tenth of the time of a search.
        """
        return places(self.keys[0], np.arange(self.ids))

    def extend(self, place: np.ndarray, reviews: Reviews) -> np.ndarray:
        """The keys of n-grams one token longer than those at `place`: int64 (tokens), -1 for none."""
        prefix = np.roll(place, 1)
        prefix[reviews.offsets[:-1]] = -1
        return np.where(prefix >= 0, prefix * self.ids + reviews.ids, -1)


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
