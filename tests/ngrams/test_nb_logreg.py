"""How the n-gram classifier is learned, against counts and weights worked out by hand, and on disk."""

import sys
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from conftest import run
from sklearn.model_selection import StratifiedKFold
from small_reviews import (
    NEGATION,
    VOCABULARY,
    assert_same,
    count,
    fit,
    made,
    names,
    ngrams_ending,
    noise,
    sequences,
)

from sentiment.data import dataset
from sentiment.data.dataset import Reviews
from sentiment.errors import UserError
from sentiment.ngrams import nb_logreg
from sentiment.ngrams.table import Classifier, Table


def weights(classifier: Classifier) -> dict[str, float]:
    return dict(zip(names(classifier.table), classifier.weights.tolist(), strict=True))


def test_count_by_hand():
    reviews = made("a b a b,b a,c a b")
    table = count(reviews, max_ngram=3, min_count=2)
    assert names(table) == ["a", "b", "a b", "b a"]
    assert [len(keys) for keys in table.keys] == [2, 2, 0]
    assert len(table) == 4
    assert nb_logreg.incidence(table, reviews).toarray().tolist() == [
        [1, 1, 1, 1],
        [1, 1, 0, 1],
        [1, 1, 1, 0],
    ]


@pytest.mark.parametrize("min_count", [1, 3, 8])
def test_count_and_incidence_are_those_of_sets(min_count):
    reviews = noise(60, ids=12)
    table = nb_logreg.count(reviews, 12, 4, min_count)
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


def test_smoothing_brings_ratios_near_zero():
    reviews = made("good,good fun,bad", 1, 1, 0)
    found = nb_logreg.incidence(count(reviews, max_ngram=1), reviews)
    little, much = (
        np.abs(nb_logreg.log_ratios(found, reviews.labels, smoothing)) for smoothing in (0.1, 10.0)
    )
    assert (much < little).all()


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


def test_fit_leaves_its_input_as_it_was():
    table = count(NEGATION)
    found = nb_logreg.incidence(table, NEGATION)
    nb_logreg.fit(table, found, NEGATION.labels, 1.0, 1.0)
    assert (found.data == 1).all()


def test_saved_and_loaded_is_the_same(tmp_path):
    classifier = fit(NEGATION, max_ngram=3)
    nb_logreg.save(classifier, tmp_path, VOCABULARY)
    assert_same(nb_logreg.load(tmp_path, VOCABULARY), classifier)


def test_a_length_without_frequent_ngrams(tmp_path):
    """No pair is in two reviews: pairs, and so triples, are just never found."""
    reviews = made("a b c,b a,c a,a,a,b,b,c,c,c", 1, 0, 1, 0, 1, 0, 1, 0, 1, 0)
    classifier = fit(reviews, max_ngram=3, min_count=2)
    assert [len(keys) for keys in classifier.table.keys] == [3, 0, 0]
    found = classifier.table.find(reviews)
    assert (found[:, 0] >= 0).all() and (found[:, 1:] == -1).all()
    nb_logreg.save(classifier, tmp_path, VOCABULARY)
    assert_same(nb_logreg.load(tmp_path, VOCABULARY), classifier)
    incidence = nb_logreg.incidence(classifier.table, reviews)
    votes = nb_logreg.votes_out_of_fold(classifier.table, reviews, incidence, 1.0, 1.0)
    assert votes[:, 0].any() and not votes[:, 1:].any()


def test_same_reviews_same_bytes_in_another_process(tmp_path):
    script = (
        "import sys, numpy as np, pathlib\n"
        "from sentiment.data import dataset\n"
        "from sentiment.data.vocabulary import Vocabulary\n"
        "from sentiment.ngrams import nb_logreg\n"
        "folder = pathlib.Path(sys.argv[1])\n"
        "ids = np.random.default_rng(0).integers(1, 40, (80, 30), np.int32)\n"
        "reviews = dataset.ragged(list(ids), np.arange(80) % 2, np.arange(80))\n"
        "vocabulary = Vocabulary('regexp', True, 400, 0.5, tuple(f't{id}' for id in range(38)))\n"
        "table = nb_logreg.count(reviews, vocabulary.size, 3, 2)\n"
        "found = nb_logreg.incidence(table, reviews)\n"
        "classifier = nb_logreg.fit(table, found, reviews.labels, 1.0, 0.3)\n"
        "nb_logreg.save(classifier, folder, vocabulary)\n"
        "np.save(folder / 'logits.npy', classifier.logits(reviews))\n"
        "np.save(folder / 'votes.npy', nb_logreg.votes_out_of_fold(table, reviews, found, 1.0, 0.3))\n"
    )
    folders = [tmp_path / "one", tmp_path / "two"]
    for seed, folder in enumerate(folders):
        folder.mkdir()
        run(sys.executable, "-c", script, str(folder), cwd=tmp_path, PYTHONHASHSEED=str(seed))
    one, two = ({file.name: file.read_bytes() for file in folder.iterdir()} for folder in folders)
    assert len(one) == 4
    assert one == two


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


def test_a_table_of_something_else_is_refused(tmp_path):
    nb_logreg.save(fit(NEGATION), tmp_path, VOCABULARY)
    pq.write_table(pa.table({"ngram": ["good"], "weight": [1.5]}), tmp_path / "ngrams.parquet")
    with pytest.raises(UserError, match="not a baseline"):
        nb_logreg.load(tmp_path, VOCABULARY)


