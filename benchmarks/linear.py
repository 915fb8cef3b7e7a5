"""The linear classifiers that are measured, which need no TensorFlow."""

import numpy as np
from scipy import sparse
from sklearn.feature_extraction.text import TfidfTransformer
from sklearn.linear_model import LogisticRegression

from benchmarks.course import Course, Curves, load
from sentiment import params
from sentiment.data.dataset import Reviews
from sentiment.data.negation import Negation
from sentiment.data.vocabulary import Vocabulary
from sentiment.ngrams import counting, nb_logreg

WORDS = 20_000  # the most frequent, for TF-IDF


def ngrams() -> Curves:
    """The project's baseline, without the votes that the stage writes down for the LSTM."""
    config = params.load("baseline").baseline
    vocabulary, train, validation = load()
    course = Course(validation.labels)
    negation = Negation.of(vocabulary, config.negation_scope)
    table = counting.count(train, negation, config.max_ngram, config.min_count)
    found = nb_logreg.incidence(table, train)
    classifier = nb_logreg.fit(table, found, np.asarray(train.labels), config.smoothing, config.C)
    course.look(lambda: {"n-gram baseline": classifier.logits(validation)})
    return course.curves


def tfidf() -> Curves:
    """The most usual one: TF-IDF of single words, and logistic regression."""
    vocabulary, train, validation = load()
    course = Course(validation.labels)
    found = counts(train, vocabulary)
    weigh = TfidfTransformer().fit(found)
    classifier = LogisticRegression(max_iter=1000).fit(weigh.transform(found), np.asarray(train.labels))
    seen = counts(validation, vocabulary)
    course.look(lambda: {"TF-IDF": classifier.decision_function(weigh.transform(seen))})
    return course.curves


def counts(reviews: Reviews, vocabulary: Vocabulary) -> sparse.csr_matrix:
    """How often each review has each of the WORDS: float64 (reviews, words)."""
    ones = np.ones(len(reviews.ids))
    found = sparse.csr_matrix((ones, reviews.ids, reviews.offsets), (len(reviews), vocabulary.size))
    return found[:, vocabulary.first : vocabulary.first + WORDS]
