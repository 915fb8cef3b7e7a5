import keras
import numpy as np
import pytest

from sentiment import dataset, nb_ngrams, ngrams, wide


@pytest.fixture(scope="module")
def said(classifier, reviews):
    """The layer's votes and logits of `reviews`, in one batch with their padding."""
    votes, logits = wide.of(classifier)(reviews.padded(np.arange(60)))
    return np.asarray(votes), np.asarray(logits)


def test_votes_are_those_of_the_classifier(said, classifier, reviews):
    votes, _ = said
    expected = reviews.padded(np.arange(60), classifier.votes(classifier.table.find(reviews)))
    np.testing.assert_array_equal(votes, expected)
    assert (expected != 0).any(axis=(0, 1)).all()


def test_the_logit_is_that_of_the_classifier(said, classifier, reviews):
    """In which an n-gram counts once, as these reviews of few words show."""
    assert len(set(reviews[59])) < 59
    np.testing.assert_allclose(said[1][:, 0], classifier.logits(reviews), atol=1e-5)


def test_a_length_without_ngrams_votes_nothing(reviews):
    table = nb_ngrams.count(reviews, ids=50, max_ngram=3, min_count=30)
    assert len(table.keys[0]) > 0
    assert len(table.keys[2]) == 0
    classifier = ngrams.Classifier(table, np.ones(len(table), np.float32), 0.5)
    votes, logits = wide.of(classifier)(reviews.padded(np.arange(60)))
    assert not np.asarray(votes)[:, :, 2].any()
    np.testing.assert_allclose(np.asarray(logits)[:, 0], classifier.logits(reviews), atol=1e-5)


def test_keys_of_a_large_vocabulary_do_not_overflow(tmp_path):
    """The key of three tokens out of two million is beyond 32 bits; so is it after loading."""
    ids = 2_000_000
    review = dataset.ragged(
        [np.array([ids - 3, ids - 2, ids - 1] * 2, np.int32)] * 2, np.arange(2), np.arange(2)
    )
    table = nb_ngrams.count(review, ids, max_ngram=3, min_count=2)
    classifier = ngrams.Classifier(table, np.arange(1, len(table) + 1, dtype=np.float32), 0.0)
    inputs = keras.Input((None,), dtype="int32")
    keras.Model(inputs, wide.of(classifier)(inputs)).save(tmp_path / "wide.keras")
    for layer in (wide.of(classifier), keras.saving.load_model(tmp_path / "wide.keras")):
        votes, logits = layer(review.padded(np.arange(2)))
        np.testing.assert_array_equal(np.asarray(votes)[0], classifier.votes(table.find(review))[:6])
        np.testing.assert_allclose(np.asarray(logits)[:, 0], classifier.logits(review))