def test_nothing_to_learn_from_is_refused():
    with pytest.raises(UserError, match="positive and negative"):
        fit(made("good,fun", 1, 1))
    with pytest.raises(UserError, match=r"baseline\.min_count"):
        fit(NEGATION, min_count=5)


def votes_of(reviews: Reviews, table: Table) -> np.ndarray:
    return nb_logreg.votes_out_of_fold(table, reviews, nb_logreg.incidence(table, reviews), 1.0, 1.0)


def test_votes_out_of_fold_know_the_ngrams_of_others():
    """One half-precision number for each token and length, right where the classifier is right."""
    reviews = made(",".join(["good not bad", "bad not good"] * 10), *[1, 0] * 10)
    votes = votes_of(reviews, count(reviews, max_ngram=3))
    assert votes.dtype == np.float16
    assert votes.shape == (60, 3)
    by_review = votes.reshape(20, 3, 3)
    assert (np.sign(by_review[:, 2, 1]) == np.where(reviews.labels == 1, 1, -1)).all()
    assert (by_review[:, 0, 1:] == 0).all() and (by_review[:, 1, 2] == 0).all()


def test_votes_out_of_fold_are_silent_on_what_no_other_review_holds():
    """Each review begins with a token of its own: the whole classifier weighs it, its fold's cannot."""
    others = noise(40, ids=10)
    tokens = [np.append(np.int32(10 + index), others[index]) for index in range(40)]
    reviews = dataset.ragged(tokens, others.labels, others.rows)
    table = nb_logreg.count(reviews, 50, 2, 1)
    first = reviews.offsets[:-1]
    classifier = nb_logreg.fit(table, nb_logreg.incidence(table, reviews), reviews.labels, 1.0, 1.0)
    assert classifier.votes(table.find(reviews))[first, 0].all()
    votes = votes_of(reviews, table)
    assert (votes[first] == 0).all()
    assert (votes[first + 1, 1] == 0).all()  # pairs with that token are as rare
    assert votes.any()


def test_votes_out_of_fold_do_not_depend_on_the_labels_of_their_own_fold():
    """Two neighbours of one fold exchange labels, which leaves every review in its fold."""
    reviews = noise(100, ids=20)
    labels, fold = reviews.labels, folds(reviews.labels)
    index = np.flatnonzero((labels[:-1] != labels[1:]) & (fold[:-1] == fold[1:]))[0]
    exchanged = labels.copy()
    exchanged[[index, index + 1]] = labels[[index + 1, index]]
    assert (folds(exchanged) == fold).all()
    table = nb_logreg.count(reviews, 20, 2, 2)
    one, other = votes_of(reviews, table), votes_of(replace(reviews, labels=exchanged), table)
    same = (one == other).all(axis=1)
    fold_of_token = np.repeat(fold, reviews.lengths)
    assert [same[fold_of_token == number].all() for number in range(nb_logreg.FOLDS)] == [
        number == fold[index] for number in range(nb_logreg.FOLDS)
    ]


def folds(labels: np.ndarray) -> np.ndarray:
    result = np.empty(len(labels), int)
    splits = StratifiedKFold(nb_logreg.FOLDS, shuffle=True, random_state=0).split(labels, labels)
    for number, (_, own) in enumerate(splits):
        result[own] = number
    return result


def test_too_few_reviews_for_folds_are_refused():
    for labels in ([1] * 4 + [0] * 30, [0] * 4 + [1] * 30, [1] * 34):
        reviews = replace(noise(34, ids=7), labels=np.array(labels, np.int8))
        with pytest.raises(UserError, match="5 reviews of each label"):
            votes_of(reviews, count(reviews))
    reviews = replace(noise(34, ids=7), labels=np.array([1] * 5 + [0] * 29, np.int8))
    assert votes_of(reviews, count(reviews)).shape == (len(reviews.ids), 2)


def test_votes_come_back_memory_mapped(tmp_path):
    votes = np.arange(24, dtype=np.float16).reshape(12, 2)
    np.save(tmp_path / "votes.npy", votes)
    loaded = nb_logreg.load_votes(tmp_path / "votes.npy", NEGATION)
    assert isinstance(loaded, np.memmap)
    assert loaded.dtype == np.float16
    assert loaded.tolist() == votes.tolist()


def test_missing_and_broken_votes_are_refused(tmp_path):
    path = tmp_path / "votes.npy"
    with pytest.raises(UserError, match="no votes of n-grams"):
        nb_logreg.load_votes(path, NEGATION)
    np.save(path, np.zeros((12, 2), np.float16))
    whole = path.read_bytes()
    for content in (b"", whole[: len(whole) // 2], whole[:-1], b"junk"):
        path.write_bytes(content)
        with pytest.raises(UserError, match="no votes of n-grams"):
            nb_logreg.load_votes(path, NEGATION)


@pytest.mark.parametrize("shape", [(11, 2), (13, 2), (0, 2), (12,), (), (12, 2, 2)])
def test_votes_of_other_reviews_are_refused(tmp_path, shape):
    np.save(tmp_path / "votes.npy", np.zeros(shape, np.float16))
    with pytest.raises(UserError, match="made of other tokens"):
        nb_logreg.load_votes(tmp_path / "votes.npy", NEGATION)
