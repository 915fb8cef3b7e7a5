"""A look at a file of labelled reviews: which of its columns hold texts and labels, and what these mean."""

from collections import Counter
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from sentiment.data import label_values, strict_csv, tables
from sentiment.data.csv_header import DELIMITERS, Dialect
from sentiment.data.label_values import NUMBER, canonical
from sentiment.errors import UserError

LINES = 20  # of a CSV, by which its delimiter is found
VALUES = 20  # distinct ones that a column of labels has, at most
LABEL_NAMES = ("sentiment", "label", "labels", "polarity", "rating", "stars", "score", "target", "class")


@dataclass
class Column:
    """What was seen of a column: its rows, their characters, and its first few distinct values with rows."""

    name: str
    rows: int = 0
    characters: int = 0
    values: Counter[str] = field(default_factory=Counter)

    def add(self, value: object) -> None:
        """See one more value."""
        text = "" if value is None else str(value).strip()
        self.rows += 1
        self.characters += len(text)
        if text in self.values or len(self.values) <= VALUES:
            self.values[text] += 1

    @property
    def is_text(self) -> bool:
        """Whether it can hold reviews: many distinct values, not all of which are numbers."""
        return not all(map(NUMBER.fullmatch, self.values))

    def fits_labels(self) -> int:
        """How well it could hold labels: from 0, not at all, to 3, by values and name."""
        values = {canonical(value) for value in self.values} - {""}
        if not 2 <= len(values) <= VALUES or len(self.values) > VALUES:
            return 0
        known = label_values.usual(values)
        understood = {known[value] for value in values if value in known} == {0, 1}
        return 2 * understood + (self.name.strip().lower() in LABEL_NAMES) or int(len(values) == 2)


def delimiter(path: Path, encoding: str) -> str:
    """The delimiter of a CSV, as in params.yaml: by it, the first lines have the most fields, all alike."""
    widths = {}
    for candidate in DELIMITERS:
        records = strict_csv.records(path, Dialect(candidate, encoding, settable=True))
        some = list(islice(records, LINES))
        found = {len(record.fields) for record in some if record.fields or record.problem}
        widths[candidate] = found.pop() if len(found) == 1 else 0
    return DELIMITERS[max(widths, key=lambda one: widths[one])]


def columns(path: Path, dialect: Dialect) -> list[Column]:
    """Look at all columns whose name occurs once; raises UserError where the file cannot be read."""
    names = tables.names(path, dialect)
    found = [Column(name) for name in names if names.count(name) == 1 and name.strip()]
    for row in tables.read(path, [column.name for column in found], "", dialect):
        if row.problem:
            raise UserError(f"{path}: {row.place}: {row.problem}")
        for column, value in zip(found, row.values, strict=True):
            column.add(value)
    return found
