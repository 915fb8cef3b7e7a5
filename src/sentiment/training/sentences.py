"""Sentences cut out of reviews: short texts, whose label is that of the review."""

import re
from dataclasses import replace

import numpy as np

from sentiment.data import dataset
from sentiment.data.dataset import Reviews
from sentiment.data.vocabulary import Vocabulary
from sentiment.training.reversal import Reverser

END = re.compile("[.!?]+")
SHORTEST, LONGEST = 3, 30  # tokens
SCOPE = 8  # tokens that a negator reaches: where that is wrong, opinion words and label mostly disagree


def cut(reviews: Reviews, vocabulary: Vocabulary, reverser: Reverser) -> tuple[Reviews, Reviews]:
    """Sentences with opinion words that bear out the label of their review, and those without a verdict.

    The opinion words of a sentence, turned round where negated, add up to its verdict. Sentences whose
    verdict is not their review's are left out. Both are Reviews, with the labels and rows of theirs.
    """
    is_end = np.array([END.fullmatch(name) is not None for name in vocabulary.names])
    ends = np.union1d(np.flatnonzero(is_end[reviews.ids]) + 1, reviews.offsets[1:])
    starts = np.concatenate([[0], ends[:-1]])
    review = np.searchsorted(reviews.offsets, starts, side="right") - 1
    polarity = _polarity(reviews, reverser)
    verdict = np.add.reduceat(polarity, starts)
    has_opinion = np.add.reduceat(np.abs(polarity), starts) > 0
    fits = (ends - starts >= SHORTEST) & (ends - starts <= LONGEST)
    agrees = (verdict != 0) & ((verdict > 0) == np.asarray(reviews.labels)[review])

    def chosen(some: np.ndarray) -> Reviews:
        ids = [reviews.ids[start:end] for start, end in zip(starts[some], ends[some], strict=True)]
        return dataset.ragged(ids, reviews.labels[review[some]], reviews.rows[review[some]])

    return chosen(fits & agrees), chosen(fits & ~has_opinion)


def _polarity(reviews: Reviews, reverser: Reverser) -> np.ndarray:
    """How positive each token is where it stands: int64 (tokens), 1, -1 or 0."""
    opinions, ids = reverser.opinions, reviews.ids
    negated = replace(reverser.negation, scope=SCOPE).negated(reviews)
    denied = replace(reverser.denials, scope=SCOPE).negated(reviews)
    return opinions.polarity[ids] * np.where(np.where(opinions.comparatives[ids], denied, negated), -1, 1)
