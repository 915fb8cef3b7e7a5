"""Train the n-gram classifier on the training part, and score it on the validation part."""

from pathlib import Path

import numpy as np

from sentiment import metrics, params
from sentiment.data import dataset
from sentiment.data.negation import Negation
from sentiment.data.vocabulary import Vocabulary
from sentiment.ngrams import nb_logreg
from sentiment.system import command, files, one_writer


def main(tokens: Path, baseline: Path, votes: Path, scores: Path, recipe: params.Recipe = None) -> None:
    """Train the BASELINE on the training part of TOKENS, and write its SCORES on the validation part.

    VOTES are the weights of the n-grams in the training part, which the LSTM learns from.
    """
    inputs = tokens / "train", tokens / "validation", tokens / "vocabulary.json"
    with one_writer.replacing(
        (baseline, votes, scores), inputs, lambda: params.load("baseline", recipe=recipe)
    ) as (settings, parts):
        write(settings.baseline, tokens, *parts)


def write(settings: params.Baseline, tokens: Path, baseline: Path, votes: Path, scores: Path) -> None:
    """Write the classifier, its votes out of fold, and its scores."""
    vocabulary = Vocabulary.load(tokens / "vocabulary.json")
    training, validation = (dataset.load(tokens / part) for part in ("train", "validation"))
    negation = Negation.of(vocabulary, settings.negation_scope)
    table = nb_logreg.count(training, negation, settings.max_ngram, settings.min_count)
    found = nb_logreg.incidence(table, training)
    options = settings.smoothing, settings.C
    classifier = nb_logreg.fit(table, found, np.asarray(training.labels), *options)
    files.write_array(votes, nb_logreg.votes_out_of_fold(table, training, found, *options))
    baseline.mkdir()
    nb_logreg.save(classifier, baseline, vocabulary)
    logits = classifier.logits(validation)
    files.write_json(
        scores, {"ngrams": len(table), **metrics.validation(np.asarray(validation.labels), logits)}
    )


if __name__ == "__main__":
    command.run(main)
