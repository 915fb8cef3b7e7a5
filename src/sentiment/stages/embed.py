"""Make the initial weights of the embedding layer: word2vec vectors, vectors from a file, or random ones."""

from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from sentiment import params
from sentiment.data import dataset
from sentiment.data.dataset import Reviews
from sentiment.data.vocabulary import Vocabulary
from sentiment.embedding import matrix, vector_file, word_vectors
from sentiment.system import command, files, one_writer
from sentiment.system.machine import processor


def main(
    tokens: Path,
    weights: Path,
    metrics: Path,
    text: Annotated[Path | None, typer.Option(help="Also write the word vectors here, as text.")] = None,
    recipe: params.Recipe = None,
) -> None:
    """Make WEIGHTS, float32 (ids, size), for the vocabulary in TOKENS, and METRICS about them."""
    outputs, inputs = [weights, metrics], (tokens / "train", tokens / "vocabulary.json")
    if text:
        outputs.append(text)
    with one_writer.replacing(outputs, inputs, lambda: params.load("embedding", recipe=recipe)) as (
        settings,
        (weights, metrics, *texts),
    ):
        write(tokens, weights, metrics, texts, settings.embedding)


def write(
    tokens: Path, weights: Path, metrics: Path, texts: Iterable[Path], config: params.Embedding
) -> None:
    """Write the weights, the metrics about them, and the word vectors into each of `texts`."""
    vocabulary = Vocabulary.load(tokens / "vocabulary.json")
    train = dataset.load(tokens / "train")
    vectors, origin = initial_vectors(config, train, vocabulary)
    for text in texts:
        word_vectors.write(text, vectors)
    files.write_array(weights, matrix.make(config, vocabulary, vectors))
    files.write_json(metrics, matrix.coverage(train, vocabulary, vectors) | origin)


def initial_vectors(
    config: params.Embedding, train: Reviews, vocabulary: Vocabulary
) -> tuple[dict[str, np.ndarray], dict[str, object]]:
    """Return the vectors by token, none for random weights, and what their values depend on."""
    if config.init == "file":
        path = vector_file.locate(config.file)
        return word_vectors.read(path, vocabulary, config.dimensions), {"sha256": files.sha256(path)}
    if config.init == "word2vec":
        environment = {"gensim": version("gensim"), "processor": processor()}
        return matrix.learn(config, train, vocabulary), {"environment": environment}
    return {}, {}


if __name__ == "__main__":
    command.run(main)
