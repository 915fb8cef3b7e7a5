"""Labelled reviews in a file, read strictly: a file with an error anywhere is refused.

pandas.read_csv silently shifts columns at an extra comma, merges rows at an unclosed quote and reads the
review "null" as a missing value.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from sentiment.data import label_values, labels, tables
from sentiment.data.label_values import canonical
from sentiment.data.layout import Layout
from sentiment.data.problems import Problems
from sentiment.errors import UserError

if TYPE_CHECKING:  # pandas takes half a second to import
    import pandas as pd


class Corpus(NamedTuple):
    """The reviews of a file, and how often each value occurs in its label column.

    reviews: in the file's order, text (str), label (int8, 1 is positive) and, if asked for, group (str).
    values: by label, 1 or 0, and by None for those that are dropped, the rows of each value, most frequent
        first; spellings that differ in case alone are one value, and count together.
    """

    reviews: pd.DataFrame
    values: dict[int | None, Counter[str]]

    @property
    def dropped(self) -> int:
        """The number of rows that are left out as their label is neither."""
        return self.values[None].total()


def read(path: str | Path, layout: Layout) -> Corpus:
    """Read the reviews of a table: CSV, or by its ending JSON Lines (.jsonl, .ndjson) or Parquet.

    `strict_csv` describes a CSV, `label_values` the labels; columns that `layout` does not name are ignored.
    Raises UserError, whose one line lists what is wrong where, if any row is invalid or one of the labels
    does not occur.
    """
    import pandas as pd

    columns = layout.columns
    for one, other in combinations(columns, 2):
        if columns[one] == columns[other]:
            raise UserError(f"{path}: {one} and {other} are both looked for in column {columns[one]!r}")
    hint = f"set {' and '.join(f'clean.{name}_column' for name in columns)} in params.yaml"
    rows, problems = [], Problems(path)
    for row in tables.read(Path(path), list(columns.values()), hint, layout.dialect):
        if problem := row.problem or _problem(row.values):
            problems.add(row.place, problem)
        else:
            rows.append(row.values)
    counts = Counter(_spelling(label) for _, label, *_ in rows)
    meaning = label_values.chosen(map(canonical, counts), layout.positive, layout.negative)
    values = _sort(counts, meaning)
    if values[None] and layout.other == "refuse":
        problems.add(
            f"column {layout.label_column!r}", label_values.misfits(values[None], values[0] + values[1])
        )
    problems.refuse()
    if not values[0] or not values[1]:
        raise UserError(f"{path}: {_one_sided(values)}; training needs positive and negative reviews")
    kept = list(_labelled(rows, meaning))
    return Corpus(pd.DataFrame(kept, columns=list(columns)).astype({"label": "int8"}), values)


def _problem(values: list) -> str | None:
    """What is wrong with the text and the group, if any, of a row."""
    text, _, *groups = values
    if not isinstance(text, str | None):
        return f"a review that is no text but {type(text).__name__}"
    if not text or not text.strip():
        return "an empty review"
    return "an empty group" if "" in map(_spelling, groups) else None


def _spelling(value: object) -> str:
    """A label or group as it is written, without white space around it; of a missing one, nothing."""
    return "" if value is None else str(value).strip()


def _sort(counts: Counter[str], meaning: dict[str, int]) -> dict[int | None, Counter[str]]:
    """The values in `counts` by the label that they mean, or by None; each in its most frequent spelling."""
    spelling: dict[str, str] = {}
    values: dict[int | None, Counter[str]] = {0: Counter(), 1: Counter(), None: Counter()}
    for value, count in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        name = spelling.setdefault(canonical(value), value)
        values[meaning.get(canonical(value))][name] += count
    return values


def _labelled(rows: Iterable[list], meaning: dict[str, int]) -> Iterable[tuple]:
    """Text, label and any group of the rows that have a label."""
    label_of = cache(lambda value: meaning.get(canonical(value)))
    for text, value, *groups in rows:
        if (label := label_of(_spelling(value))) is not None:
            yield text, label, *map(_spelling, groups)


def _one_sided(values: dict[int | None, Counter[str]]) -> str:
    """What is said of a corpus without one of the labels."""
    label = next((label for label in (0, 1) if values[label]), None)
    if label is None:
        return f"all labels are dropped: {label_values.listed(values[None])}" if values[None] else "no rows"
    return f"all {values[label].total():,} labels mean {labels.NAMES[label]}"
