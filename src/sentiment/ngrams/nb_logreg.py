"""NB-weighted n-grams with logistic regression: the linear classifier that the LSTM has to beat.

Wang & Manning 2012, Baselines and Bigrams: Simple, Good Sentiment and Topic Classification,
https://aclanthology.org/P12-2018: a review is the set of its n-grams, each scaled by how
much more often it occurs in positive than in negative reviews (section 2.1); here logistic regression
replaces their SVM. Scale and coefficient multiply to one weight for each n-gram.
"""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from scipy import sparse

from sentiment.data.dataset import Reviews
from sentiment.data.negation import Negation
from sentiment.data.vocabulary import Vocabulary
from sentiment.errors import UserError
from sentiment.ngrams.table import Classifier, Table, occurrences
from sentiment.system import files, untrusted


def incidence(table: Table, reviews: Reviews) -> sparse.csr_matrix:
    """1 where a review holds an n-gram, however often: int8 (reviews, n-grams), sparse."""
    columns, ends = [np.zeros(0, np.int32)], [np.zeros(1, np.int64)]
    for block in reviews.blocks():
        row, column = occurrences(block, table.find(block))
        columns.append(column.astype(np.int32))
        ends.append(ends[-1][-1] + np.cumsum(np.bincount(row, minlength=len(block))))
    indices, indptr = np.concatenate(columns), np.concatenate(ends)
    shape = len(reviews), len(table)
    return sparse.csr_matrix((np.ones(len(indices), np.int8), indices, indptr), shape)


def held(table: Table, found: sparse.csr_matrix) -> tuple[Table, sparse.csr_matrix]:
    """`table` and what `incidence` found, without n-grams that no review holds: they get no weight."""
    some = np.bincount(found.indices, minlength=len(table)) > 0
    number = (np.cumsum(some) - 1).astype(np.int32)
    arrays = found.data, number[found.indices], found.indptr
    return table.only(some), sparse.csr_matrix(arrays, (found.shape[0], some.sum()))


def fit(table: Table, found: sparse.csr_matrix, labels: np.ndarray, smoothing: float, C: float) -> Classifier:
    """Train on the matrix `found` that `incidence` returns, and the reviews' `labels`.

    Labels are int (reviews), 1 for positive and 0 for negative; `smoothing` is as in `log_ratios`, `C`
    the inverse strength of the L2 penalty. Raises UserError where a label is missing, or all n-grams are.
    """
    # scikit-learn takes a second to import: only what trains pays for it.
    from sklearn.linear_model import LogisticRegression

    if len(np.unique(labels)) < 2:
        raise UserError("the training part needs positive and negative reviews; add reviews to the corpus")
    if not len(table):
        raise UserError("no n-gram is in enough reviews of the training part; lower baseline.min_count")
    ratios = log_ratios(found, labels, smoothing)
    scaled = sparse.csr_matrix((ratios[found.indices], found.indices, found.indptr), found.shape)
    # Far fewer reviews than n-grams: the dual takes a fifth of lbfgs's time, on one thread, whose
    # bits do not depend on the number of cores.
    model = LogisticRegression(C=C, solver="liblinear", dual=True, max_iter=1000, random_state=0)
    model.fit(scaled, labels)
    return Classifier(table, (ratios * model.coef_[0]).astype(np.float32), float(model.intercept_[0]))


def log_ratios(found: sparse.csr_matrix, labels: np.ndarray, smoothing: float) -> np.ndarray:
    """The log-count ratio r of each n-gram (Wang & Manning 2012, section 2): float64 (n-grams).

    r = log((p / ||p||_1) / (q / ||q||_1)), where p is `smoothing` plus the number of positive
    reviews that hold the n-gram, and q the same for negative ones.
    """
    positive, negative = (smoothing + found.T @ (labels == label).astype(np.float64) for label in (1, 0))
    return np.log(positive / positive.sum()) - np.log(negative / negative.sum())


def save(classifier: Classifier, folder: Path, vocabulary: Vocabulary) -> None:
    """Write ngrams.parquet and classifier.json into `folder`, which is there."""
    keys = classifier.table.keys
    lengths = np.repeat(np.arange(1, len(keys) + 1), list(map(len, keys)))
    table = {"length": pa.array(lengths, pa.int8()), "key": np.concatenate(keys)}
    pq.write_table(
        pa.table(table | {"weight": classifier.weights}), folder / "ngrams.parquet", compression="zstd"
    )
    settings = {
        "intercept": classifier.intercept,
        "max_ngram": len(keys),
        "negation_scope": classifier.table.negation.scope,
    }
    files.write_json(folder / "classifier.json", settings | {"vocabulary": vocabulary.fingerprint})


def load(folder: str | Path, vocabulary: Vocabulary) -> Classifier:
    """Read what `save` wrote; raises UserError where there is none, or one of another vocabulary."""
    try:
        settings = files.read_json(Path(folder) / "classifier.json")
        untrusted.check(Path(folder) / "ngrams.parquet")
        table = pq.read_table(Path(folder) / "ngrams.parquet")
        length, key = table["length"].to_numpy(), table["key"].to_numpy()
        bounds = np.searchsorted(length, np.arange(1, settings["max_ngram"] + 2))
        keys = tuple(key[start:end] for start, end in pairwise(bounds))
        weights = table["weight"].to_numpy()
        fingerprint, intercept = settings["vocabulary"], settings["intercept"]
        negation = Negation.of(vocabulary, settings["negation_scope"])
        if not (np.isfinite(weights).all() and np.isfinite(intercept)):
            raise ValueError("weights that are not finite")
    except FileNotFoundError:
        raise UserError(f"{folder}: no baseline; run `dvc repro baseline` or `dvc pull`") from None
    except (pa.ArrowException, OSError, ValueError, TypeError, KeyError) as error:
        if files.is_system_error(error):
            raise
        raise UserError(f"{folder}: not a baseline of this project; run `dvc repro baseline`") from None
    if fingerprint != vocabulary.fingerprint:
        raise UserError(f"{folder}: trained with another vocabulary; run `dvc repro baseline` or `dvc pull`")
    return Classifier(Table(negation, keys), weights, intercept)
