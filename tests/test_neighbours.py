from dataclasses import replace

import numpy as np
import pytest
from conftest import run, small_params
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import TfidfTransformer
from sklearn.metrics.pairwise import cosine_similarity

from sentiment import dataset, neighbours
from sentiment.console import UserError
from sentiment.neighbours import DOUBT
from sentiment.packing import planes
from sentiment.vocabulary import Vocabulary

WORDS = Vocabulary("regexp", True, 60, 0.5, tuple(f"w{number}" for number in range(28)))


def made(seed: int, count: int) -> dataset.Reviews:
    """Reviews of up to 40 random tokens, padding's id not among them, of random labels."""
    random = np.random.default_rng(seed)
    ids = [random.integers(1, WORDS.size, random.integers(0, 40)).astype(np.int32) for _ in range(count)]
    return dataset.ragged(ids, random.integers(0, 2, count), np.arange(count))


def counts(reviews: dataset.Reviews) -> np.ndarray:
    return np.stack(
        [np.bincount(reviews[index], minlength=WORDS.size) for index in range(len(reviews))]
    ).astype(float)


@pytest.fixture(scope="module")
def known():
    return made(0, 50)


def expected_likeness(known, others) -> np.ndarray:
    """By scikit-learn, whose idf has one more than the logarithm, which goes again."""
    held, asked = counts(known), counts(others)
    with np.errstate(divide="ignore"):  # of words that none has
        transformer = TfidfTransformer(norm=None, smooth_idf=False).fit(csr_matrix(held))
    idf = np.where((held > 0).any(axis=0), transformer.idf_ - 1, 0)
    idf[: WORDS.first] = 0
    return cosine_similarity(np.sqrt(asked) * idf, np.sqrt(held) * idf)


def test_likeness_is_the_cosine_of_tf_idf(known):
    others = made(1, 30)
    index = neighbours.build(known, WORDS, k=5, size=1000)
    likeness = np.stack([index.likeness(others[number]) for number in range(30)])
    np.testing.assert_allclose(likeness, expected_likeness(known, others), atol=1e-6)
    assert likeness.std() > 0.1


def test_each_review_is_indexed_by_its_words_of_highest_tf_idf(known):
    index = neighbours.build(known, WORDS, k=5, size=3)
    held = counts(known)
    idf = neighbours.build(known, WORDS, k=5, size=1000).idf
    tokens, owners = np.divmod(index.keys, len(known))
    for number, weights in enumerate(np.sqrt(held) * idf):
        best = np.lexsort((np.arange(WORDS.size), -weights))[:3]
        assert tokens[owners == number].tolist() == sorted(token for token in best if weights[token] > 0)
    np.testing.assert_array_equal(index.counts, held[owners, tokens])
    lengths = np.bincount(owners, index.weights**2, minlength=len(known))
    np.testing.assert_allclose(lengths[np.bincount(owners, minlength=len(known)) > 0], 1.0)


def test_the_nearest_count_by_how_much_nearer_they_are_than_the_next(known):
    others = made(2, 30)
    index = neighbours.build(known, WORDS, k=4, size=1000)
    likeness = expected_likeness(known, others)
    order = np.argsort(-likeness, axis=1)[:, :5]
    nearest = np.take_along_axis(likeness, order, axis=1)
    weights = nearest[:, :4] - nearest[:, 4:]
    signs = np.where(known.labels[order[:, :4]] == 1, 1, -1)
    expected = (weights * signs).sum(axis=1) / (weights.sum(axis=1) + DOUBT)
    np.testing.assert_allclose(index.verdicts(others), expected, atol=1e-5)


def test_the_verdict_is_that_of_reviews_with_the_same_names():
    names = [[10, 20], [11, 21], [12, 22]]
    ids = [np.array([2, 3, 4, *name] * 2, np.int32) for name in names for _ in range(4)]
    labels = np.repeat([1, 0, 1], 4)
    index = neighbours.build(dataset.ragged(ids, labels, np.arange(12)), WORDS, k=4, size=5)
    asked = [np.array(ids, np.int32) for ids in ([2, 3, 20], [2, 21, 11], [2, 3, 4], [], [1, 1])]
    verdicts = index.verdicts(dataset.ragged(asked, np.zeros(5), np.arange(5)))
    assert verdicts[0] > 0.8
    assert verdicts[1] < -0.8
    assert verdicts[2:].tolist() == [0, 0, 0]  # words that all have, none, and unknown ones


@pytest.mark.parametrize("k", [49, 50, 1000])
def test_more_neighbours_than_reviews_are_all_but_the_least_alike(known, k):
    index = neighbours.build(known, WORDS, k, size=1000)
    others = made(3, 10)
    np.testing.assert_array_equal(index.verdicts(others), replace(index, k=49).verdicts(others))


