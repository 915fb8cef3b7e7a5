"""N-grams in reviews, their votes and their logits, by hand and against what finds them without cunning."""

import numpy as np
import pytest
from small_reviews import fit, made, ngrams_ending, no_negation, noise, sequences

from sentiment.data.dataset import Reviews
from sentiment.ngrams import counting
from sentiment.ngrams.lookup import hashed, lookup
from sentiment.ngrams.table import STEP, Classifier

NO_REVIEWS = Reviews(
    np.zeros(0, np.int32), np.zeros(1, np.int64), np.zeros(0, np.int8), np.zeros(0, np.int32)
)


@pytest.mark.parametrize("min_count", [1, 3])
def test_find_gives_the_ngrams_that_end_at_each_token_of_a_review(min_count):
    """In reviews that the table was made of, and in others."""
    known = noise(80, ids=6)
    table = counting.count(known, no_negation(8), 3, min_count)
    numbers = {ids: number for number, ids in enumerate(sequences(table))}
    for reviews in (known, noise(80, ids=8, seed=1)):
        expected = np.full((len(reviews.ids), 3), -1)
        for index, start in enumerate(reviews.offsets[:-1]):
            ids = reviews[index].tolist()
            for end in range(1, len(ids) + 1):
                for ngram in ngrams_ending(ids, end, 3):
                    expected[start + end - 1, len(ngram) - 1] = numbers.get(ngram, -1)
        found = table.find(reviews)
        assert found.dtype == np.int64
        np.testing.assert_array_equal(found, expected)


@pytest.fixture(scope="module")
def random_classifier():
    table = counting.count(noise(80, ids=12), no_negation(14), max_ngram=3, min_count=2)
    return Classifier(table, np.random.default_rng(2).normal(size=len(table)).astype(np.float32), 0.3)


@pytest.mark.parametrize("quantized", [False, True])
def test_votes_and_logits_are_sums_over_sets_of_ngrams(random_classifier, quantized):
    """In other reviews than were counted: a repeated n-gram votes each time, but counts once in the logit."""
    classifier = random_classifier.quantized() if quantized else random_classifier
    reviews = noise(60, ids=14, seed=1)
    weights = dict(zip(sequences(classifier.table), classifier.weights.tolist(), strict=True))
    expected_votes, expected_logits = [], []
    for index in range(len(reviews)):
        ids = reviews[index].tolist()
        ending = [ngrams_ending(ids, end, 3) for end in range(1, len(ids) + 1)]
        expected_votes += [[weights.get(one, 0) for one in some] + [0] * (3 - len(some)) for some in ending]
        distinct = {one for some in ending for one in some}
        expected_logits.append(classifier.intercept + sum(weights.get(one, 0) for one in distinct))
    votes, logits = classifier.votes_and_logits(reviews)
    assert (votes.dtype, logits.dtype) == (np.float32, np.float64)
    np.testing.assert_array_equal(votes, np.array(expected_votes, np.float32))
    np.testing.assert_allclose(logits, expected_logits, rtol=0, atol=1e-12)
    assert all(0.1 < (votes[:, n] != 0).mean() < 1 for n in range(3))


def test_unseen_ngrams_and_no_tokens_give_the_intercept():
    classifier = fit(made("good,good,bad", 1, 1, 0))
    assert classifier.intercept != 0
    assert classifier.logits(made("unheard,of,")).tolist() == [classifier.intercept] * 3
    votes, logits = classifier.votes_and_logits(NO_REVIEWS)
    assert (votes.shape, logits.shape) == ((0, 2), (0,))


def test_quantizing_moves_a_weight_by_half_a_step_at_most(random_classifier):
    weights = random_classifier.quantized().weights
    assert weights.dtype == np.float32
    np.testing.assert_allclose(weights, random_classifier.weights, atol=STEP / 2 + 1e-6)
    np.testing.assert_allclose(weights / STEP, np.round(weights / STEP), atol=1e-4)
    assert len(np.unique(weights)) > 50
    np.testing.assert_array_equal(random_classifier.quantized().quantized().weights, weights)
    assert random_classifier.quantized().intercept == np.float32(0.3)


@pytest.mark.parametrize("size", [0, 1, 20_000])
def test_a_hash_finds_what_a_search_finds(size):
    """Keys that share a slot of the table, of which there are thousands, and ones that are not there."""
    random = np.random.default_rng(0)
    keys = np.unique(random.integers(0, 2**40, size))
    wanted = np.concatenate([keys, random.integers(-1, 2**40, 1000), [-1]])
    index = {int(key): place for place, key in enumerate(keys)}
    expected = [index.get(int(key), -1) for key in wanted]
    assert hashed(keys)(wanted).tolist() == lookup(keys, wanted).tolist() == expected
