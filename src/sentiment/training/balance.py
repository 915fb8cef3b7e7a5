"""Corpora in which one label is rare: weights for training, and a comparison that they do not change."""

import numpy as np

from sentiment import params
from sentiment.data.labels import decide, probability


def class_weights(labels: np.ndarray, config: params.Train) -> dict[int, float] | None:
    """How much a review of each label counts; None for `train.class_weight: none`.

    `labels` are int (n). Balanced, both labels count the same in all, and a review 1 on average.
    """
    if config.class_weight == "none":
        return None
    counts = np.bincount(labels, minlength=2)
    return {label: len(labels) / (2 * max(1, int(count))) for label, count in enumerate(counts)}


def sample_weight(
    labels: np.ndarray, config: params.Train, weight: np.ndarray | None = None
) -> np.ndarray | None:
    """`weight`, float (n) or None for 1s, times that of each review's class; None if all count the same."""
    by_class = class_weights(labels, config)
    if by_class is None:
        return weight
    balanced = np.where(labels == 1, by_class[1], by_class[0])
    return balanced if weight is None else weight * balanced


def balanced_accuracy(labels: np.ndarray, logits: np.ndarray) -> float:
    """The mean of both labels' recall, for `logits` of positive, float (n)."""
    right = decide(probability(logits)) == labels
    return float(np.mean([right[labels == label].mean() for label in np.unique(labels)]))
