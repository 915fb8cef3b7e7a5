"""Train the n-gram classifier on the training part, and score it on the validation part."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from scipy.special import expit

from sentiment import console, dataset, files, ngrams, params, vocabulary
from sentiment.parallel import parallel_map


def main(clean: Path, tokens: Path, baseline: Path, metrics: Path) -> None:
    """Train the BASELINE on the CLEAN texts of the parts in TOKENS, and write its METRICS.

    The n-grams are those of whole reviews and of all their tokens: what the LSTM's arrays have cut
    off or made unknown is read again from the texts.
    """
    settings = params.load("baseline").baseline
    words = vocabulary.load(tokens / "vocabulary.json")
    parts = {part: dataset.load(tokens / part) for part in ("train", "validation")}
    texts = [text for reviews in parts.values() for text in dataset.read_texts(clean, reviews)]
    reviews = parallel_map(words.tokenize, texts, "tokenize")
    train, validation = reviews[: len(parts["train"])], reviews[len(parts["train"]) :]
    classifier = ngrams.fit(train, np.asarray(parts["train"].labels), words, **settings.model_dump())
    logits = classifier.logits(validation)
    rows, labels = parts["validation"].rows, np.asarray(parts["validation"].labels)
    with files.replacing(baseline) as folder:
        folder.mkdir()
        classifier.save(folder)
        table = {"row": rows, "label": labels, "probability": expit(logits).astype(np.float32)}
        pq.write_table(pa.table(table), folder / "validation.parquet")
    files.write_json(metrics, {"ngrams": len(classifier.weights), **summary(labels, logits)})


def summary(labels: np.ndarray, logits: np.ndarray) -> dict[str, float]:
    """Accuracy, and log loss in nats, of the validation part; from even odds on a review is positive."""
    log_loss = np.logaddexp(0, np.where(labels == 1, -logits, logits)).mean()
    accuracy = ((logits >= 0) == (labels == 1)).mean()
    return {
        "validation_accuracy": round(float(accuracy), 6),
        "validation_log_loss": round(float(log_loss), 6),
    }


if __name__ == "__main__":
    console.run(main)
