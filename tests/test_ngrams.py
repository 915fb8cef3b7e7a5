"""The n-gram classifier against counts and weights worked out by hand, and on disk."""

import sys

import numpy as np
import pytest
from conftest import run

from sentiment import ngrams
from sentiment.console import UserError
from sentiment.vocabulary import Vocabulary

WORDS = Vocabulary("regexp", True, 400, 0.5, ("good", "bad"))
SETTINGS = {"max_ngram": 2, "min_count": 1, "smoothing": 1.0, "C": 1.0}


def made(pattern: str, *labels: int) -> tuple[list[list[str]], np.ndarray]:
    """Reviews, separated by commas, as tokens; and their labels."""
    return [review.split() for review in pattern.split(",")], np.array(labels, np.int8)


# Every word is in as many positive reviews as negative ones; the pairs of words tell.
NEGATION = made("good not bad,bad not good,not bad good,not good bad", 1, 0, 1, 0)


def named(text: str) -> str:
    return text.replace(" ", ngrams.SEPARATOR)


def test_ngrams_of_each_length():
    assert ngrams.ngrams(["a", "b", "c"], 2) == ["a", "b", "c", named("a b"), named("b c")]
    assert ngrams.ngrams(["a"], 3) == ["a"]
    assert ngrams.ngrams([], 3) == []


def test_count_by_hand():
    reviews, _ = made("a b a b,b a,c a b", 1, 0, 1)
    names, found = ngrams.count([*reviews, []], max_ngram=3, min_count=2)
    assert names == ["a", "b", named("a b"), named("b a")]
    assert found.toarray().tolist() == [[1, 1, 1, 1], [1, 1, 0, 1], [1, 1, 1, 0], [0, 0, 0, 0]]


@pytest.mark.parametrize("min_count", [1, 3])
def test_count_finds_what_ngrams_names(min_count):
    generator = np.random.default_rng(0)
    reviews = [[f"t{token}" for token in generator.integers(0, 12, length)] for length in range(60)]
    names, found = ngrams.count(reviews, 4, min_count)
    sets = [set(ngrams.ngrams(review, 4)) for review in reviews]
    reviews_with = {name: sum(name in one for one in sets) for name in set().union(*sets)}
    assert len(names) == len(set(names))
    assert set(names) == {name for name, number in reviews_with.items() if number >= min_count}
    assert (found.toarray() == [[name in one for name in names] for one in sets]).all()


def test_a_token_with_a_space_is_not_two_tokens():
    names, found = ngrams.count([["0 800", "call"], ["0", "800", "call"]], 2, 1)
    assert len(names) == len(set(names)) == 4 + 3
    assert found.sum(axis=1).ravel().tolist() == [[3, 5]]


def test_log_ratios_by_hand():
    reviews, labels = made("good,good fun,bad", 1, 1, 0)
    names, found = ngrams.count(reviews, 1, 1)
    # With 1 added: positive 3, 2, 1 of 6; negative 1, 1, 2 of 4.
    expected = [np.log((3 / 6) / (1 / 4)), np.log((2 / 6) / (1 / 4)), np.log((1 / 6) / (2 / 4))]
    assert names == ["good", "fun", "bad"]
    np.testing.assert_allclose(ngrams.log_ratios(found, labels, smoothing=1.0), expected)


def test_smoothing_brings_ratios_near_zero():
    reviews, labels = made("good,good fun,bad", 1, 1, 0)
    _, found = ngrams.count(reviews, 1, 1)
    little, much = (np.abs(ngrams.log_ratios(found, labels, smoothing)) for smoothing in (0.1, 10.0))
    assert (much < little).all()


def test_weights_are_ratio_times_coefficient():
    """One n-gram, one review of each label: the optimum solves an equation in one unknown."""
    classifier = ngrams.fit(*made("good,bad", 1, 0), WORDS, max_ngram=1, min_count=1, smoothing=1.0, C=0.5)
    ratio = np.log((2 / 3) / (1 / 3))
    # By symmetry both coefficients are w: w minimizes w² + 2 C log(1 + exp(-ratio w)).
    grid = np.linspace(0, 2, 2_000_001)
    w = grid[np.argmin(grid**2 + 2 * 0.5 * np.log1p(np.exp(-ratio * grid)))]
    assert classifier.weights == pytest.approx({"good": ratio * w, "bad": -ratio * w}, abs=1e-4)
    assert classifier.intercept == pytest.approx(0, abs=1e-4)


def test_pairs_learn_the_negation_that_single_words_cannot():
    reviews, labels = NEGATION
    single = ngrams.fit(reviews, labels, WORDS, **SETTINGS | {"max_ngram": 1})
    np.testing.assert_allclose(single.logits(reviews), 0, atol=1e-4)
    pairs = ngrams.fit(reviews, labels, WORDS, **SETTINGS)
    assert ((pairs.logits(reviews) > 0) == (labels == 1)).all()
    assert pairs.weights[named("not bad")] > 0 > pairs.weights[named("not good")]


