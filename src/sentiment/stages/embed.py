"""Make the embedding that training starts from: word vectors of the training part, or random ones."""

from pathlib import Path

from sentiment import console, dataset, embedding, files, params, vocabulary


def main(tokens: Path, vectors: Path) -> None:
    """From TOKENS to VECTORS, float32 (ids, size), one row an id."""
    settings = params.load("embedding").embedding
    words = vocabulary.load(tokens / "vocabulary.json")
    matrix = embedding.make(settings, dataset.load(tokens / "train"), words)
    files.write_array(vectors, matrix)


if __name__ == "__main__":
    console.run(main)
