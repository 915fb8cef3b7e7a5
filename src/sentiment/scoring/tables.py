"""What tables of texts have in common, whatever kind of file they are in.

What is read is checked, and what was there is written as it was: only two columns are new.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from sentiment.data import corpus, strict_csv
from sentiment.data.strict_csv import Problems
from sentiment.errors import UserError

ADDED = ("probability", "predicted")
UNITS = 1_000_000  # a score is a probability in whole millionths: the six decimals that are written
BLANK = -1  # the score of a text with nothing in it


@dataclass(frozen=True)
class Row:
    """A `text`, its `label` (1 positive, 0 negative, None without label column), and the row as it stands."""

    text: str
    label: int | None
    raw: str = ""


class Table(ABC):
    """The file at `path`; `label_column` may be set once `columns` is known."""

    hint = "name yours with --text-column and --label-column"

    def __init__(self, path: Path, text_column: str):
        self.path, self.text_column, self.label_column = path, text_column, ""

    def check(self) -> int:
        """Read the whole file and return how many rows it has; raises UserError where one is wrong."""
        problems = Problems(self.path)
        rows = sum(1 for _ in self.rows(problems))
        problems.refuse()
        return rows

    def check_columns(self, columns: list[str], place: str = "") -> None:
        """Raise UserError unless `columns` hold those that are read, and not those to be added."""
        wanted = [self.text_column, self.label_column] if self.label_column else [self.text_column]
        if self.text_column == self.label_column:
            raise UserError(f"{self.path}: text and label are both looked for in column {self.text_column!r}")
        if missing := [strict_csv.short(name) for name in wanted if name not in columns]:
            found = ", ".join(map(strict_csv.short, columns[:20]))
            message = f"no column {' and no '.join(missing)}; its columns are {found}; {self.hint}"
            raise UserError(f"{self.path}: {place}{message}")
        if there := [name for name in ADDED if name in columns]:
            raise UserError(f"{self.path}: {place}{has_already(there[0])}")

    @abstractmethod
    def columns(self) -> list[str]:
        """The names of its columns."""

    @abstractmethod
    def rows(self, problems: Problems) -> Iterator[Row]:
        """Yield the rows; those that are wrong go to `problems`."""

    @abstractmethod
    def write(self, path: Path, rows: Iterable[tuple[Row, int]]) -> None:
        """Write the table to `path` with the score of each row."""


def shown(score: int) -> tuple[str, str] | tuple[None, None]:
    """A score as it is written: the probability of positive with six decimals, and the label."""
    if score == BLANK:
        return None, None
    return f"{score / UNITS:.6f}", "positive" if 2 * score >= UNITS else "negative"


def label_in(value: object) -> tuple[int | None, str | None]:
    """The label that a cell holds, or what is wrong with it."""
    label = corpus.label(str(value))
    if label is None:
        return None, f"{corpus.no_label(str(value))} (--label-column '' for none)"
    return label, None


def has_already(name: str) -> str:
    """The message that a table, or a row, has a column to be added."""
    return f"has a column {name!r} already, which scoring adds; rename it or drop it"
