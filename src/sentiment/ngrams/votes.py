"""The votes of n-grams in the training reviews, which the LSTM learns from.

They come from classifiers that have not been trained on the review, as in cross-validation: so they are as
reliable as those in a new review.
"""

from pathlib import Path

import numpy as np
from scipy import sparse

from sentiment.data.dataset import Reviews
from sentiment.errors import UserError
from sentiment.ngrams import nb_logreg
from sentiment.ngrams.table import Classifier, review_of_token
from sentiment.system import array_file, untrusted
from sentiment.system.progress import bar, progress

FOLDS = 5


def out_of_fold(
    classifier: Classifier, found: sparse.csr_matrix, labels: np.ndarray, smoothing: float, C: float
) -> tuple[np.ndarray, list[Classifier]]:
    """The fold of each review, int8 (reviews), and for each of FOLDS a classifier trained on the others.

    `classifier` has been trained on all, with the other arguments, which are those of `nb_logreg.fit`. Raises
    UserError where there are too few reviews.
    """
    from sklearn.model_selection import StratifiedKFold

    if np.bincount(labels).min() < FOLDS:
        raise UserError(f"the training part needs {FOLDS} reviews of each label; add reviews to the corpus")
    fold, classifiers = np.empty(len(labels), np.int8), []
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=0).split(labels, labels)
    for number, (others, own) in enumerate(progress(folds, "votes of n-grams", FOLDS)):
        fold[own] = number
        table = classifier.table
        classifiers.append(nb_logreg.fit(table, found[others], labels[others], smoothing, C))
    return fold, classifiers


def write(path: Path, reviews: Reviews, classifiers: list[Classifier], number: np.ndarray) -> None:
    """Write the votes in `reviews`, float16 (tokens, max_ngram), a block of them at a time.

    Those in review i come from `classifiers[number[i]]`; all have the same table.
    """
    table, start = classifiers[0].table, 0
    with (
        array_file.growing(path, np.float16, len(table.keys)) as append,
        bar("writing votes", len(reviews)) as advance,
    ):
        for block in reviews.blocks():
            found, of_review = table.find(block), number[start : start + len(block)]
            votes, of_token = np.empty(found.shape, np.float16), of_review[review_of_token(block)]
            for one in np.unique(of_review):
                tokens = of_token == one
                votes[tokens] = classifiers[one].votes(found[tokens])
            append(votes)
            start += len(block)
            advance(len(block))


def load(path: str | Path, reviews: Reviews) -> np.ndarray:
    """Map the votes in `reviews` that `write` wrote into memory: float16 (tokens, max_ngram).

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
