"""What tables of texts have in common, whatever their file format.

Every row is checked before any is scored, and written as it was: scoring only adds two columns.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sentiment.data import labels
from sentiment.data.label_values import Labels
from sentiment.data.problems import Problems, shorten
from sentiment.errors import UserError

ADDED = ("probability", "predicted")
# A score is a probability in whole millionths, or ~ of it, which is negative, where the model abstained: the
# journal needs only one int for both.


@dataclass(frozen=True)
class Row:
    """A `text`, its `label` (1 positive, 0 negative, None if there is no label column), and the `raw` row."""

    text: str
    label: int | None
    raw: str = ""


class Table(ABC):
    """The file at `path`; set `label_column`, if there is one, before reading rows.

    `labels` are the model's; rows with others have no label if training, too, `drops_others`, else are wrong.
    """

    hint = "name yours with --text-column and --label-column"

    def __init__(self, path: Path, text_column: str, labels: Labels, drops_others: bool = False):
        self.path, self.text_column, self.label_column = path, text_column, ""
        self.labels, self.drops_others = labels, drops_others

    def check(self) -> int:
        """Read the whole file and return its number of rows; raises UserError if any row is wrong."""
        problems = Problems(self.path)
        rows = sum(1 for _ in self.rows(problems))
        problems.refuse()
        return rows

    def check_columns(self, columns: list[str], place: str = "") -> None:
        """Raise UserError unless `columns` include those to be read and lack those to be added."""
        wanted = [self.text_column, self.label_column] if self.label_column else [self.text_column]
        if self.text_column == self.label_column:
            raise UserError(f"{self.path}: text and label are both looked for in column {self.text_column!r}")
        if missing := [shorten(name) for name in wanted if name not in columns]:
            found = ", ".join(map(shorten, columns[:20]))
            message = f"no column {' and no '.join(missing)}; its columns are {found}; {self.hint}"
            raise UserError(f"{self.path}: {place}{message}")
        if existing := [name for name in ADDED if name in columns]:
            raise UserError(f"{self.path}: {place}{already_present(existing[0])}")

    def parse_label(self, value: object) -> tuple[int | None, str | None]:
        """Return the label in a cell, or None, and what is wrong with it if anything is."""
        try:
            return self.labels.parse(value), None
        except ValueError as error:
            return None, None if self.drops_others else f"{error} (--label-column '' for none)"

    @abstractmethod
    def columns(self) -> list[str]:
        """Return the names of the columns."""

    @abstractmethod
    def rows(self, problems: Problems) -> Iterator[Row]:
        """Yield the valid rows; add the others to `problems`."""

    @abstractmethod
    def write(self, path: Path, rows: Iterable[tuple[Row, int]]) -> None:
        """Write the table to `path`, with the score of each row."""


def format_score(score: int, names: np.ndarray) -> tuple[str, str | None]:
    """Return the probability with six decimals, and the label by its name, None where the model abstained."""
    probability = max(score, ~score) / labels.MILLION
    label = str(names[labels.decide(probability)]) if score >= 0 else None
    return f"{probability:.6f}", label


def already_present(name: str) -> str:
    """Return the message that a table, or a row, already has one of the columns to be added."""
    return f"has a column {name!r} already, which scoring adds; rename it or drop it"
