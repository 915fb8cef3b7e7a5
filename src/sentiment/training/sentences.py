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
CLEAR = 0.5  # the least sum of votes that tells the label of a sentence


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
    plain: whose opinion words, if any, do not bear out the label, but votes do.
    """

    simple: list[Sentence]
    turned: list[Sentence]
    plain: list[Sentence]


def cut(reviews: Reviews, vocabulary: Vocabulary, opinions: Opinions, votes: np.ndarray | None) -> Sentences:
    """The sentences of `reviews` that are neither too short nor too long, and say what their review says.

    `votes`, float (tokens, max_ngram), are those of n-grams, of a classifier that has not seen the reviews;
    without any, the words' weights stand for them.
    """
    names, signs = vocabulary.names, opinions.polarity
    each = opinions.weights[reviews.ids] if votes is None else votes.sum(axis=1, dtype=np.float64)
    told = np.concatenate([[0], np.cumsum(each, dtype=np.float64)])
    found = Sentences([], [], [])
    for start, end, review in bounds(reviews, vocabulary).tolist():
        words = [names[id] for id in reviews.ids[start:end]]
        sentence = Sentence(words, int(reviews.labels[review]))
        side = 1 if sentence.label else -1
        if polarity.verdict(words, signs) * side > 0:
            alone = sum(signs.get(word, 0) for word in words)
            (found.simple if alone * side > 0 else found.turned).append(sentence)
        elif (told[end] - told[start]) * side > CLEAR:
            found.plain.append(sentence)
    return found


def encode(sentences: list[Sentence], vocabulary: Vocabulary) -> Reviews:
    """The sentences as Reviews, which belong to no row."""
    ids, unknown = vocabulary.ids, vocabulary.unknown
    arrays = [np.array([ids.get(word, unknown) for word in one.words], np.int32) for one in sentences]
    labels = np.array([one.label for one in sentences])
    return dataset.ragged(arrays, labels, np.full(len(sentences), -1))


def bounds(reviews: Reviews, vocabulary: Vocabulary) -> np.ndarray:
    """Start and end of each sentence of a fitting length, in tokens, and its review: int64 (sentences, 3)."""
    is_end = np.array([END.fullmatch(name) is not None for name in vocabulary.names])
    ends = np.union1d(np.flatnonzero(is_end[reviews.ids]) + 1, reviews.offsets[1:])
    starts = np.concatenate([[0], ends[:-1]])
    review = np.searchsorted(reviews.offsets, starts, side="right") - 1
    lengths = ends - starts
    fits = (lengths >= SHORTEST) & (lengths <= LONGEST)
    return np.column_stack([starts, ends, review])[fits]
