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
from sentiment.ngrams.table import Classifier, Table, occurrences, review_of_token
from sentiment.system import files, untrusted
from sentiment.system.progress import progress

FOLDS = 5


def count(reviews: Reviews, negation: Negation, max_ngram: int, min_count: int) -> Table:
    """Find the n-grams of 1 to `max_ngram` tokens that occur in at least `min_count` reviews.

    Tokens that `negation` marks count as other tokens. No n-gram occurs in more reviews than its prefix, so
    each n is counted only where the prefix was frequent enough (Agrawal & Srikant 1994, Fast Algorithms for
    Mining Association Rules).
    """
    marked, review = negation.mark(reviews), review_of_token(reviews)
    table, key = Table(negation, ()), np.asarray(marked.ids, np.int64)
    for _ in progress(range(max_ngram), "count n-grams", max_ngram):
        order = np.argsort(key, kind="stable")  # equal n-grams side by side, those of one review together
        order = order[np.searchsorted(key, 0, sorter=order) :]
        ordered = key[order]
        new = np.diff(ordered, prepend=-1) > 0
        first_in_review = new | (np.diff(review[order], prepend=-1) > 0)
        number = np.cumsum(new) - 1
        frequent = np.bincount(number[first_in_review]) >= min_count
        table = Table(negation, (*table.keys, ordered[new][frequent]))
        place = np.full(len(key), -1)
        place[order] = np.where(frequent, np.cumsum(frequent) - 1, -1)[number]
        key = table.extend(place, marked)
    return table


def incidence(table: Table, reviews: Reviews) -> sparse.csr_matrix:
    """1.0 where a review holds an n-gram, however often: float64 (reviews, n-grams), sparse."""
    row, column = occurrences(reviews, table.find(reviews))
    return sparse.csr_matrix((np.ones(len(row)), (row, column)), (len(reviews), len(table)))


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
    scaled = found.copy()
    scaled.data = ratios[found.indices]
    # Far fewer reviews than n-grams: the dual takes a fifth of lbfgs's time, on one thread, whose
    # bits do not depend on the number of cores.
    model = LogisticRegression(C=C, solver="liblinear", dual=True, max_iter=1000, random_state=0)
    model.fit(scaled, labels)
    return Classifier(table, (ratios * model.coef_[0]).astype(np.float32), float(model.intercept_[0]))


def votes_out_of_fold(
    table: Table, reviews: Reviews, found: sparse.csr_matrix, smoothing: float, C: float
) -> np.ndarray:
    """The votes of n-grams in the training reviews themselves: float16 (tokens, max_ngram).

    The votes in a review come from a classifier trained on the other folds of FOLDS, as in cross-validation:
    so they are as reliable as those in a new review. Raises UserError where there are too few reviews.
    """
    from sklearn.model_selection import StratifiedKFold

    labels = np.asarray(reviews.labels)
    if np.bincount(labels).min() < FOLDS:
        raise UserError(f"the training part needs {FOLDS} reviews of each label; add reviews to the corpus")
    ngrams, review = table.find(reviews), review_of_token(reviews)
    votes = np.empty(ngrams.shape, np.float16)
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=0).split(labels, labels)
    for train, held_out in progress(folds, "votes of n-grams", FOLDS):
        tokens = np.isin(review, held_out)
        votes[tokens] = fit(table, found[train], labels[train], smoothing, C).votes(ngrams[tokens])
    return votes


def log_ratios(found: sparse.csr_matrix, labels: np.ndarray, smoothing: float) -> np.ndarray:
    """The log-count ratio r of each n-gram (Wang & Manning 2012, section 2): float64 (n-grams).

    r = log((p / ||p||_1) / (q / ||q||_1)), where p is `smoothing` plus the number of positive
    reviews that hold the n-gram, and q the same for negative ones.
    """
    positive = smoothing + found.T @ (labels == 1)
    negative = smoothing + found.T @ (labels == 0)
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


def load_votes(path: str | Path, reviews: Reviews) -> np.ndarray:
    """Map the votes in `reviews` that the stage `baseline` wrote into memory: float16 (tokens, max_ngram).

    Raises UserError where there are none, or they belong to other reviews.
    """
    try:
        untrusted.check(path)
        votes = np.load(path, mmap_mode="r", allow_pickle=False)
    except (FileNotFoundError, ValueError, EOFError):
        raise UserError(f"{path}: no votes of n-grams; run `dvc repro baseline` or `dvc pull`") from None
    if votes.ndim != 2 or len(votes) != len(reviews.ids):
        raise UserError(f"{path}: made of other tokens; run `dvc repro baseline`")
    return votes
