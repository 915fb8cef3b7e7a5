from collections import Counter
from itertools import chain

import numpy as np
import pytest

from sentiment import params
from sentiment.data import dataset
from sentiment.data.vocabulary import Vocabulary
from sentiment.embedding import matrix
from sentiment.errors import UserError


@pytest.fixture(scope="module")
def corpus():
    """Reviews in which `good` and `fine` stand in the same places, and `tree` in others."""
    random = np.random.default_rng(0)
    kinds = [("a really {} film overall", ["good", "fine"]), ("under the green {} there", ["tree", "leaf"])]
    texts = [kinds[i % 2][0].format(random.choice(kinds[i % 2][1])).split() for i in range(2000)]
    vocabulary = Vocabulary("regexp", True, 60, 0.5).fit(Counter(chain(*texts)), size=100, min_count=1)
    reviews = dataset.ragged([vocabulary.encode(text) for text in texts], np.ones(2000), np.arange(2000))
    return reviews, vocabulary


@pytest.fixture(scope="module")
def learned(corpus):
    return matrix.learn(settings(), *corpus)


def settings(**changes):
    usual = {"init": "word2vec", "file": "", "dimensions": 12, "window": 3, "epochs": 30, "seed": 1}
    return params.Embedding(**usual | changes)


def similarity(a, b):
    return a @ b / np.linalg.norm(a) / np.linalg.norm(b)


def test_words_of_like_contexts_get_like_vectors(learned):
    assert {(vector.shape, vector.dtype) for vector in learned.values()} == {((12,), np.dtype(np.float32))}
    assert similarity(learned["good"], learned["fine"]) > similarity(learned["good"], learned["tree"])


def test_each_token_starts_from_its_vector_or_from_a_small_random_one(corpus, learned):
    vocabulary = corpus[1]
    some = {token: learned[token] for token in ("good", "fine")}
    made = matrix.make(settings(), vocabulary, some)
    assert (made.shape, made.dtype) == ((vocabulary.size, 12), np.float32)
    np.testing.assert_array_equal(made[vocabulary.ids["fine"]], learned["fine"])
    others = np.delete(made, [0, vocabulary.ids["good"], vocabulary.ids["fine"]], axis=0)
    assert 0 < np.abs(others).max() <= 0.05
    assert others.any(axis=1).all()
    assert not made[0].any()  # padding
    np.testing.assert_array_equal(made, matrix.make(settings(), vocabulary, some))
    assert (made != matrix.make(settings(seed=2), vocabulary, some)).any()


def test_a_word_that_training_lacks_has_no_vector(corpus):
    reviews, vocabulary = corpus
    more = Vocabulary("regexp", True, 60, 0.5, (*vocabulary.tokens, "unseen"))
    assert set(matrix.learn(settings(epochs=1), reviews, more)) == set(vocabulary.tokens)


def test_coverage_counts_words_and_how_often_they_occur():
    vocabulary = Vocabulary("regexp", True, 60, 0.5, ("the", "film", "rare", "a"))
    reviews = dataset.ragged(
        [vocabulary.encode(["the", "the", "the", "film", "nobody"])], np.ones(1), np.zeros(1)
    )
    coverage = matrix.coverage(reviews, vocabulary, {"the": None, "elsewhere": None})
    assert coverage == {"vocabulary_share": 0.25, "token_share": 0.6}
    assert matrix.coverage(reviews, vocabulary, {}) == {"vocabulary_share": 0, "token_share": 0}


def test_a_missing_or_foreign_matrix_is_refused(corpus, tmp_path):
    vocabulary = corpus[1]
    for content in (None, b"junk"):
        if content:
            (tmp_path / "e.npy").write_bytes(content)
        with pytest.raises(UserError, match="no embedding; run `dvc repro embed`"):
            matrix.load(tmp_path / "e.npy", vocabulary)
    np.save(tmp_path / "e.npy", np.zeros((3, 8), np.float32))
    with pytest.raises(UserError, match="made for another vocabulary"):
        matrix.load(tmp_path / "e.npy", vocabulary)
