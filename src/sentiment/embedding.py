"""The embedding matrix that training starts from."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sentiment import params
from sentiment.console import UserError, progress
from sentiment.dataset import Reviews
from sentiment.vocabulary import FIRST, PADDING, Vocabulary

RANDOM_SCALE = 0.05  # of uniform vectors, as in Keras's RandomUniform


def make(p: params.Embedding, train: Reviews, words: Vocabulary) -> np.ndarray:
    """The initial vector of each id: float32 (ids, p.size); padding is zero."""
    matrix = np.random.default_rng(p.seed).uniform(-RANDOM_SCALE, RANDOM_SCALE, (words.size, p.size))
    matrix = matrix.astype(np.float32)
    if p.init == "word2vec":
        word2vec(matrix, p, train, words)
    matrix[PADDING] = 0
    return matrix


def word2vec(matrix: np.ndarray, p: params.Embedding, train: Reviews, words: Vocabulary) -> None:
    """Replace the rows of `matrix` by vectors learned from the training reviews, where there are any.

    Continuous bag of words with negative sampling, Mikolov et al. 2013, https://arxiv.org/abs/1301.3781.
    One thread: with more, gensim's result changes from run to run.
    """
    # gensim takes a second to import: only what learns vectors pays for it.
    from gensim.models import Word2Vec

    names = np.array(["<padding>", "<unknown>", *words.tokens], dtype=object)
    reviews = _Passes([names[train[index]].tolist() for index in range(len(train))])
    vectors = Word2Vec(
        reviews, vector_size=p.size, window=p.window, epochs=p.epochs, min_count=1, workers=1, seed=p.seed
    ).wv
    for id in range(FIRST, words.size):
        if names[id] in vectors:
            matrix[id] = vectors[names[id]]


@dataclass
class _Passes:
    """Reviews that show a progress bar each time they are gone through: to count, then each epoch."""

    reviews: list[list[str]]

    def __iter__(self) -> Iterator[list[str]]:
        return iter(progress(self.reviews, "word2vec", len(self.reviews)))


def load(path: str | Path, words: Vocabulary) -> np.ndarray:
    """Read the matrix that the stage `embed` wrote, float32 (ids, size); raises UserError if it did not."""
    try:
        matrix = np.load(path, allow_pickle=False)
    except (FileNotFoundError, ValueError, EOFError):
        raise UserError(f"{path}: no embedding; run `dvc repro embed` or `dvc pull`") from None
    if matrix.ndim != 2 or len(matrix) != words.size:
        raise UserError(f"{path}: made for another vocabulary; run `dvc repro embed`")
    return matrix
