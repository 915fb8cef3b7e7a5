"""The names of the two labels, and the decision which label a probability means: defined here alone."""

import numpy as np
from numpy.typing import ArrayLike

NAMES = np.array(["negative", "positive"])  # by label, 0 and 1, unless a corpus has names of its own
THRESHOLD = 0.5
MILLION = 1_000_000


def probability(logits: ArrayLike) -> np.ndarray:
    """Apply the logistic function, without overflow: float of any shape to float32 of the same shape."""
    return (0.5 + 0.5 * np.tanh(0.5 * np.asarray(logits, np.float64))).astype(np.float32)


def decide(probabilities: ArrayLike) -> np.ndarray:
    """Return the labels, int8, for `probabilities` of positive: 1 if at least THRESHOLD, else 0."""
    return (np.asarray(probabilities) >= THRESHOLD).astype(np.int8)


def millionths(probabilities: ArrayLike) -> np.ndarray:
    """Round to whole millionths, int32; never up to THRESHOLD, so that rounding changes no label."""
    rounded = np.round(np.asarray(probabilities, np.float64) * MILLION).astype(np.int32)
    highest_negative = round(THRESHOLD * MILLION) - 1
    return np.where(decide(probabilities), rounded, np.minimum(rounded, highest_negative))