def test_what_is_saved_is_loaded(known, tmp_path):
    index = neighbours.build(known, WORDS, k=4, size=6)
    neighbours.save(tmp_path / "index.npz", index, WORDS)
    loaded = neighbours.load(tmp_path / "index.npz", WORDS, "")
    assert loaded.k == 4
    for name in ("idf", "keys", "counts", "labels"):
        np.testing.assert_array_equal(getattr(loaded, name), getattr(index, name))
    neighbours.save(tmp_path / "none.npz", replace(index, k=0), WORDS)
    assert neighbours.load(tmp_path / "none.npz", WORDS, "") is None


def refused(path, what, words=WORDS):
    with pytest.raises(UserError) as error:
        neighbours.load(path, words, "do this")
    assert str(error.value) == f"{path}: {what}; do this"


def test_another_file_is_refused(known, tmp_path):
    path = tmp_path / "index.npz"
    refused(path, "no such file")
    index = neighbours.build(known, WORDS, k=4, size=6)
    neighbours.save(path, index, WORDS)
    refused(path, "made with another vocabulary", replace(WORDS, lowercase=False))
    refused(path, "made with another vocabulary", replace(WORDS, tokens=WORDS.tokens[1:]))
    whole = path.read_bytes()
    for content in b"", b"not a zip", whole[:-30], whole[: len(whole) // 2]:
        path.write_bytes(content)
        refused(path, "not an index of reviews, or damaged")


@pytest.mark.parametrize(
    "change",
    [
        {"keys": lambda keys: keys[::-1]},
        {"keys": lambda keys: keys + 10**6},
        {"keys": lambda keys: keys - keys[0]},  # postings of padding
        {"counts": lambda counts: counts[1:]},
        {"counts": lambda counts: counts * 0},
        {"idf": lambda idf: idf[1:]},
        {"idf": lambda idf: idf.astype(np.float64)},
        {"idf": lambda idf: idf + np.float32(1)},  # padding says something
        {"idf": lambda idf: idf * np.float32(np.nan)},
        {"idf": lambda idf: np.where(idf > 0, np.float32(np.inf), idf)},
        {"labels": lambda labels: labels[:0]},
        {"labels": lambda labels: labels[:, None]},
        {"labels": lambda labels: labels + np.int8(1)},
        {"labels": lambda labels: labels.astype(float)},
        {"k": lambda k: -1},
        {"k": lambda k: np.inf},
        {"k": lambda k: "many"},
    ],
)
def test_an_index_that_does_not_fit_together_is_refused(known, tmp_path, change):
    index = neighbours.build(known, WORDS, k=4, size=6)
    changed = {name: function(getattr(index, name)) for name, function in change.items()}
    neighbours.save(tmp_path / "index.npz", replace(index, **changed), WORDS)
    refused(tmp_path / "index.npz", "not an index of reviews, or damaged")


def test_other_arrays_are_refused(known, tmp_path):
    path = tmp_path / "index.npz"
    for name, value in {"steps": np.arange(9), "counts": planes(np.ones(2))}.items():
        neighbours.save(path, neighbours.build(known, WORDS, k=4, size=6), WORDS)
        with np.load(path) as content:
            arrays = dict(content) | {name: value}
        np.savez(path, **arrays)
        refused(path, "not an index of reviews, or damaged")


def test_a_flipped_bit_is_refused_or_does_no_harm(known, tmp_path):
    path, index = tmp_path / "index.npz", neighbours.build(known, WORDS, k=4, size=6)
    neighbours.save(path, index, WORDS)
    whole, random, told = path.read_bytes(), np.random.default_rng(0), 0
    for place in random.choice(len(whole), 500, replace=False):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1 << random.integers(8)]) + whole[place + 1 :])
        try:
            loaded = neighbours.load(path, WORDS, "do this")
            np.testing.assert_array_equal(loaded.keys, index.keys)
        except UserError as error:
            assert str(error).startswith(f"{path}: ")
            told += 1
    assert told > 250


def test_the_stage(tmp_path, words, reviews):
    for part in ("train", "validation"):
        reviews.save(tmp_path / "tokens" / part)
    words.save(tmp_path / "tokens" / "vocabulary.json")
    small_params(tmp_path)
    command = "python", "-m", "sentiment.stages.neighbours", "tokens", "index.npz", "metrics.json"
    run(*command, cwd=tmp_path)
    index = neighbours.load(tmp_path / "index.npz", words, "")
    right = (index.verdicts(reviews) > 0) == reviews.labels
    content = (tmp_path / "metrics.json").read_text()
    assert f'"validation_accuracy": {round(float(right.mean()), 6)}' in content
    assert f'"postings": {len(index.keys)}' in content
    before = (tmp_path / "index.npz").read_bytes()
    run(*command, cwd=tmp_path)
    assert (tmp_path / "index.npz").read_bytes() == before
