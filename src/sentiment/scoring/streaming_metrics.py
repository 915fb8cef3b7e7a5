"""Metrics of a classifier over any number of rows, in constant memory."""

import numpy as np

from sentiment.data import labels


class StreamingMetrics:
    """Histograms of the probabilities, in millionths, of the negative and of the positive reviews.

    Reviews where the model abstained have histograms of their own: without a predicted label, they count as
    wrong in accuracy and recall. The metrics of probabilities take them like all others.
    """

    def __init__(self) -> None:
        self.counts = np.zeros((2, 2, labels.MILLION + 1), np.int64)  # by abstained, label, probability

    def update(self, label: int, score: int) -> None:
        """Add a review by its label (1 positive, 0 negative) and its score, as `tables` describes it."""
        self.counts[int(score < 0), label, max(score, ~score)] += 1

    def __getstate__(self) -> tuple[np.ndarray, np.ndarray]:
        """Pickle the counts that are not zero: of a few reviews, few of the four million."""
        places = np.flatnonzero(self.counts)
        return places, self.counts.flat[places]

    def __setstate__(self, state: tuple[np.ndarray, np.ndarray]) -> None:
        self.__init__()  # type: ignore[misc]
        self.counts.flat[state[0]] = state[1]

    def result(self) -> dict[str, float]:
        """Return the metrics as in `sentiment.metrics`; ROC AUC only if both labels occur.

        `log_loss` is in nats, with probabilities clipped to the resolution of float32.
        """
        labelled = self.counts[0]  # by the model
        negative, positive = self.counts.sum(axis=0)
        total, positives = self.counts.sum(), positive.sum()
        probability = np.arange(labels.MILLION + 1) / labels.MILLION
        false_positives, true_positives = labelled @ labels.decide(probability)
        predicted = false_positives + true_positives
        epsilon = np.finfo(np.float32).eps
        clipped = probability.clip(epsilon, 1 - epsilon)
        result = {
            "accuracy": (true_positives + labelled[0].sum() - false_positives) / total,
            "precision": true_positives / max(1, predicted),
            "recall": true_positives / max(1, positives),
            "f1": 2 * true_positives / max(1, predicted + positives),
        }
        if 0 < positives < total:
            below = np.cumsum(negative) - negative / 2  # negatives with a lower score, ties counted half
            result["roc_auc"] = positive @ below / (positives * (total - positives))
        result["log_loss"] = -(positive @ np.log(clipped) + negative @ np.log1p(-clipped)) / total
        result["brier"] = (positive @ (1 - probability) ** 2 + negative @ probability**2) / total
        return {name: round(float(value), 6) for name, value in result.items()}
