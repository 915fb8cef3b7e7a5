"""How good are scores, from how often each occurs: the same memory for any number of rows."""

import numpy as np

from sentiment.scoring.tables import UNITS


class Counts:
    """How often each score occurs among the negative and the positive reviews."""

    def __init__(self):
        self.reviews = np.zeros((2, UNITS + 1), np.int64)

    def add(self, label: int, score: int) -> None:
        """Count a review, by its label (1 positive, 0 negative) and score."""
        self.reviews[label, score] += 1

    def measures(self) -> dict[str, float]:
        """Scores of the classifier as in `sentiment.metrics`; without ROC AUC unless both labels occur.

        `log_loss` is in nats and clips probabilities to the resolution of float32.
        """
        negative, positive = self.reviews
        total, positives = self.reviews.sum(), positive.sum()
        said = self.reviews[:, UNITS // 2 :].sum(axis=1)  # counted as positive
        true_positive = said[1]
        right = true_positive + negative.sum() - said[0]
        values = np.arange(UNITS + 1) / UNITS
        epsilon = np.finfo(np.float32).eps
        clipped = values.clip(epsilon, 1 - epsilon)
        result = {
            "accuracy": right / total,
            "precision": true_positive / max(1, said.sum()),
            "recall": true_positive / max(1, positives),
            "f1": 2 * true_positive / max(1, said.sum() + positives),
        }
        if 0 < positives < total:
            below = np.cumsum(negative) - negative / 2  # negatives below each score, and half of those at it
            result["roc_auc"] = positive @ below / (positives * (total - positives))
        result["log_loss"] = -(positive @ np.log(clipped) + negative @ np.log1p(-clipped)) / total
        result["brier"] = (positive @ (1 - values) ** 2 + negative @ values**2) / total
        return {name: round(float(value), 6) for name, value in result.items()}
