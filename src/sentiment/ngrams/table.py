"""N-grams in reviews, and the linear classifier on them: what prediction needs.

`nb_logreg` learns its weights.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from sentiment.data.dataset import Reviews
from sentiment.data.negation import Negation
from sentiment.ngrams.lookup import distinct, hashed, lookup

STEP = 0.01  # of quantized weights; quantizing changes a review's logit by 0.04 on average


@dataclass(frozen=True)
class Table:
    """The known n-grams, numbered: unigrams first, then bigrams, and so on.

    negation: what marks negated tokens, which count as other tokens than the same words elsewhere.
    keys: for each n, the n-grams' keys, ascending int64: an n-gram's key is the marked id of its last token,
        plus `negation.ids` times the index of its prefix, the tokens before, among the keys of n - 1.
    """

    negation: Negation
    keys: tuple[np.ndarray, ...]

    def __len__(self) -> int:
        return sum(map(len, self.keys))

    def find(self, reviews: Reviews) -> np.ndarray:
        """The n-gram of each n that ends at each token, by number: int64 (tokens, max_ngram), or -1."""
        marked = self.negation.mark(reviews)
        found = np.full((len(marked.ids), len(self.keys)), -1)
        key, offset = np.asarray(marked.ids, np.int64), 0
        for n, keys in enumerate(self.keys):
            index = self._lookups[n](key)
            found[:, n] = np.where(index >= 0, index + offset, -1)
            key, offset = self.extend(index, marked), offset + len(keys)
        return found

    def longer(self, reviews: Reviews) -> Reviews:
        """`reviews`, in place of each token the key of the n-gram that ends there, int64, or -1.

        These n-grams are one token longer than the longest known ones, of which they consist.
        """
        marked = self.negation.mark(reviews)
        key = np.asarray(marked.ids, np.int64)
        for find in self._lookups:
            key = self.extend(find(key), marked)
        return replace(marked, ids=key)

    def only(self, kept: np.ndarray) -> "Table":
        """The table of the n-grams that are `kept`, bool (n-grams): with each, its prefix, too."""
        keys, start, number = [], 0, np.arange(self.negation.ids)
        for some in self.keys:
            chosen = kept[start : start + len(some)]
            prefix, token = np.divmod(some[chosen], self.negation.ids)
            keys.append(number[prefix] * self.negation.ids + token)
            start, number = start + len(some), np.cumsum(chosen) - 1
        return Table(self.negation, tuple(keys))

    @cached_property
    def _lookups(self) -> list[Callable[[np.ndarray], np.ndarray]]:
        """For each n, a function from keys, int64, to their indices in `keys[n]`, -1 where missing."""
        tokens = [lookup(keys, np.arange(self.negation.ids)).__getitem__ for keys in self.keys[:1]]
        return [*tokens, *map(hashed, self.keys[1:])]

    def extend(self, index: np.ndarray, marked: Reviews) -> np.ndarray:
        """The keys of the n-grams that are one token longer than those at `index`: int64 (tokens), or -1.

        Such an n-gram consists of two of them, one that ends at its last token and one that ends before.
        """
        prefix = np.roll(index, 1)
        prefix[marked.offsets[:-1]] = -1
        return np.where((prefix >= 0) & (index >= 0), prefix * self.negation.ids + marked.ids, -1)


def quantize(weights: np.ndarray) -> np.ndarray:
    """Round `weights` to multiples of STEP: int64, of the same shape."""
    return np.round(weights / STEP).astype(np.int64)


def dequantize(steps: np.ndarray) -> np.ndarray:
    """Undo `quantize`, but for the rounding: float32."""
    return (steps * STEP).astype(np.float32)


def occurrences(reviews: Reviews, found: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The distinct pairs of a review and an n-gram in it: two int64 (pairs), sorted.

    `found` is what `Table.find` returns.
    """
    review = np.broadcast_to(review_of_token(reviews)[:, None], found.shape)
    return distinct(review[found >= 0], found[found >= 0])


def review_of_token(reviews: Reviews) -> np.ndarray:
    """The index of the review that each token belongs to: int64 (tokens)."""
    return np.repeat(np.arange(len(reviews)), reviews.lengths)


@dataclass(frozen=True)
class Classifier:
    """Logistic regression on the n-grams of `table`: their `weights`, float32 (n-grams), and an intercept."""

    table: Table
    weights: np.ndarray
    intercept: float

    def votes_and_logits(self, reviews: Reviews) -> tuple[np.ndarray, np.ndarray]:
        """N-grams' votes, float32 (tokens, max_ngram), and log odds of positive, float64 (reviews).

        The vote of an n-gram is its weight, cast at its last token. In the logit it counts once, however
        often it occurs.
        """
        votes = np.empty((len(reviews.ids), len(self.table.keys)), np.float32)
        logits, token = [np.zeros(0)], 0
        for found, some in self._found_and_logits(reviews):
            votes[token : token + len(found)] = self.votes(found)
            logits.append(some)
            token += len(found)
        return votes, np.concatenate(logits)

    def votes(self, found: np.ndarray) -> np.ndarray:
        """The weights of n-grams, float32 (tokens, max_ngram), where `found` is what `Table.find` returns."""
        return self._padded_weights[found]

    def logits(self, reviews: Reviews) -> np.ndarray:
        """The log odds of positive: float64 (reviews)."""
        return np.concatenate([np.zeros(0), *(logits for _, logits in self._found_and_logits(reviews))])

    def _found_and_logits(self, reviews: Reviews) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """What `Table.find` returns for each block of `reviews`, and their logits."""
        for block in reviews.blocks():
            found = self.table.find(block)
            review, ngram = occurrences(block, found)
            yield found, self.intercept + np.bincount(review, self.weights[ngram], minlength=len(block))

    def quantized(self) -> "Classifier":
        """The classifier that an exported model holds: its weights are multiples of STEP."""
        weights = dequantize(quantize(self.weights))
        return replace(self, weights=weights, intercept=float(np.float32(self.intercept)))

    @cached_property
    def _padded_weights(self) -> np.ndarray:
        """`weights`, and a 0 at index -1, where no n-gram was found."""
        return np.append(self.weights, np.float32(0))
