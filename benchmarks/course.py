"""Where every measured system starts, and how its accuracy grows over time from there."""

import time
from collections.abc import Callable

import numpy as np

from benchmarks.results import TOKENS
from sentiment import metrics
from sentiment.data import dataset
from sentiment.data.dataset import Reviews
from sentiment.data.vocabulary import Vocabulary

Curves = dict[str, list[tuple[float, float]]]  # by system: seconds, accuracy on the validation part


def load() -> tuple[Vocabulary, Reviews, Reviews]:
    """The vocabulary, the training part and the validation part."""
    vocabulary = Vocabulary.load(TOKENS / "vocabulary.json")
    return vocabulary, dataset.load(TOKENS / "train"), dataset.load(TOKENS / "validation")


class Course:
    """Accuracy on a validation part with these `labels`, int (n), over the seconds of work so far.

    The clock stands still while that part is scored.
    """

    def __init__(self, labels: np.ndarray):
        self.labels = np.asarray(labels)
        self.curves: Curves = {}
        self.start = time.monotonic()

    def look(self, logits: Callable[[], dict[str, np.ndarray]]) -> None:
        """Score what `logits` returns by system: float (n), positive above 0."""
        now = time.monotonic()
        for name, values in logits().items():
            accuracy = metrics.validation(self.labels, values)["validation_accuracy"]
            self.curves.setdefault(name, []).append((round(now - self.start, 2), accuracy))
            print(f"{now - self.start:6.0f} s  {accuracy:.1%}  {name}", flush=True)
        self.start += time.monotonic() - now
