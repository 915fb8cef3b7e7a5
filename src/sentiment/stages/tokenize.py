"""Split the reviews, fit the vocabulary on the training part, and turn all tokens into ids."""

from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

from sentiment import console, dataset, files, params
from sentiment.parallel import parallel_map
from sentiment.vocabulary import UNKNOWN, Vocabulary


def main(clean: Path, tokens: Path, metrics: Path) -> None:
    """Turn the CLEAN reviews into a folder of TOKENS and METRICS about them."""
    settings = params.load("split", "tokenize")
    table = pq.read_table(clean)
    labels = table["label"].to_numpy()
    rows = dataset.split(labels, **settings.split.model_dump())
    words = Vocabulary(
        **settings.tokenize.model_dump(include={"tokenizer", "lowercase", "max_tokens", "head"})
    )
    reviews = parallel_map(words.tokenize, table["text"].to_pylist(), "tokenize")
    words = words.fit(
        (reviews[row] for row in rows["train"]),
        settings.tokenize.vocabulary_size,
        settings.tokenize.min_count,
    )
    parts = {
        part: dataset.ragged(
            [words.encode(reviews[row]) for row in rows[part]], labels[rows[part]], rows[part]
        )
        for part in dataset.PARTS
    }
    lengths = np.array([len(review) for review in reviews])
    summary = {part: describe(parts[part], lengths[rows[part]]) for part in dataset.PARTS}
    with files.replacing(tokens) as folder:
        for part, content in parts.items():
            content.save(folder / part)
        words.save(folder / "vocabulary.json")
    files.write_json(metrics, {"vocabulary": words.size, **summary})


def describe(part: dataset.Reviews, lengths: np.ndarray) -> dict:
    """Say of a part what tokenizing cost it; `lengths` are its reviews' tokens before truncation."""
    return {
        "reviews": len(part),
        "positive": int(part.labels.sum()),
        "median_tokens": float(np.median(lengths)),
        "truncated_share": round(float((lengths > part.lengths).mean()), 4),
        "unknown_share": round(float((part.ids == UNKNOWN).mean()), 4),
    }


if __name__ == "__main__":
    console.run(main)
