"""The linear classifiers that are measured, which need no TensorFlow."""

import numpy as np
from scipy import sparse
from sklearn.feature_extraction.text import TfidfTransformer
from sklearn.linear_model import LogisticRegression

from benchmarks.course import Course, Curves, load
from sentiment import nb_ngrams, params
from sentiment.dataset import Reviews
from sentiment.vocabulary import Vocabulary

WORDS = 20_000  # the most frequent, for TF-IDF


def ngrams() -> Curves:
    """The project's baseline, without the votes that the stage writes down for the LSTM."""
    p = params.load("baseline").baseline
    words, train, validation = load()
    course = Course(validation.labels)
    table = nb_ngrams.count(train, words.size, p.max_ngram, p.min_count)
    found = nb_ngrams.incidence(table, train)
    classifier = nb_ngrams.fit(table, found, np.asarray(train.labels), p.smoothing, p.C)
    course.look(lambda: {"n-gram baseline": classifier.logits(validation)})
    return course.curves


def tfidf() -> Curves:
    """The most usual one: TF-IDF of single words, and logistic regression."""
    words, train, validation = load()
    course = Course(validation.labels)
    found = counts(train, words)
    weigh = TfidfTransformer().fit(found)
    classifier = LogisticRegression(max_iter=1000).fit(weigh.transform(found), np.asarray(train.labels))
    seen = counts(validation, words)
    course.look(lambda: {"TF-IDF": classifier.decision_function(weigh.transform(seen))})
    return course.curves


def counts(reviews: Reviews, words: Vocabulary) -> sparse.csr_matrix:
    """How often each review has each of the WORDS: float64 (reviews, words)."""
    ones = np.ones(len(reviews.ids))
    found = sparse.csr_matrix((ones, reviews.ids, reviews.offsets), (len(reviews), words.size))
    return found[:, words.first : words.first + WORDS]
