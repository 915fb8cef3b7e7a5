"""Labelled reviews in a CSV file, read strictly: a file with an error anywhere is refused.

pandas.read_csv silently shifts columns at an extra comma, merges rows at an unclosed quote and reads the
review "null" as a missing value.
"""

from __future__ import annotations

from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING

from sentiment.data import labels, strict_csv
from sentiment.data.problems import Problems
from sentiment.errors import UserError

if TYPE_CHECKING:  # pandas takes half a second to import
    import pandas as pd


def read(path: str | Path, text_column: str, label_column: str, group_column: str = "") -> pd.DataFrame:
    """Return the reviews of a CSV file in its order: columns text (str) and label (int8, 1 is positive).

    If a `group_column` is named, there is also the column group (str, without white space around it).
    `strict_csv` describes the file, `labels.parse` the labels; other columns are ignored. Raises UserError,
    whose one line lists the wrong lines, if any row is invalid or one of the labels does not occur.
    """
    import pandas as pd

    columns = {"text": text_column, "label": label_column}
    if group_column:
        columns["group"] = group_column
    for one, other in combinations(columns, 2):
        if columns[one] == columns[other]:
            raise UserError(f"{path}: {one} and {other} are both looked for in column {columns[one]!r}")
    if not Path(path).exists():
        raise UserError(f"{path}: no such file; name your CSV in params.yaml as data.csv")
    hint = f"set {' and '.join(f'{name}_column' for name in columns)} in params.yaml"
    header, rows = strict_csv.read(path, list(columns.values()), hint)
    places = [header.fields.index(column) for column in columns.values()]
    reviews, problems = [], Problems(path)
    for row in rows:
        try:
            reviews.append(_parse(row, places))
        except ValueError as error:
            problems.add(f"line {row.line}", str(error))
    problems.refuse()
    found = {review[1] for review in reviews}
    if len(found) < 2:
        what = f"all {len(reviews)} labels mean {labels.NAMES[found.pop()]}" if found else "no rows"
        raise UserError(f"{path}: {what}; training needs positive and negative reviews")
    return pd.DataFrame(reviews, columns=list(columns)).astype({"label": "int8"})


def _parse(row: strict_csv.Record, places: list[int]) -> tuple[str | int, ...]:
    """Return text, label and, if it has a place, group of a row; raises ValueError if it is invalid."""
    if row.problem:
        raise ValueError(row.problem)
    text, label, *groups = (row.fields[place] for place in places)
    if not text.strip():
        raise ValueError("an empty review")
    groups = [group.strip() for group in groups]
    if "" in groups:
        raise ValueError("an empty group")
    return text, labels.parse(label), *groups
