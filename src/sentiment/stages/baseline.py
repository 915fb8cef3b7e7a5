"""Train the n-gram classifier on the training part, and score it on the validation part."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from scipy.special import expit

from sentiment import params
from sentiment.data import dataset
from sentiment.data.vocabulary import Vocabulary
from sentiment.metrics import validation as validation_scores
from sentiment.ngrams import nb_logreg
from sentiment.system import command, files


def main(tokens: Path, baseline: Path, votes: Path, metrics: Path, recipe: params.Recipe = None) -> None:
    """Train the BASELINE on the training part of TOKENS, and write its METRICS on the validation part.

    VOTES are what its n-grams say in the training part, for the LSTM to learn from.
    """
    settings = params.load("baseline", recipe=recipe).baseline
    vocabulary = Vocabulary.load(tokens / "vocabulary.json")
    train, validation = (dataset.load(tokens / part) for part in ("train", "validation"))
    table = nb_logreg.count(train, vocabulary.size, settings.max_ngram, settings.min_count)
    found, labels = nb_logreg.incidence(table, train), np.asarray(train.labels)
    classifier = nb_logreg.fit(table, found, labels, settings.smoothing, settings.C)
    own_votes = nb_logreg.votes_out_of_fold(table, train, found, settings.smoothing, settings.C)
    logits, labels = classifier.logits(validation), np.asarray(validation.labels)
    with files.replacing(baseline) as folder:
        folder.mkdir()
        nb_logreg.save(classifier, folder, vocabulary)
        predictions = {
            "row": validation.rows,
            "label": labels,
            "probability": expit(logits).astype(np.float32),
        }
        pq.write_table(pa.table(predictions), folder / "validation.parquet")
    files.write_array(votes, own_votes)
    files.write_json(metrics, {"ngrams": len(table), **validation_scores(labels, logits)})


if __name__ == "__main__":
    command.run(main)
