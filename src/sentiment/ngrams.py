"""NB-weighted n-grams with logistic regression: the linear classifier that the LSTM has to beat.

Wang & Manning 2012, Baselines and Bigrams: Simple, Good Sentiment and Topic Classification,
https://aclanthology.org/P12-2018: a review is the set of its n-grams, each scaled by how much
more often it stands in positive reviews than in negative ones (section 2.1); here logistic
regression takes the place of their SVM. Scale and coefficient make one weight for each n-gram.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from scipy import sparse
from scipy.special import expit

from sentiment import files
from sentiment.console import UserError
from sentiment.parallel import parallel_map
from sentiment.vocabulary import Vocabulary

SEPARATOR = "\t"  # between the tokens of an n-gram; a token may have spaces, a clean text has no tabs


@dataclass(frozen=True)
class Classifier:
    """`weights` of n-grams of up to `max_ngram` tokens, made by the tokenizer of `vocabulary`."""

    weights: dict[str, float]
    intercept: float
    max_ngram: int
    vocabulary: Vocabulary

    def logits(self, reviews: Sequence[list[str]]) -> np.ndarray:
        """The log odds of positive of reviews as tokens: float64 (n).

        An n-gram counts once however often it occurs, and not at all if training did not see it.
        """
        return np.array([self._logit(set(ngrams(tokens, self.max_ngram))) for tokens in reviews], np.float64)

    def _logit(self, found: set[str]) -> float:
        # fsum is exact: a set has another order in every process, which shows in the last bits of a sum.
        return self.intercept + math.fsum(self.weights.get(ngram, 0.0) for ngram in found)

    def probabilities(self, texts: Sequence[str]) -> np.ndarray:
        """The probability of positive of clean texts, tokenized on all cores: float64 (n)."""
        return expit(self.logits(parallel_map(self.vocabulary.tokenize, texts, "n-grams")))

    def save(self, folder: Path) -> None:
        """Write ngrams.parquet and classifier.json into `folder`, which is there."""
        table = {"ngram": list(self.weights), "weight": pa.array(self.weights.values(), pa.float32())}
        pq.write_table(pa.table(table), folder / "ngrams.parquet", compression="zstd")
        settings = {"intercept": self.intercept, "max_ngram": self.max_ngram}
        files.write_json(folder / "classifier.json", settings | {"vocabulary": self.vocabulary.fingerprint})


def load(folder: str | Path, vocabulary: Vocabulary) -> Classifier:
    """Read what `save` wrote; raises UserError where there is none, or one of another vocabulary."""
    try:
        settings = files.read_json(Path(folder) / "classifier.json")
        table = pq.read_table(Path(folder) / "ngrams.parquet")
        weights = dict(zip(table["ngram"].to_pylist(), table["weight"].to_pylist(), strict=True))
        classifier = Classifier(weights, settings["intercept"], settings["max_ngram"], vocabulary)
        fingerprint = settings["vocabulary"]
    except FileNotFoundError:
        raise UserError(f"{folder}: no baseline; run `dvc repro baseline` or `dvc pull`") from None
    except (ValueError, TypeError, KeyError):
        raise UserError(f"{folder}: not a baseline of this project; run `dvc repro baseline`") from None
    if fingerprint != vocabulary.fingerprint:
        raise UserError(f"{folder}: trained with another vocabulary; run `dvc repro baseline` or `dvc pull`")
    return classifier


def ngrams(tokens: list[str], max_ngram: int) -> list[str]:
    """All runs of 1 to `max_ngram` tokens, their tokens joined by SEPARATOR."""
    return [
        SEPARATOR.join(tokens[start : start + n])
        for n in range(1, max_ngram + 1)
        for start in range(len(tokens) - n + 1)
    ]


def fit(
    reviews: Sequence[list[str]],
    labels: np.ndarray,
    vocabulary: Vocabulary,
    max_ngram: int,
    min_count: int,
    smoothing: float,
    C: float,
) -> Classifier:
    """Train on `reviews` as tokens and their `labels`, int (n), 1 for positive and 0 for negative.

    `min_count` is as in `count`, `smoothing` as in `log_ratios`, `C` the inverse strength of the
    L2 penalty. Raises UserError where a label or an n-gram to learn from is missing.
    """
    # scikit-learn takes a second to import: only what trains pays for it.
    from sklearn.linear_model import LogisticRegression

    if len(np.unique(labels)) < 2:
        raise UserError("the training part needs positive and negative reviews; add reviews to the corpus")
    names, found = count(reviews, max_ngram, min_count)
    if not names:
        raise UserError(f"no n-gram is in {min_count} reviews of the training part; lower baseline.min_count")
    ratios = log_ratios(found, labels, smoothing)
    found.data = ratios[found.indices]
    # Far fewer reviews than n-grams: the dual takes a fifth of lbfgs's time, on one thread, whose
    # bits do not depend on the number of cores.
    model = LogisticRegression(C=C, solver="liblinear", dual=True, max_iter=1000, random_state=0)
    model.fit(found, labels)
    weights = (ratios * model.coef_[0]).astype(np.float32).tolist()
    return Classifier(
        dict(zip(names, weights, strict=True)), float(model.intercept_[0]), max_ngram, vocabulary
    )


def log_ratios(found: sparse.csr_matrix, labels: np.ndarray, smoothing: float) -> np.ndarray:
    """The log-count ratio r of each n-gram (Wang & Manning 2012, section 2): float64 (n-grams).

    r = log((p / ||p||_1) / (q / ||q||_1)), where p is `smoothing` plus the number of positive
    reviews that hold the n-gram, and q the same of the negative ones.
    """
    positive = smoothing + found.T @ (labels == 1)
    negative = smoothing + found.T @ (labels == 0)
    return np.log(positive / positive.sum()) - np.log(negative / negative.sum())


def count(
    reviews: Sequence[list[str]], max_ngram: int, min_count: int
) -> tuple[list[str], sparse.csr_matrix]:
    """Find the n-grams, as `ngrams` names them, that at least `min_count` reviews hold.

    Returns them, short ones first and otherwise as they turn up, and which review holds which:
    float64 (reviews, n-grams) of 1.0. An n-gram is never in more reviews than the one without its
    last token, so each length is sought only where the length before was frequent enough
    (Agrawal & Srikant 1994, Fast Algorithms for Mining Association Rules); in numbers, for as text
    the n-grams of 50,000 reviews take gigabytes.
    """
    ids: dict[str, int] = {}
    tokens = np.fromiter(
        (ids.setdefault(token, len(ids)) for review in reviews for token in review), np.int64
    )
    review = np.repeat(np.arange(len(reviews)), [len(tokens) for tokens in reviews])
    words = list(ids)
    names, blocks = [], []
    prefixes = [()]  # the n-grams kept that are one shorter
    at = np.zeros(len(tokens), np.int64)  # which of `prefixes` starts at each token, -1 for none
    for last in range(max_ngram):  # where an n-gram's last token stands, from its first
        start = np.flatnonzero(at[: max(0, len(at) - last)] >= 0)
        start = start[review[start] == review[start + last]]
        code, keys = pd.factorize(at[start] * len(words) + tokens[start + last])
        row, column = distinct(review[start], code)
        keep = np.bincount(column, minlength=len(keys)) >= min_count
        number = np.where(keep, np.cumsum(keep) - 1, -1)
        at = np.full(len(tokens), -1)
        at[start] = number[code]
        row, column = row[keep[column]], number[column[keep[column]]]
        shape = len(reviews), int(keep.sum())
        blocks.append(sparse.csr_matrix((np.ones(len(row)), (row, column)), shape))
        prefix, token = np.divmod(keys[keep], len(words))
        prefixes = [(*prefixes[p], words[t]) for p, t in zip(prefix.tolist(), token.tolist(), strict=True)]
        names += map(SEPARATOR.join, prefixes)
    return names, sparse.hstack(blocks, format="csr")


def distinct(row: np.ndarray, column: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The distinct pairs of two int64 (n), sorted; np.unique does the same ten times slower."""
    columns = column.max(initial=0) + 1
    pairs = np.sort(row * columns + column)
    return np.divmod(pairs[np.diff(pairs, prepend=-1) > 0], columns)
