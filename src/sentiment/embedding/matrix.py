"""The embedding matrix that training starts from."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sentiment import params
from sentiment.data.dataset import Reviews
from sentiment.data.vocabulary import PADDING, Vocabulary
from sentiment.errors import UserError
from sentiment.system.progress import progress

RANDOM_SCALE = 0.05  # of uniform vectors, as in Keras's RandomUniform


def make(config: params.Embedding, vocabulary: Vocabulary, vectors: Mapping[str, np.ndarray]) -> np.ndarray:
    """The initial vector of each id: float32 (ids, config.dimensions); padding is zero.

    A token has its own of `vectors`, float32 (config.dimensions), or else a random one.
    """
    matrix = np.random.default_rng(config.seed).uniform(
        -RANDOM_SCALE, RANDOM_SCALE, (vocabulary.size, config.dimensions)
    )
    matrix = matrix.astype(np.float32)
    for token, id in vocabulary.ids.items():
        if token in vectors:
            matrix[id] = vectors[token]
    matrix[PADDING] = 0
    return matrix


def coverage(train: Reviews, vocabulary: Vocabulary, vectors: Mapping[str, np.ndarray]) -> dict[str, float]:
    """The share of the vocabulary, and of the training part's tokens, that has one of `vectors`."""
    known = np.array([False] * vocabulary.first + [token in vectors for token in vocabulary.tokens])
    return {
        "vocabulary_share": round(float(known.sum()) / max(len(vocabulary.tokens), 1), 4),
        "token_share": round(float(known[train.ids].mean()), 4),
    }


def learn(config: params.Embedding, train: Reviews, vocabulary: Vocabulary) -> dict[str, np.ndarray]:
    """The vectors of those of `vocabulary` that `train` has, learned from it: float32 (config.dimensions) each.

    Continuous bag of words or skip-gram with negative sampling, Mikolov et al. 2013,
    https://arxiv.org/abs/1301.3781. One thread: with more, gensim's result changes from run to run.
    """
    # gensim takes a second to import: only what learns vectors pays for it.
    from gensim.models import Word2Vec

    names = np.array(vocabulary.names, dtype=object)
    reviews = _Passes([names[train[index]].tolist() for index in range(len(train))])
    vectors = Word2Vec(
        reviews,
        vector_size=config.dimensions,
        window=config.window,
        epochs=config.epochs,
        min_count=1,
        workers=1,
        seed=config.seed,
    ).wv
    return {token: vectors[token] for token in vocabulary.tokens if token in vectors}


@dataclass
class _Passes:
    """Reviews that show a progress bar each time they are gone through: to count, then each epoch."""

    reviews: list[list[str]]

    def __iter__(self) -> Iterator[list[str]]:
        return iter(progress(self.reviews, "word vectors", len(self.reviews)))


def load(path: str | Path, vocabulary: Vocabulary) -> np.ndarray:
    """Read the matrix that the stage `embed` wrote, float32 (ids, size); raises UserError if it did not."""
    try:
        matrix = np.load(path, allow_pickle=False)
    except (FileNotFoundError, ValueError, EOFError):
        raise UserError(f"{path}: no embedding; run `dvc repro embed` or `dvc pull`") from None
    if matrix.ndim != 2 or len(matrix) != vocabulary.size:
        raise UserError(f"{path}: made for another vocabulary; run `dvc repro embed`")
    return matrix
