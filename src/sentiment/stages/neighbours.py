"""Index the training part, to find the reviews in it that are most like another."""

from pathlib import Path

import numpy as np

from sentiment import console, dataset, files, neighbours, params, vocabulary


def main(tokens: Path, index: Path, metrics: Path) -> None:
    """Write an INDEX (.npz) of the training part of TOKENS, and its METRICS on the validation part."""
    settings = params.load("neighbours").neighbours
    words = vocabulary.load(tokens / "vocabulary.json")
    train, validation = (dataset.load(tokens / part) for part in ("train", "validation"))
    built = neighbours.build(train, words, settings.k, settings.words)
    with files.replacing(index) as part:
        neighbours.save(part, built, words)
    right = (built.verdicts(validation) > 0) == validation.labels
    summary = {"reviews": len(built.labels), "postings": len(built.keys)}
    files.write_json(metrics, {**summary, "validation_accuracy": round(float(np.mean(right)), 6)})


if __name__ == "__main__":
    console.run(main)
