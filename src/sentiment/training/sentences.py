"""Sentences cut out of reviews: short texts, whose label is that of the review."""

import re
from collections.abc import Callable

import numpy as np

from sentiment.data import dataset
from sentiment.data.dataset import Reviews
from sentiment.data.negation import Negation
from sentiment.data.vocabulary import Vocabulary
from sentiment.training.opinions import COMPARATIVES, Opinions
from sentiment.training.reversal import DENIALS

BUT = frozenset(("but", "yet", "however"))
CONCESSIONS = frozenset(("although", "though", "while", "despite"))
END = re.compile("[.!?]+")
SHORTEST, LONGEST = 3, 30  # tokens
SCOPE = 8  # tokens that a negator reaches: where that is wrong, opinion words and label mostly disagree


def cut(reviews: Reviews, vocabulary: Vocabulary, opinions: Opinions) -> tuple[Reviews, Reviews]:
    """Sentences with opinion words that bear out the label of their review, and those without opinion words.

    The opinion words of a sentence, turned round where negated, add up to its verdict. Sentences whose
    verdict is not their review's are left out. Both are Reviews, with the labels and rows of theirs.
    """
    ends = np.union1d(np.flatnonzero(_where(vocabulary, END.fullmatch)[reviews.ids]) + 1, reviews.offsets[1:])
    starts = np.concatenate([[0], ends[:-1]])
    review = np.searchsorted(reviews.offsets, starts, side="right") - 1
    polarity = _polarity(reviews, vocabulary, opinions)
    verdict = np.add.reduceat(polarity * _counts(reviews, vocabulary, starts), starts)
    has_opinion = np.add.reduceat(np.abs(polarity), starts) > 0
    fits = (ends - starts >= SHORTEST) & (ends - starts <= LONGEST)
    agrees = (verdict != 0) & ((verdict > 0) == np.asarray(reviews.labels)[review])

    def chosen(some: np.ndarray) -> Reviews:
        ids = [reviews.ids[start:end] for start, end in zip(starts[some], ends[some], strict=True)]
        return dataset.ragged(ids, reviews.labels[review[some]], reviews.rows[review[some]])

    return chosen(fits & agrees), chosen(fits & ~has_opinion)


def _polarity(reviews: Reviews, vocabulary: Vocabulary, opinions: Opinions) -> np.ndarray:
    """How positive each token is where it stands: int64 (tokens), 1, -1 or 0."""
    polarity = np.array([opinions.polarity.get(name, 0) for name in vocabulary.names])[reviews.ids]
    negated = Negation.of(vocabulary, SCOPE).negated(reviews)
    denied = Negation.of(vocabulary, SCOPE, DENIALS.__contains__).negated(reviews)
    comparatives = _where(vocabulary, COMPARATIVES.__contains__)[reviews.ids]
    return polarity * np.where(np.where(comparatives, denied, negated), -1, 1)


def _counts(reviews: Reviews, vocabulary: Vocabulary, starts: np.ndarray) -> np.ndarray:
    """Which tokens count in the verdict of the sentences that begin at `starts`: bool (tokens).

    What comes before a "but" does not, nor does what stands between an "although" and the next comma.
    """
    sentence = np.searchsorted(starts, np.arange(len(reviews.ids)), side="right") - 1
    buts = np.flatnonzero(_where(vocabulary, BUT.__contains__)[reviews.ids])
    last = np.full(len(starts), -1)
    last[sentence[buts]] = buts  # of several, the last
    concedes = Negation.of(vocabulary, LONGEST, CONCESSIONS.__contains__)
    return (np.arange(len(reviews.ids)) > last[sentence]) & ~concedes.negated(reviews)


def _where(vocabulary: Vocabulary, is_one: Callable[[str], object]) -> np.ndarray:
    """Which token ids are those of certain words: bool (ids)."""
    return np.array([bool(is_one(name)) for name in vocabulary.names])
