"""Votes in the training reviews: those of classifiers that have not seen them."""

from dataclasses import replace

import numpy as np
import pytest
from sklearn.model_selection import StratifiedKFold
from small_reviews import NEGATION, count, noise

from sentiment.data import dataset
from sentiment.data.dataset import Reviews
from sentiment.errors import UserError
from sentiment.ngrams import nb_logreg, votes
from sentiment.ngrams.table import Table


def write(path, reviews: Reviews, table: Table, known: int | None = None) -> np.ndarray:
    """Write the votes in `reviews` of classifiers that learn from the first `known` of them, or from all."""
    some = reviews if known is None else reviews.take(np.arange(known))
    found, labels = nb_logreg.incidence(table, some), np.asarray(some.labels)
    whole = nb_logreg.fit(table, found, labels, 1.0, 1.0)
    fold, classifiers = votes.out_of_fold(whole, found, labels, 1.0, 1.0)
    number = np.full(len(reviews), len(classifiers))
    number[: len(some)] = fold
    votes.write(path, reviews, [*classifiers, whole], number)
    return votes.load(path, reviews)


def votes_by_hand(train: Reviews, own: Reviews, table: Table) -> list[np.ndarray]:
    """The votes in each of `own` of a classifier of `train`."""
    classifier = nb_logreg.fit(table, nb_logreg.incidence(table, train), train.labels, 1.0, 1.0)
    return np.split(classifier.votes(table.find(own)).astype(np.float16), own.offsets[1:-1])


def test_votes_are_those_of_a_classifier_of_the_other_folds(tmp_path, monkeypatch):
    monkeypatch.setattr(dataset, "BLOCK", 7)
    reviews, expected = noise(60, ids=9), {}
    table, labels = count(reviews, max_ngram=3), reviews.labels
    for folds in StratifiedKFold(5, shuffle=True, random_state=0).split(labels, labels):
        others, own = (reviews.take(rows) for rows in folds)
        expected |= dict(zip(own.rows, votes_by_hand(others, own, table), strict=True))
    found = write(tmp_path / "votes.npy", reviews, table)
    assert found.dtype == np.float16
    np.testing.assert_array_equal(found, np.concatenate([expected[row] for row in range(60)]))


def test_reviews_that_no_classifier_has_learned_from_get_votes_of_the_one_that_learned_most(tmp_path):
    reviews = noise(60, ids=9)
    table = count(reviews, max_ngram=3)
    known, others = (reviews.take(rows) for rows in np.split(np.arange(60), [40]))
    found = write(tmp_path / "votes.npy", reviews, table, known=40)
    np.testing.assert_array_equal(found[: len(known.ids)], write(tmp_path / "known.npy", known, table))
    np.testing.assert_array_equal(
        found[len(known.ids) :], np.concatenate(votes_by_hand(known, others, table))
    )


def test_too_few_reviews_for_folds_are_refused(tmp_path):
    for labels in ([1] * 4 + [0] * 30, [0] * 4 + [1] * 30):
        reviews = replace(noise(34, ids=7), labels=np.array(labels, np.int8))
        with pytest.raises(UserError, match="5 reviews of each label"):
            write(tmp_path / "votes.npy", reviews, count(reviews))
    reviews = replace(noise(34, ids=7), labels=np.array([1] * 5 + [0] * 29, np.int8))
    assert write(tmp_path / "votes.npy", reviews, count(reviews)).shape == (len(reviews.ids), 2)


def test_votes_are_mapped_into_memory(tmp_path):
    some = np.arange(24, dtype=np.float16).reshape(12, 2)
    np.save(tmp_path / "votes.npy", some)
    loaded = votes.load(tmp_path / "votes.npy", NEGATION)
    assert isinstance(loaded, np.memmap)
    assert loaded.tolist() == some.tolist()
    whole = (tmp_path / "votes.npy").read_bytes()
    for content in (b"", whole[:-1], b"junk"):
        (tmp_path / "votes.npy").write_bytes(content)
        with pytest.raises(UserError, match="no votes of n-grams"):
            votes.load(tmp_path / "votes.npy", NEGATION)
    with pytest.raises(UserError, match="no votes of n-grams"):
        votes.load(tmp_path / "nowhere", NEGATION)


@pytest.mark.parametrize("shape", [(11, 2), (13, 2), (12,), ()])
def test_votes_of_other_reviews_are_refused(tmp_path, shape):
    np.save(tmp_path / "votes.npy", np.zeros(shape, np.float16))
    with pytest.raises(UserError, match="made of other tokens"):
        votes.load(tmp_path / "votes.npy", NEGATION)
