"""How the n-gram classifier is learned, against counts and weights worked out by hand, and on disk."""

from dataclasses import replace

import numpy as np
import pytest
from small_reviews import (
    NEGATION,
    VOCABULARY,
    assert_same,
    count,
    fit,
    made,
    names,
    ngrams_ending,
    no_negation,
    noise,
    sequences,
)

from sentiment.data import dataset
from sentiment.errors import UserError
from sentiment.ngrams import counting, nb_logreg
from sentiment.ngrams.table import Classifier


def weights(classifier: Classifier) -> dict[str, float]:
    return dict(zip(names(classifier.table), classifier.weights.tolist(), strict=True))


@pytest.mark.parametrize("min_count", [1, 3, 8])
def test_count_and_incidence_are_those_of_sets(min_count, monkeypatch):
    monkeypatch.setattr(dataset, "BLOCK", 7)
    monkeypatch.setattr(counting, "BUCKET", 100)
    reviews = noise(60, ids=12)
    table = counting.count(reviews, no_negation(12), 4, min_count)
    lists = [reviews[index].tolist() for index in range(len(reviews))]
    found = [{one for end in range(1, len(ids) + 1) for one in ngrams_ending(ids, end, 4)} for ids in lists]
    frequent = [ids for ids in set().union(*found) if sum(ids in one for one in found) >= min_count]
    assert sequences(table) == sorted(frequent, key=lambda ids: (len(ids), ids))
    assert (
        nb_logreg.incidence(table, reviews).toarray()
        == [[ids in one for ids in sequences(table)] for one in found]
    ).all()


def test_log_ratios_by_hand():
    reviews = made("a,a b,c", 1, 1, 0)
    table = count(reviews, max_ngram=1)
    # With 1 added: positive 3, 2, 1 of 6; negative 1, 1, 2 of 4.
    expected = [np.log((3 / 6) / (1 / 4)), np.log((2 / 6) / (1 / 4)), np.log((1 / 6) / (2 / 4))]
    assert names(table) == ["a", "b", "c"]
    np.testing.assert_allclose(
        nb_logreg.log_ratios(nb_logreg.incidence(table, reviews), reviews.labels, 1.0), expected
    )


def test_weights_are_ratio_times_coefficient():
    """One n-gram, one review of each label: the optimum solves an equation in one unknown."""
    classifier = fit(made("good,bad", 1, 0), max_ngram=1, C=0.5)
    ratio = np.log((2 / 3) / (1 / 3))
    # By symmetry both coefficients are w: w minimizes w² + 2 C log(1 + exp(-ratio w)).
    grid = np.linspace(0, 2, 2_000_001)
    w = grid[np.argmin(grid**2 + 2 * 0.5 * np.log1p(np.exp(-ratio * grid)))]
    assert weights(classifier) == pytest.approx({"good": ratio * w, "bad": -ratio * w}, abs=1e-4)
    assert classifier.intercept == pytest.approx(0, abs=1e-4)


def test_pairs_learn_the_negation_that_single_words_cannot():
    np.testing.assert_allclose(fit(NEGATION, max_ngram=1).logits(NEGATION), 0, atol=1e-4)
    pairs = fit(NEGATION)
    assert ((pairs.logits(NEGATION) > 0) == (NEGATION.labels == 1)).all()
    assert weights(pairs)["not bad"] > 0 > weights(pairs)["not good"]


@pytest.mark.parametrize(("min_count", "sizes"), [(1, [7, 10, 5]), (2, [5, 0, 0])])
def test_saved_and_loaded_is_the_same(tmp_path, min_count, sizes):
    """Even where no pair, and so no triple, is in two reviews."""
    reviews = made("a b c,b a good,c a not,a,a,b bad not fun,b,c,c,c good", 1, 0, 1, 0, 1, 0, 1, 0, 1, 0)
    classifier = fit(reviews, max_ngram=3, min_count=min_count)
    assert [len(keys) for keys in classifier.table.keys] == sizes
    nb_logreg.save(classifier, tmp_path, VOCABULARY)
    assert_same(nb_logreg.load(tmp_path, VOCABULARY), classifier)


def test_another_vocabulary_is_refused(tmp_path):
    nb_logreg.save(fit(NEGATION), tmp_path, VOCABULARY)
    with pytest.raises(UserError, match="another vocabulary"):
        nb_logreg.load(tmp_path, replace(VOCABULARY, lowercase=False))


@pytest.mark.parametrize("missing", ["ngrams.parquet", "classifier.json"])
def test_missing_and_broken_files_are_refused(tmp_path, missing):
    with pytest.raises(UserError, match="no baseline"):
        nb_logreg.load(tmp_path / "nowhere", VOCABULARY)
    nb_logreg.save(fit(NEGATION), tmp_path, VOCABULARY)
    whole = (tmp_path / missing).read_bytes()
    for content in (b"", whole[: len(whole) // 2], b"[]", whole[:16] + bytes(12) + whole[28:]):
        (tmp_path / missing).write_bytes(content)
        with pytest.raises(UserError, match="not a baseline"):
            nb_logreg.load(tmp_path, VOCABULARY)
    (tmp_path / missing).unlink()
    with pytest.raises(UserError, match="no baseline"):
        nb_logreg.load(tmp_path, VOCABULARY)


def test_nothing_to_learn_from_is_refused():
    with pytest.raises(UserError, match="positive and negative"):
        fit(made("good,fun", 1, 1))
    with pytest.raises(UserError, match=r"baseline\.min_count"):
        fit(NEGATION, min_count=5)


def test_ngrams_that_no_review_holds_are_left_out_and_nothing_else_changes():
    many, some = noise(200, ids=12), noise(20, ids=12, seed=1)
    table = counting.count(many, no_negation(12), 3, 1)
    found = nb_logreg.incidence(table, some)
    less, less_found = nb_logreg.held(table, found)
    seen = found.toarray().any(axis=0)
    assert 0 < seen.sum() == len(less) < len(table)
    assert sequences(less) == [ids for ids, one in zip(sequences(table), seen, strict=True) if one]
    assert (less_found.toarray() == nb_logreg.incidence(less, some).toarray()).all()
    assert (less_found.toarray() == found.toarray()[:, seen]).all()