def test_logits_add_each_known_ngram_once():
    weights = {"good": 1.5, "bad": -2.0, named("not good"): -2.25}
    classifier = ngrams.Classifier(weights, 0.25, 2, WORDS)
    reviews, _ = made("good good,not good,good bad")
    assert classifier.logits(reviews).tolist() == [1.75, -0.5, -0.25]


def test_logits_do_not_depend_on_the_order_of_a_set():
    """Added in the wrong order, 1.0 is lost beside 1e17; of 20 sets some have that order."""
    weights = {
        f"{name}{i}": weight
        for i in range(20)
        for name, weight in zip("abc", (1e17, 1.0, -1e17), strict=True)
    }
    classifier = ngrams.Classifier(weights, 0.0, 1, WORDS)
    assert classifier.logits([[f"a{i}", f"b{i}", f"c{i}"] for i in range(20)]).tolist() == [1.0] * 20


def test_unseen_ngrams_and_no_tokens_give_the_intercept():
    classifier = ngrams.fit(*made("good,good,bad", 1, 1, 0), WORDS, **SETTINGS)
    assert classifier.intercept != 0
    logits = classifier.logits([["unheard"], ["of"], []])
    assert logits.tolist() == [classifier.intercept] * 3
    assert classifier.logits([]).shape == classifier.probabilities([]).shape == (0,)


def test_probabilities_are_those_of_the_tokens():
    classifier = ngrams.fit(*NEGATION, WORDS, **SETTINGS)
    probabilities = classifier.probabilities(["Not good, BAD!", "not bad", ""])
    logits = classifier.logits([["not", "good", ",", "bad", "!"], ["not", "bad"], []])
    assert probabilities.dtype == np.float64
    np.testing.assert_allclose(probabilities, 1 / (1 + np.exp(-logits)))
    assert probabilities[0] < 0.5 < probabilities[1]


def test_saved_and_loaded_is_the_same(tmp_path):
    classifier = ngrams.fit(*NEGATION, WORDS, **SETTINGS)
    classifier.save(tmp_path)
    assert ngrams.load(tmp_path, WORDS) == classifier


def test_same_reviews_same_bytes_in_another_process(tmp_path):
    script = (
        "import sys, numpy as np, pathlib\n"
        "from sentiment import ngrams, vocabulary\n"
        "tokens = [[f't{t}' for t in row] for row in np.random.default_rng(0).integers(0, 40, (80, 30))]\n"
        "words = vocabulary.Vocabulary('regexp', True, 400, 0.5)\n"
        "classifier = ngrams.fit(tokens, np.arange(80) % 2, words, 3, 2, 1.0, 0.3)\n"
        "classifier.save(pathlib.Path(sys.argv[1]))\n"
        "np.save(pathlib.Path(sys.argv[1]) / 'logits.npy', classifier.logits(tokens))\n"
    )
    folders = [tmp_path / "one", tmp_path / "two"]
    for seed, folder in enumerate(folders):
        folder.mkdir()
        run(sys.executable, "-c", script, str(folder), cwd=tmp_path, PYTHONHASHSEED=str(seed))
    one, two = ({file.name: file.read_bytes() for file in folder.iterdir()} for folder in folders)
    assert len(one) == 3
    assert one == two


def test_another_vocabulary_is_refused(tmp_path):
    ngrams.fit(*NEGATION, WORDS, **SETTINGS).save(tmp_path)
    with pytest.raises(UserError, match="another vocabulary"):
        ngrams.load(tmp_path, Vocabulary("regexp", False, 400, 0.5, ("good", "bad")))


@pytest.mark.parametrize("missing", ["ngrams.parquet", "classifier.json"])
def test_missing_and_broken_files_are_refused(tmp_path, missing):
    with pytest.raises(UserError, match="no baseline"):
        ngrams.load(tmp_path / "nowhere", WORDS)
    ngrams.fit(*NEGATION, WORDS, **SETTINGS).save(tmp_path)
    whole = (tmp_path / missing).read_bytes()
    for content in (b"", whole[: len(whole) // 2], b"[]"):
        (tmp_path / missing).write_bytes(content)
        with pytest.raises(UserError, match="not a baseline"):
            ngrams.load(tmp_path, WORDS)
    (tmp_path / missing).unlink()
    with pytest.raises(UserError, match="no baseline"):
        ngrams.load(tmp_path, WORDS)


def test_nothing_to_learn_from_is_refused():
    with pytest.raises(UserError, match="positive and negative"):
        ngrams.fit(*made("good,fine", 1, 1), WORDS, **SETTINGS)
    with pytest.raises(UserError, match=r"baseline\.min_count"):
        ngrams.fit(*NEGATION, WORDS, **SETTINGS | {"min_count": 5})
    with pytest.raises(UserError, match=r"baseline\.min_count"):
        ngrams.fit([[], []], np.array([0, 1]), WORDS, **SETTINGS)
