"""Weights for a corpus in which one label is rare: `train.class_weight`."""

import numpy as np
from sklearn.utils.class_weight import compute_class_weight, compute_sample_weight

from sentiment import params


def class_weights(labels: np.ndarray, config: params.Train) -> np.ndarray:
    """How much a review of each label counts, float64 (2): 1 and 1 for `train.class_weight: none`.

    `labels` are int (n). Balanced, both labels count the same in all, and a review 1 on average.
    """
    weights = np.ones(2)
    if config.class_weight != "none":
        classes = np.unique(labels)
        weights[classes] = compute_class_weight(config.class_weight, classes=classes, y=labels)
    return weights


def sample_weight(
    labels: np.ndarray, config: params.Train, weight: np.ndarray | None = None
) -> np.ndarray | None:
    """`weight`, float (n) or None for 1s, times that of each review's class; None if all count the same."""
    if config.class_weight == "none":
        return weight
    balanced = compute_sample_weight(config.class_weight, labels)
    return balanced if weight is None else weight * balanced
