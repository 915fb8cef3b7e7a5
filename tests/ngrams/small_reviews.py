"""Reviews of a few words, for the tests of n-grams, and their n-grams found without cunning."""

import numpy as np

from sentiment.data import dataset
from sentiment.data.dataset import Reviews
from sentiment.data.negation import Negation
from sentiment.data.vocabulary import FIRST, Vocabulary
from sentiment.ngrams import counting, nb_logreg
from sentiment.ngrams.table import Classifier, Table

VOCABULARY = Vocabulary("regexp", True, 400, 0.5, ("a", "b", "c", "good", "bad", "not", "fun"))


def made(texts: str, *labels: int) -> Reviews:
    """Reviews, separated by commas, of the words in VOCABULARY."""
    ids = [VOCABULARY.encode(text.split()) for text in texts.split(",")]
    return dataset.ragged(ids, np.array(labels or [0] * len(ids)), np.arange(len(ids)))


# Every word is in as many positive reviews as negative ones; the pairs of words tell.
NEGATION = made("good not bad,bad not good,not bad good,not good bad", 1, 0, 1, 0)


def noise(reviews: int, ids: int, seed: int = 0) -> Reviews:
    """Reviews of 1 to 29 random tokens with random labels, half of them positive."""
    generator = np.random.default_rng(seed)
    tokens = [generator.integers(1, ids, length, np.int32) for length in generator.integers(1, 30, reviews)]
    return dataset.ragged(tokens, generator.permutation(np.arange(reviews) % 2), np.arange(reviews))


def no_negation(ids: int) -> Negation:
    return Negation(np.zeros(ids, bool), np.zeros(ids, bool), 0)


def count(reviews: Reviews, max_ngram: int = 2, min_count: int = 1) -> Table:
    return counting.count(reviews, Negation.of(VOCABULARY, scope=0), max_ngram, min_count)


def fit(reviews: Reviews, max_ngram: int = 2, min_count: int = 1, smoothing: float = 1.0, C: float = 1.0):
    table = count(reviews, max_ngram, min_count)
    return nb_logreg.fit(table, nb_logreg.incidence(table, reviews), reviews.labels, smoothing, C)


def sequences(table: Table) -> list[tuple[int, ...]]:
    """The token ids of each n-gram in `table`."""
    result, prefixes = [], [()]
    for keys in table.keys:
        ids = table.negation.ids
        prefixes = [(*prefixes[key // ids], int(key % ids)) for key in keys]
        result += prefixes
    return result


def names(table: Table) -> list[str]:
    """The n-grams of a `table` of VOCABULARY."""
    return [" ".join(VOCABULARY.tokens[id - FIRST] for id in ids) for ids in sequences(table)]


def ngrams_ending(ids: list[int], end: int, max_ngram: int) -> list[tuple[int, ...]]:
    """The n-grams of a review, shortest first, whose last token is the one before `end`."""
    return [tuple(ids[end - n : end]) for n in range(1, max_ngram + 1) if n <= end]


def assert_same(one: Classifier, other: Classifier) -> None:
    (negation, other_negation) = one.table.negation, other.table.negation
    assert (negation.scope, one.intercept) == (other_negation.scope, other.intercept)
    assert negation.negators.tolist() == other_negation.negators.tolist()
    for array, same in zip((*one.table.keys, one.weights), (*other.table.keys, other.weights), strict=True):
        assert array.dtype == same.dtype
        assert array.tolist() == same.tolist()
