"""Make the embedding that training starts from: learned word vectors, those of a file, or random ones."""

from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import pooch
import typer

from sentiment import params
from sentiment.data import dataset
from sentiment.data.vocabulary import Vocabulary
from sentiment.embedding import matrix, word_vectors
from sentiment.system import command, files
from sentiment.system.machine import processor


def main(
    tokens: Path,
    vectors: Path,
    metrics: Path,
    text: Annotated[Path | None, typer.Option(help="Write the vectors here too, as GloVe does.")] = None,
    recipe: params.Recipe = None,
) -> None:
    """From TOKENS to VECTORS, float32 (ids, size), one row an id, and METRICS about it."""
    settings = params.load("embedding", recipe=recipe).embedding
    vocabulary = Vocabulary.load(tokens / "vocabulary.json")
    train = dataset.load(tokens / "train")
    known, source = {}, {}
    if settings.init == "file":
        path = word_vectors.locate(settings.file)
        known = word_vectors.read(path, vocabulary, settings.dimensions)
        source = {"sha256": pooch.file_hash(path)}
    elif settings.init != "uniform":
        known = matrix.learn(settings, train, vocabulary)
        source = {"environment": {"gensim": version("gensim"), "processor": processor()}}
    if text:
        word_vectors.write(text, known)
    files.write_array(vectors, matrix.make(settings, vocabulary, known))
    files.write_json(metrics, matrix.coverage(train, vocabulary, known) | source)


if __name__ == "__main__":
    command.run(main)
