"""The label column of a corpus that is read row by row: its values are counted, and told apart at the end."""

from collections import Counter

from sentiment.data import label_values, labels
from sentiment.data.label_values import canonical
from sentiment.data.layout import Layout


class LabelColumn:
    """The values of a label column.

    Which of them mean positive and negative is known only when all are: by `layout`, or by what is usual. So
    each row gets the number of its value, and each number a label in the end.
    """

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._counts: Counter[str] = Counter()
        self._numbers: dict[str, int] = {}
        self.refused = False  # whether it has a value that the layout does not allow

    def add(self, value: str) -> int:
        """Count a row with this value, and return the value's number."""
        self._counts[value] += 1
        if value not in self._numbers:
            self._numbers[value] = len(self._numbers)
            if self._layout.other == "refuse" and not self.refused:
                self.refused = -1 in self.labels
        return self._numbers[value]

    @property
    def labels(self) -> list[int]:
        """The label of each number: 1 for positive, 0 for negative, -1 for neither."""
        meaning = self._meaning()
        return [meaning.get(canonical(value), -1) for value in self._numbers]

    @property
    def values(self) -> dict[int | None, Counter[str]]:
        """By label, 1 or 0, and by None for those that are dropped, the rows of each value.

        The most frequent come first; spellings that differ in case alone are one value, and count together.
        """
        meaning = self._meaning()
        spelling: dict[str, str] = {}
        values: dict[int | None, Counter[str]] = {0: Counter(), 1: Counter(), None: Counter()}
        for value, count in sorted(self._counts.items(), key=lambda item: (-item[1], item[0])):
            name = spelling.setdefault(canonical(value), value)
            values[meaning.get(canonical(value))][name] += count
        return values

    def misfits(self) -> str | None:
        """What to tell of values that the layout does not allow; None if there are none."""
        if not self.refused:
            return None
        values = self.values
        return label_values.misfits(values[None], values[0] + values[1])

    def one_sided(self) -> str | None:
        """What to tell of a column without one of the labels; None if it has both."""
        values = self.values
        found = [label for label in (0, 1) if values[label]]
        if len(found) == 2:
            return None
        if found:
            return f"all {values[found[0]].total():,} labels mean {labels.NAMES[found[0]]}"
        return f"all labels are dropped: {label_values.listed(values[None])}" if values[None] else "no rows"

    def _meaning(self) -> dict[str, int]:
        layout = self._layout
        return label_values.chosen(map(canonical, self._counts), layout.positive, layout.negative)
