"""Labelled reviews in a CSV file, read strictly: a file with an error anywhere is refused.

pandas.read_csv silently shifts columns at an extra comma, merges rows at an unclosed quote and reads the
review "null" as a missing value.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sentiment.data import labels, strict_csv
from sentiment.data.problems import Problems
from sentiment.errors import UserError

if TYPE_CHECKING:  # pandas takes half a second to import
    import pandas as pd


def read(path: str | Path, text_column: str, label_column: str) -> pd.DataFrame:
    """Return the reviews of a CSV file in its order: columns text (str) and label (int8, 1 is positive).

    `strict_csv` describes the file, `labels.parse` the labels; other columns are ignored. Raises UserError,
    whose one line lists the wrong lines, if any row is invalid or one of the labels does not occur.
    """
    import numpy as np
    import pandas as pd

    if text_column == label_column:
        raise UserError(f"{path}: text and label are both looked for in column {text_column!r}")
    if not Path(path).exists():
        raise UserError(f"{path}: no such file; name your CSV in params.yaml as data.csv")
    hint = "set text_column and label_column in params.yaml"
    header, rows = strict_csv.read(path, [text_column, label_column], hint)
    text_at, label_at = header.fields.index(text_column), header.fields.index(label_column)
    texts, values, problems = [], [], Problems(path)
    for row in rows:
        try:
            text, label = _parse(row, text_at, label_at)
        except ValueError as error:
            problems.add(f"line {row.line}", str(error))
        else:
            texts.append(text)
            values.append(label)
    problems.refuse()
    if len(set(values)) < 2:
        found = f"all {len(values)} labels mean {labels.NAMES[values[0]]}" if values else "no rows"
        raise UserError(f"{path}: {found}; training needs positive and negative reviews")
    return pd.DataFrame({"text": texts, "label": np.array(values, np.int8)})


def _parse(row: strict_csv.Record, text_at: int, label_at: int) -> tuple[str, int]:
    """Return text and label of a row; raises ValueError if it is invalid."""
    if row.problem:
        raise ValueError(row.problem)
    if not row.fields[text_at].strip():
        raise ValueError("an empty review")
    return row.fields[text_at], labels.parse(row.fields[label_at])
