"""Sentences cut out of reviews: short texts, whose label is that of the review."""

import re
from dataclasses import dataclass

import numpy as np

from sentiment.data import dataset
from sentiment.data.dataset import Reviews
from sentiment.data.vocabulary import Vocabulary
from sentiment.training import polarity
from sentiment.training.opinions import Opinions

END = re.compile("[.!?]+")
SHORTEST, LONGEST = 3, 30  # tokens


@dataclass(frozen=True)
class Sentence:
    """The tokens of a sentence, and its label: 1 for positive, 0 for negative."""

    words: list[str]
    label: int


@dataclass(frozen=True)
class Sentences:
    """Those of some reviews.

    simple: with opinion words that bear out the label of the review.
    turned: the same, but the verdict is another than that of the opinion words alone: some are negated,
        conceded, or somebody else's.
    plain: without opinion words.
    """

    simple: list[Sentence]
    turned: list[Sentence]
    plain: list[Sentence]


def cut(reviews: Reviews, vocabulary: Vocabulary, opinions: Opinions) -> Sentences:
    """The sentences of `reviews` that are neither too short nor too long.

    Those whose verdict, by their opinion words, is not their review's are left out.
    """
    names, signs = vocabulary.names, opinions.polarity
    found = Sentences([], [], [])
    for start, end, label in _bounds(reviews, vocabulary):
        words = [names[id] for id in reviews.ids[start:end]]
        alone = [signs[word] for word in words if word in signs]
        if not alone:
            found.plain.append(Sentence(words, label))
        elif (verdict := polarity.verdict(words, signs)) and (verdict > 0) == bool(label):
            kind = found.simple if sum(alone) * verdict > 0 else found.turned
            kind.append(Sentence(words, label))
    return found


def encode(sentences: list[Sentence], vocabulary: Vocabulary) -> Reviews:
    """The sentences as Reviews, which belong to no row."""
    ids, unknown = vocabulary.ids, vocabulary.unknown
    arrays = [np.array([ids.get(word, unknown) for word in one.words], np.int32) for one in sentences]
    labels = np.array([one.label for one in sentences])
    return dataset.ragged(arrays, labels, np.full(len(sentences), -1))


def _bounds(reviews: Reviews, vocabulary: Vocabulary) -> list[tuple[int, int, int]]:
    """Start, end and label of each sentence of a fitting length: int (sentences, 3), in tokens."""
    is_end = np.array([END.fullmatch(name) is not None for name in vocabulary.names])
    ends = np.union1d(np.flatnonzero(is_end[reviews.ids]) + 1, reviews.offsets[1:])
    starts = np.concatenate([[0], ends[:-1]])
    review = np.searchsorted(reviews.offsets, starts, side="right") - 1
    bounds = np.column_stack([starts, ends, np.asarray(reviews.labels)[review]])
    lengths = ends - starts
    return bounds[(lengths >= SHORTEST) & (lengths <= LONGEST)].tolist()
