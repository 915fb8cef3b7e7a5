import numpy as np
import pytest
from conftest import run, small_params

from sentiment import dataset, embedding, params
from sentiment.console import UserError
from sentiment.vocabulary import Vocabulary


@pytest.fixture(scope="module")
def corpus():
    """Reviews in which `good` and `fine` stand in the same places, and `tree` in others."""
    random = np.random.default_rng(0)
    kinds = [("a really {} film overall", ["good", "fine"]), ("under the green {} there", ["tree", "leaf"])]
    texts = [kinds[i % 2][0].format(random.choice(kinds[i % 2][1])).split() for i in range(2000)]
    words = Vocabulary("regexp", True, 60, 0.5).fit(texts, size=100, min_count=1)
    reviews = dataset.ragged([words.encode(text) for text in texts], np.ones(2000), np.arange(2000))
    return reviews, words


def settings(**changes):
    usual = {"init": "word2vec", "size": 12, "window": 3, "epochs": 30, "seed": 1}
    return params.Embedding(**usual | changes)


def similarity(matrix, words, one, other):
    a, b = matrix[words.ids[one]], matrix[words.ids[other]]
    return a @ b / np.linalg.norm(a) / np.linalg.norm(b)


def test_words_of_like_contexts_get_like_vectors(corpus):
    matrix = embedding.make(settings(), *corpus)
    words = corpus[1]
    assert (matrix.shape, matrix.dtype) == ((words.size, 12), np.float32)
    assert similarity(matrix, words, "good", "fine") > similarity(matrix, words, "good", "tree")


@pytest.mark.parametrize("init", ["word2vec", "uniform"])
def test_padding_is_zero_and_every_other_vector_is_not(corpus, init):
    matrix = embedding.make(settings(init=init), *corpus)
    assert not matrix[0].any()
    assert matrix[1:].any(axis=1).all()


def test_uniform_vectors_are_small_and_depend_on_the_seed(corpus):
    one, same, other = (embedding.make(settings(init="uniform", seed=seed), *corpus) for seed in (1, 1, 2))
    assert np.abs(one).max() <= 0.05
    np.testing.assert_array_equal(one, same)
    assert (one != other).any()


def test_a_word_that_training_lacks_keeps_its_random_vector(corpus):
    reviews, words = corpus
    more = Vocabulary("regexp", True, 60, 0.5, (*words.tokens, "unseen"))
    matrix = embedding.make(settings(), reviews, more)
    np.testing.assert_array_equal(matrix[-1], embedding.make(settings(init="uniform"), reviews, more)[-1])


def test_the_stage_gives_the_same_bytes_twice(corpus, tmp_path):
    reviews, words = corpus
    reviews.save(tmp_path / "tokens" / "train")
    words.save(tmp_path / "tokens" / "vocabulary.json")
    small_params(tmp_path)
    contents = []
    for seed in ("1", "2"):  # of Python's own hashes, on which nothing may depend
        run("python", "-m", "sentiment.stages.embed", "tokens", "e.npy", cwd=tmp_path, PYTHONHASHSEED=seed)
        contents.append((tmp_path / "e.npy").read_bytes())
    assert contents[0] == contents[1]
    assert embedding.load(tmp_path / "e.npy", words).shape == (words.size, 8)


def test_a_missing_or_foreign_matrix_is_refused(corpus, tmp_path):
    words = corpus[1]
    with pytest.raises(UserError, match="no embedding; run `dvc repro embed`"):
        embedding.load(tmp_path / "e.npy", words)
    (tmp_path / "e.npy").write_bytes(b"junk")
    with pytest.raises(UserError, match="no embedding; run `dvc repro embed`"):
        embedding.load(tmp_path / "e.npy", words)
    np.save(tmp_path / "e.npy", np.zeros((3, 8), np.float32))
    with pytest.raises(UserError, match="made for another vocabulary"):
        embedding.load(tmp_path / "e.npy", words)
