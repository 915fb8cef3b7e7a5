"""Make the embedding that training starts from: learned word vectors, those of a file, or random ones."""

from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import pooch
import typer

from sentiment import console, dataset, embedding, files, params, vectors, vocabulary
from sentiment.machine import processor


def main(
    tokens: Path,
    matrix: Path,
    metrics: Path,
    text: Annotated[Path | None, typer.Option(help="Write the vectors here too, as GloVe does.")] = None,
    recipe: params.Recipe = None,
) -> None:
    """From TOKENS to MATRIX, float32 (ids, size), one row an id, and METRICS about it."""
    settings = params.load("embedding", recipe=recipe).embedding
    words = vocabulary.load(tokens / "vocabulary.json")
    train = dataset.load(tokens / "train")
    known, source = {}, {}
    if settings.init == "file":
        path = vectors.locate(settings.file)
        known = vectors.read(path, words, settings.dimensions)
        source = {"sha256": pooch.file_hash(path)}
    elif settings.init != "uniform":
        known = embedding.learn(settings, train, words)
        source = {"environment": {"gensim": version("gensim"), "processor": processor()}}
    if text:
        vectors.write(text, known)
    files.write_array(matrix, embedding.make(settings, words, known))
    files.write_json(metrics, embedding.coverage(train, words, known) | source)


if __name__ == "__main__":
    console.run(main)
