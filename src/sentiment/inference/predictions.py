"""What a model answers: arrays with one entry for each text."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from sentiment.data.labels import NAMES, decide
from sentiment.inference.abstention import UNTOLD

if TYPE_CHECKING:
    import pandas

SHOWN = 5  # predictions in a repr


@dataclass(frozen=True, repr=False)
class Predictions:
    """The predictions for n texts.

    probability: float32 (n), that the text is positive.
    unknown_share: float32 (n), the share of the tokens read that the vocabulary lacks.
    truncated: bool (n), whether the text was too long, and lost its middle.
    abstained: bool (n), whether the model knows no word of it, and so cannot tell.
    names: str (2), what the model's corpus calls negative and positive.
    """

    probability: np.ndarray
    unknown_share: np.ndarray
    truncated: np.ndarray
    abstained: np.ndarray
    names: np.ndarray = field(default_factory=lambda: NAMES)

    @property
    def label(self) -> np.ndarray:
        """The name of the label that each probability means, empty if abstained: str (n)."""
        return np.where(self.abstained, "", self.names[decide(self.probability)])

    def to_frame(self, index: "Iterable | None" = None) -> "pandas.DataFrame":
        """Return a table with a row for each text and a missing label where the model abstained.

        `index` is that of the texts, if they had one, so that `join` finds them. Needs pandas.
        """
        import pandas

        columns = ("probability", "unknown_share", "truncated", "abstained")
        label = [label or None for label in self.label.tolist()]
        arrays = {name: getattr(self, name) for name in columns}
        return pandas.DataFrame({"label": label, **arrays}, index=index)

    def __len__(self) -> int:
        return len(self.probability)

    def __repr__(self) -> str:
        labels, probabilities = self.label[:SHOWN].tolist(), self.probability[:SHOWN].tolist()
        pairs = zip(labels, probabilities, strict=True)
        shown = [f"{probability:.1%} {label or UNTOLD}" for label, probability in pairs]
        more = ["..."] if len(self) > SHOWN else []
        return f"<Predictions, n={len(self)}, P({self.names[1]}): {', '.join([*shown, *more])}>"
