"""Opinion words, their polarity and their opposites, learned from reviews.

Words that people call positive or negative are those of VADER's lexicon (Hutto & Gilbert 2014,
https://doi.org/10.1609/icwsm.v8i1.14550), as long as the reviews agree: "war" is negative, and yet says
nothing about a film. The opposites of the commonest stand in antonyms.txt. All others are paired by rank
among the words of the same form, so that an adverb takes the place of an adverb.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import resources
from itertools import cycle
from pathlib import Path

import numpy as np

from sentiment.data.dataset import Reviews
from sentiment.data.negation import Negation, negates
from sentiment.data.vocabulary import Vocabulary
from sentiment.ngrams import counting, nb_logreg

ANTONYMS = Path(__file__).with_name("antonyms.txt")
SUFFIXES = ("ly", "ing", "ed", "ness", "ment", "able", "ful", "est", "er", "s")
AGREEMENT = 0.1  # the least weight of a word in a linear classifier of reviews, by which they agree
MIN_COUNT = 3  # reviews that a word must be in
SCALE = 2  # of a word's weight in an embedding, in standard deviations of the other dimensions
LARGEST = 4  # standard deviations


@dataclass(frozen=True)
class Opinions:
    """Words that praise or complain.

    polarity: by word, 1 for a positive and -1 for a negative one.
    opposites: the opposite word of each.
    weights: float32 (ids), how positive the reviews are that a word is in, opinion word or not.
    """

    polarity: dict[str, int]
    opposites: dict[str, str]
    weights: np.ndarray

    @classmethod
    def learn(cls, vocabulary: Vocabulary, reviews: Reviews) -> "Opinions":
        """Those of a `vocabulary` that the `reviews` of the training part, with their labels, bear out.

        Raises UserError where one of the two labels is missing.
        """
        weights, counts = _weights(vocabulary, reviews)
        words = _opinion_words(vocabulary, weights, counts)
        polarity, opposites = dict(words), dict(_by_rank(words))
        for good, bad in reversed(antonyms()):  # where a word has several, the first counts
            if {good, bad} <= vocabulary.ids.keys():
                polarity |= {good: 1, bad: -1}
                opposites |= {good: bad, bad: good}
        return cls({word: polarity[word] for word in opposites}, opposites, weights)

    def embedding(self, vectors: np.ndarray) -> np.ndarray:
        """Word vectors, float32 (ids, dimensions), with one more dimension, for the weights of words."""
        spread = self.weights.std() or 1.0
        column = np.clip(self.weights / spread, -LARGEST, LARGEST) * vectors.std() * SCALE
        return np.column_stack([vectors, column]).astype(np.float32)


def antonyms() -> list[tuple[str, str]]:
    """The pairs of antonyms.txt, the better one of each first."""
    lines = ANTONYMS.read_text("utf-8").splitlines()
    return [(good, bad) for good, bad in map(str.split, lines)]


def valence() -> dict[str, float]:
    """How positive, above 0, or negative the words of VADER's lexicon are, on average over ten people."""
    lines = (resources.files("vaderSentiment") / "vader_lexicon.txt").read_text("utf-8").splitlines()
    return {word: float(mean) for word, mean, *_ in (line.split("\t") for line in lines)}


def suffix(word: str) -> str:
    """The ending that tells the form of a `word`, or nothing."""
    return next((one for one in SUFFIXES if word.endswith(one) and len(word) > len(one) + 2), "")


def _by_rank(words: list[tuple[str, int]]) -> Iterator[tuple[str, str]]:
    """Each of `words`, and its opposite: the one of the same rank among the opposite ones of its form."""
    forms: dict[str, tuple[list[str], list[str]]] = defaultdict(lambda: ([], []))
    for word, polarity in words:
        forms[suffix(word)][polarity < 0].append(word)
    for positive, negative in forms.values():
        if positive and negative:
            yield from zip(positive, cycle(negative), strict=False)
            yield from zip(negative, cycle(positive), strict=False)


def _weights(vocabulary: Vocabulary, reviews: Reviews) -> tuple[np.ndarray, np.ndarray]:
    """Each word's weight in a linear classifier, float32 (ids), and its number of reviews, float64 (ids)."""
    weights, counts = np.zeros(vocabulary.size, np.float32), np.zeros(vocabulary.size)
    table = counting.count(reviews, Negation.of(vocabulary, scope=0), max_ngram=1, min_count=MIN_COUNT)
    if len(table):
        found = nb_logreg.incidence(table, reviews)
        classifier = nb_logreg.fit(table, found, np.asarray(reviews.labels), smoothing=1.0, C=0.3)
        weights[table.keys[0]], counts[table.keys[0]] = classifier.weights, found.sum(axis=0)
    return weights, counts


def _opinion_words(vocabulary: Vocabulary, weights: np.ndarray, counts: np.ndarray) -> list[tuple[str, int]]:
    """The words that the lexicon and the reviews agree on, and their polarity, 1 or -1.

    Those come first that tell most: by their weight, times the logarithm of their number of reviews.
    """
    mean = valence()
    agreed = [
        (-abs(weight) * np.log1p(count), word, 1 if weight > 0 else -1)
        for word, weight, count in zip(vocabulary.names, weights.tolist(), counts.tolist(), strict=True)
        if abs(weight) > AGREEMENT and weight * mean.get(word, 0) > 0 and not negates(word)
    ]
    return [(word, polarity) for _, word, polarity in sorted(agreed)]
