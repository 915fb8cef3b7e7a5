"""The training reviews most like a review, and what they were labelled: its k nearest neighbours.

Reviews of one film share names that few others have, and tend to share a verdict: something that neither an
LSTM nor the weights of n-grams can learn of a thousand films. Likeness is the cosine of TF-IDF vectors, with
the square root of the term frequency; a training review's has only its words of the highest TF-IDF. A
neighbour's label counts by how much more alike it is than the next one after the k (Dudani 1976, The
Distance-Weighted k-Nearest-Neighbor Rule, https://doi.org/10.1109/TSMC.1976.5408784), so that it never
matters which of two equally alike comes k-th.
"""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from sentiment import packing
from sentiment.console import UserError
from sentiment.dataset import Reviews
from sentiment.packing import numbers, planes
from sentiment.vocabulary import Vocabulary

ARRAYS = {  # of an index on disk: dtype and number of dimensions
    "vocabulary": ("<U64", 0),
    "k": ("<i8", 0),
    "idf": ("<f4", 1),
    "steps": ("|u1", 2),
    "counts": ("|u1", 2),
    "labels": ("|i1", 1),
}
DOUBT = 0.1  # added to the weights' sum, for neither label: reviews that are little alike say little


@dataclass(frozen=True)
class Index:
    """Training reviews, each by its words of the highest TF-IDF.

    k: how many neighbours count.
    idf: float32 (ids), the inverse document frequency of each token; 0 for those that say nothing.
    keys: int64 (postings), ascending: a token's id times the number of reviews, plus a review that holds it.
    counts: int64 (postings), how often it does.
    labels: int8 (reviews), 1 for positive and 0 for negative.
    """

    k: int
    idf: np.ndarray
    keys: np.ndarray
    counts: np.ndarray
    labels: np.ndarray

    @cached_property
    def starts(self) -> np.ndarray:
        """Where each token's postings start, and the last one's end: int64 (ids + 1)."""
        return np.searchsorted(self.keys, np.arange(len(self.idf) + 1) * len(self.labels))

    @cached_property
    def reviews(self) -> np.ndarray:
        """The review of each posting: int64 (postings)."""
        return self.keys % len(self.labels)

    @cached_property
    def weights(self) -> np.ndarray:
        """The components of the reviews' vectors, which are of length 1: float64 (postings)."""
        weights = np.sqrt(self.counts) * self.idf[self.keys // len(self.labels)].astype(np.float64)
        squares = np.bincount(self.reviews, weights**2, minlength=len(self.labels))
        return weights / np.sqrt(squares)[self.reviews]

    @cached_property
    def signs(self) -> np.ndarray:
        """1 for a positive review and -1 for a negative one: float32 (reviews)."""
        return np.where(self.labels == 1, np.float32(1), np.float32(-1))

    @property
    def neighbours(self) -> int:
        """How many neighbours count, where there is one more."""
        return min(self.k, len(self.labels) - 1)

    def verdicts(self, reviews: Reviews) -> np.ndarray:
        """What each review's neighbours were labelled: float64 (reviews) from -1, negative, to 1, positive.

        0 for a review that is like no other.
        """
        return np.array([self._verdict(reviews[index]) for index in range(len(reviews))])

    def _verdict(self, ids: np.ndarray) -> float:
        likeness = self.likeness(ids)
        nearest, floor = np.flatnonzero(likeness), 0.0
        if len(nearest) > self.neighbours:
            last = -self.neighbours - 1  # the first that no longer counts
            nearest = nearest[np.argpartition(likeness[nearest], last)[last:]]
            floor = likeness[nearest].min()
        weights = likeness[nearest] - floor
        return weights @ self.signs[nearest] / (weights.sum() + DOUBT)

    def likeness(self, ids: np.ndarray) -> np.ndarray:
        """The cosine of a review's token ids, int32 (tokens), and each training review: float64 (reviews)."""
        tokens, counts = np.unique(ids, return_counts=True)
        query = np.sqrt(counts) * self.idf[tokens]
        starts, sizes = self.starts[tokens], self.starts[tokens + 1] - self.starts[tokens]
        posting = np.arange(sizes.sum()) + np.repeat(starts - np.cumsum(sizes) + sizes, sizes)
        shared = np.repeat(query, sizes) * self.weights[posting]
        dots = np.bincount(self.reviews[posting], shared, minlength=len(self.labels))
        return dots / (np.linalg.norm(query) or 1.0)


def build(reviews: Reviews, words: Vocabulary, k: int, size: int) -> Index:
    """Index `reviews`, each by its `size` words of the highest TF-IDF, of equal ones the more frequent."""
    review = np.repeat(np.arange(len(reviews)), reviews.lengths)
    pairs, counts = np.unique(review * words.size + reviews.ids, return_counts=True)
    review, token = np.divmod(pairs, words.size)
    held = np.bincount(token, minlength=words.size)
    idf = np.log(len(reviews) / np.maximum(held, 1)).astype(np.float32)
    idf[: words.first] = 0
    weights = np.sqrt(counts) * idf[token]
    order = np.lexsort((token, -weights, review))
    rank = np.arange(len(order)) - np.searchsorted(review, review[order])
    kept = order[(rank < size) & (weights[order] > 0)]
    keys = token[kept] * len(reviews) + review[kept]
    order = np.argsort(keys)
    return Index(k, idf, keys[order], counts[kept][order], np.array(reviews.labels))


def save(path: Path, index: Index, words: Vocabulary) -> None:
    """Write `index` into the .npz file `path`; the keys as their differences, which compress well."""
    np.savez_compressed(
        path,
        vocabulary=words.fingerprint,
        k=index.k,
        idf=index.idf,
        steps=planes(np.diff(index.keys, prepend=0)),
        counts=planes(index.counts),
        labels=index.labels,
    )


def load(path: Path, words: Vocabulary, remedy: str) -> Index | None:
    """Read what `save` wrote; None if none of the reviews is to count.

    Raises UserError, which ends in `remedy`, where there is no index, or one of another vocabulary.
    """
    try:
        content = packing.load(path, ARRAYS)
        keys, counts = np.cumsum(numbers(content["steps"])), numbers(content["counts"])
        index = Index(int(content["k"]), content["idf"], keys, counts, content["labels"])
        known = content["vocabulary"] == words.fingerprint
        if known and not _whole(index, words):
            raise ValueError
    except FileNotFoundError:
        raise UserError(f"{path}: no such file; {remedy}") from None
    except ValueError:
        raise UserError(f"{path}: not an index of reviews, or damaged; {remedy}") from None
    if not known:
        raise UserError(f"{path}: made with another vocabulary; {remedy}")
    return index if index.k else None


def _whole(index: Index, words: Vocabulary) -> bool:
    """Whether the arrays are such as `build` makes."""
    idf, keys, counts, labels = index.idf, index.keys, index.counts, index.labels
    if not (index.k >= 0 and len(idf) == words.size and len(labels) and len(keys) == len(counts)):
        return False
    if not ((keys >= 0) & (keys < len(idf) * len(labels))).all():
        return False
    ascending = (np.diff(keys) > 0).all() and (counts > 0).all()
    indexed = (idf[keys // len(labels)] > 0).all()
    finite = np.isfinite(idf).all() and not idf[: words.first].any()
    return bool(ascending and indexed and finite and np.isin(labels, (0, 1)).all())
