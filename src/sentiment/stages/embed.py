"""Make the embedding that training starts from: word vectors of the training part, or random ones."""

from pathlib import Path

import numpy as np

from sentiment import console, dataset, embedding, files, params, vocabulary


def main(tokens: Path, vectors: Path) -> None:
    """From TOKENS to VECTORS, float32 (ids, size), one row an id."""
    settings = params.load("embedding").embedding
    words = vocabulary.load(tokens / "vocabulary.json")
    matrix = embedding.make(settings, dataset.load(tokens / "train"), words)
    with files.replacing(vectors) as part, part.open("wb") as file:
        np.save(file, matrix, allow_pickle=False)


if __name__ == "__main__":
    console.run(main)
