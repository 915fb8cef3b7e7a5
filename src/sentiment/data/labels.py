"""What the two labels are called, and which of them a probability means: the one place that decides."""

import numpy as np

NAMES = np.array(["negative", "positive"])  # by label: 0 and 1
THRESHOLD = 0.5
MILLION = 1_000_000


def probability(logits: np.ndarray) -> np.ndarray:
    """The logistic function, without overflow: from float of any shape to float32, the same shape."""
    return (0.5 + 0.5 * np.tanh(0.5 * np.asarray(logits, np.float64))).astype(np.float32)


def decide(probabilities: np.ndarray) -> np.ndarray:
    """The labels, int8, that `probabilities` of positive mean: from THRESHOLD on, a review is positive."""
    return (np.asarray(probabilities) >= THRESHOLD).astype(np.int8)


def millionths(probabilities: np.ndarray) -> np.ndarray:
    """Round to whole millionths, int32; never up to THRESHOLD, so that rounding changes no label."""
    rounded = np.round(np.asarray(probabilities, np.float64) * MILLION).astype(np.int32)
    highest_negative = round(THRESHOLD * MILLION) - 1
    return np.where(decide(probabilities), rounded, np.minimum(rounded, highest_negative))
