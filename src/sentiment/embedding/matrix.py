"""The initial weights of the network's embedding layer."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sentiment import params
from sentiment.data.dataset import Reviews
from sentiment.data.vocabulary import PADDING, Vocabulary
from sentiment.errors import UserError
from sentiment.system import progress, untrusted

RANDOM_SCALE = 0.05  # of uniform vectors, as in Keras's RandomUniform


def make(config: params.Embedding, vocabulary: Vocabulary, vectors: Mapping[str, np.ndarray]) -> np.ndarray:
    """Return the initial vector of each id: float32 (ids, config.dimensions); that of padding is zero.

    `vectors`, float32 (config.dimensions) each, are by token; tokens that are not in it get random ones.
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
    """Return the fractions of the vocabulary and of the training part's tokens that are in `vectors`."""
    known = np.array([False] * vocabulary.first + [token in vectors for token in vocabulary.tokens])
    return {
        "vocabulary_share": round(float(known.sum()) / max(len(vocabulary.tokens), 1), 4),
        "token_share": round(float(known[train.ids].mean()), 4),
    }


def learn(config: params.Embedding, train: Reviews, vocabulary: Vocabulary) -> dict[str, np.ndarray]:
    """Learn word2vec vectors, float32 (config.dimensions), of the vocabulary's tokens that occur in `train`.

    Continuous bag of words with negative sampling, Mikolov et al. 2013, https://arxiv.org/abs/1301.3781. It
    uses one thread, because with more gensim's result changes from run to run.
    """
    # Imported here, as gensim takes a second and training needs `load` only.
    from gensim.models import Word2Vec

    names = np.array(vocabulary.names, dtype=object)
    reviews = [names[train[index]].tolist() for index in range(len(train))]
    with progress.bar("word vectors", len(reviews) * (1 + config.epochs)) as advance:
        vectors = Word2Vec(
            _Passes(reviews, advance),
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
    """Reviews that `advance` a progress bar in each pass: one to count the tokens, then the epochs."""

    reviews: list[list[str]]
    advance: progress.Advance

    def __iter__(self) -> Iterator[list[str]]:
        for review in self.reviews:
            yield review
            self.advance(1)


def load(path: str | Path, vocabulary: Vocabulary) -> np.ndarray:
    """Read the matrix of the stage `embed`: float32 (ids, size); raises UserError if it does not fit."""
    try:
        untrusted.check(path)
        matrix = np.load(path, allow_pickle=False)
    except (FileNotFoundError, ValueError, EOFError):
        raise UserError(f"{path}: no embedding; run `dvc repro embed` or `dvc pull`") from None
    if matrix.ndim != 2 or len(matrix) != vocabulary.size:
        raise UserError(f"{path}: made for another vocabulary; run `dvc repro embed`")
    if matrix.dtype != np.float32 or not np.isfinite(matrix).all():
        raise UserError(f"{path}: not the vectors of this project, or damaged; run `dvc repro embed`")
    return matrix
