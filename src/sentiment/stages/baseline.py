"""Train the n-gram classifier on the training part, and score it on the validation part."""

from pathlib import Path

import numpy as np

from sentiment import metrics, params
from sentiment.data import dataset
from sentiment.data.negation import Negation
from sentiment.data.vocabulary import Vocabulary
from sentiment.ngrams import nb_logreg
from sentiment.system import command, files


def main(tokens: Path, baseline: Path, votes: Path, scores: Path, recipe: params.Recipe = None) -> None:
    """Train the BASELINE on the training part of TOKENS, and write its SCORES on the validation part.

    VOTES are the weights of the n-grams in the training part, which the LSTM learns from.
    """
    settings = params.load("baseline", recipe=recipe).baseline
    vocabulary = Vocabulary.load(tokens / "vocabulary.json")
    train, validation = (dataset.load(tokens / part) for part in ("train", "validation"))
    negation = Negation.of(vocabulary, settings.negation_scope)
    table = nb_logreg.count(train, negation, settings.max_ngram, settings.min_count)
    found = nb_logreg.incidence(table, train)
    options = settings.smoothing, settings.C
    classifier = nb_logreg.fit(table, found, np.asarray(train.labels), *options)
    train_votes = nb_logreg.votes_out_of_fold(table, train, found, *options)
    with files.replacing(baseline) as folder:
        folder.mkdir()
        nb_logreg.save(classifier, folder, vocabulary)
    files.write_array(votes, train_votes)
    logits = classifier.logits(validation)
    files.write_json(
        scores, {"ngrams": len(table), **metrics.validation(np.asarray(validation.labels), logits)}
    )


if __name__ == "__main__":
    command.run(main)
