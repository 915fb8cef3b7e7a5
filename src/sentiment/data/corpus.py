"""Labelled reviews in a CSV file, read strictly: a file that is wrong anywhere is refused whole.

pandas.read_csv shifts columns at an extra comma, merges rows at an unclosed quote and takes the
review "null" for a missing value, all in silence; so this stands on Python's own csv module.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sentiment.data import strict_csv
from sentiment.errors import UserError

if TYPE_CHECKING:  # pandas takes half a second to import: only `read` pays for it
    import pandas as pd

LABELS = {"positive": 1, "negative": 0, "1": 1, "0": 0}


def read(path: str | Path, text_column: str, label_column: str) -> pd.DataFrame:
    """Return the reviews of a CSV file, in its order: columns text (str) and label (int8, 1 positive).

    The file is one that `strict_csv` reads; other columns besides will do. Labels are positive and
    negative or 1 and 0, in any case. Raises UserError, in one line that names every wrong line, for
    anything else.
    """
    import numpy as np
    import pandas as pd

    if text_column == label_column:
        raise UserError(f"{path}: text and label are both looked for in column {text_column!r}")
    if not Path(path).exists():
        raise UserError(f"{path}: no such file; name your CSV in params.yaml as data.csv")
    records = strict_csv.records(strict_csv.lines(path))
    hint = "set text_column and label_column in params.yaml"
    names = strict_csv.header(path, records, [text_column, label_column], hint).fields
    text_at, label_at = names.index(text_column), names.index(label_column)
    texts, labels, problems = [], [], strict_csv.Problems(path)
    for record in filter(strict_csv.filled, records):
        if problem := record.problem or _problem(record.fields, len(names), text_at, label_at):
            problems.add(f"line {record.line}", problem)
        else:
            texts.append(record.fields[text_at])
            labels.append(label(record.fields[label_at]))
    problems.refuse()
    if len(set(labels)) < 2:
        found = (
            f"all {len(labels)} labels mean {'positive' if labels[0] else 'negative'}"
            if labels
            else "no rows"
        )
        raise UserError(f"{path}: {found}; it takes positive and negative reviews to learn from")
    return pd.DataFrame({"text": texts, "label": np.array(labels, np.int8)})


def label(value: str) -> int | None:
    """1 for positive, 0 for negative, None for what is no label."""
    return LABELS.get(value.strip().lower())


def no_label(value: str) -> str:
    """The message that a value is no label."""
    return f"label {strict_csv.short(value)} is none of positive, negative, 1, 0"


def _problem(fields: list[str], width: int, text_at: int, label_at: int) -> str | None:
    """What is wrong with a record, if anything."""
    if wrong := strict_csv.wrong_width(fields, width):
        return wrong
    if not fields[text_at].strip():
        return "an empty review"
    return no_label(fields[label_at]) if label(fields[label_at]) is None else None
