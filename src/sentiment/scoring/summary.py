"""What came of scoring: how many texts got which label, and the metrics by the labels that they had."""

from collections import Counter
from collections.abc import Iterable, Iterator

import numpy as np

from sentiment.inference.abstention import UNTOLD
from sentiment.scoring.streaming_metrics import StreamingMetrics
from sentiment.scoring.tables import Row, format_score


class Summary:
    """Counts of the predicted labels, and metrics by those in the `label_column`, if there is one."""

    def __init__(self, names: np.ndarray, label_column: str = "") -> None:
        self.names, self.label_column = names, label_column
        self.predicted: Counter[str | None] = Counter()
        self.metrics = StreamingMetrics()

    def count(self, rows: Iterable[tuple[Row, int]]) -> Iterator[tuple[Row, int]]:
        """Yield the scored `rows`, and count them."""
        for row, score in rows:
            self.predicted[format_score(score, self.names)[1]] += 1
            if row.label is not None:
                self.metrics.update(row.label, score)
            yield row, score

    def add(self, other: "Summary") -> None:
        """Add what came of other rows."""
        self.predicted.update(other.predicted)
        self.metrics.counts += other.metrics.counts
        self.label_column = self.label_column or other.label_column

    def print(self) -> None:
        """Print the counts, and the metrics if there are labels."""
        counts = [f"{self.predicted[label]:,} {label or UNTOLD}" for label in (*self.names[::-1], None)]
        print(", ".join(counts))
        if self.label_column and self.metrics.counts.any():
            print(f"by the labels in column {self.label_column!r}, where {UNTOLD} is wrong:")
            for name, value in self.metrics.result().items():
                print(f"  {name:10}{value:.4f}")
