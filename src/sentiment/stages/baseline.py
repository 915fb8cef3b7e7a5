"""Train the n-gram classifier on the training part, and score it on the validation part."""

from pathlib import Path
from typing import Any

import numpy as np

from sentiment import metrics, params
from sentiment.data import dataset, splitting
from sentiment.data.dataset import Reviews
from sentiment.data.negation import Negation
from sentiment.data.vocabulary import Vocabulary
from sentiment.engine import choice
from sentiment.ngrams import counting, nb_logreg
from sentiment.ngrams import votes as votes_of
from sentiment.ngrams.table import Classifier, Table
from sentiment.system import command, files, one_writer


def main(tokens: Path, baseline: Path, votes: Path, scores: Path, recipe: params.Recipe = None) -> None:
    """Train the BASELINE on the training part of TOKENS, and write its SCORES on the validation part.

    VOTES are the weights of the n-grams in the training part, which the LSTM learns from.
    """
    inputs = tokens / "train", tokens / "validation", tokens / "vocabulary.json"
    with one_writer.replacing(
        (baseline, votes, scores), inputs, lambda: params.load("baseline", "engine", "dask", recipe=recipe)
    ) as (settings, (baseline, votes, scores)):
        vocabulary = Vocabulary.load(tokens / "vocabulary.json")
        training, validation = (dataset.load(tokens / part) for part in ("train", "validation"))
        # The table of all n-grams is in no variable here: `learn` keeps those that get weights.
        classifier = learn(
            settings.baseline, frequent(settings, vocabulary, training, votes.parent), training, votes
        )
        baseline.mkdir()
        nb_logreg.save(classifier, baseline, vocabulary)
        labels, logits = np.asarray(validation.labels), classifier.logits(validation)
        files.write_json(scores, {"ngrams": len(classifier.table), **metrics.validation(labels, logits)})


def frequent(settings: Any, vocabulary: Vocabulary, training: Reviews, folder: Path) -> Table:
    """The n-grams that are in enough reviews of the training part; what waits on disk is in `folder`."""
    config = settings.baseline
    negation = Negation.of(vocabulary, config.negation_scope)
    with choice.opened(settings.engine, **settings.dask.model_dump()) as engine:
        return counting.count(training, negation, config.max_ngram, config.min_count, engine, folder)


def learn(config: params.Baseline, table: Table, training: Reviews, votes: Path) -> Classifier:
    """Train the classifier on as many reviews as `config.reviews` allows; write its `votes` in all of them.

    Those in the reviews that it is trained on are out of fold.
    """
    chosen = sample(np.asarray(training.labels), config.reviews)
    reviews = training if len(chosen) == len(training) else training.take(chosen)
    table, found = nb_logreg.held(table, nb_logreg.incidence(table, reviews))
    labels = np.asarray(reviews.labels)
    classifier = nb_logreg.fit(table, found, labels, config.smoothing, config.C)
    fold, classifiers = votes_of.out_of_fold(classifier, found, labels, config.smoothing, config.C)
    number = np.full(len(training), len(classifiers), np.int8)
    number[chosen] = fold
    votes_of.write(votes, training, [*classifiers, classifier], number)
    return classifier


def sample(labels: np.ndarray, most: int) -> np.ndarray:
    """The ascending indices of at most so many reviews, 0 for all, with the labels' shares as in all."""
    if not 0 < most < len(labels):
        return np.arange(len(labels))
    return np.sort(splitting.hold_out(np.arange(len(labels)), labels, most / len(labels), seed=0)[1])


if __name__ == "__main__":
    command.run(main)
