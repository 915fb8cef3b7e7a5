"""Labelled reviews in a file, read strictly: a file with an error anywhere is refused.

pandas.read_csv silently shifts columns at an extra comma, merges rows at an unclosed quote and reads the
review "null" as a missing value.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING

from sentiment.data import tables
from sentiment.data.label_column import LabelColumn
from sentiment.data.layout import Layout
from sentiment.data.problems import Problems
from sentiment.errors import UserError

if TYPE_CHECKING:  # pandas takes half a second to import
    import pandas as pd

Review = tuple  # a text, the number of its label's value, and its group, if there are groups
ROWS, CHARACTERS = 2000, 2**22  # of a block, at most; the same corpus makes the same blocks


class Corpus:
    """A corpus in a file, in a folder of files or under a URL, which is read once.

    path: what it was called.
    labels: the values of its label column, all of them after the last block.
    """

    def __init__(self, path: str | Path, layout: Layout) -> None:
        """Raises UserError if there is nothing at `path`, or `layout` looks for two things in one column."""
        columns = layout.columns
        for one, other in combinations(columns, 2):
            if columns[one] == columns[other]:
                raise UserError(f"{path}: {one} and {other} are both looked for in column {columns[one]!r}")
        self.path, self._layout = str(path), layout
        self._files = tables.files(path)
        self.labels = LabelColumn(layout)

    def blocks(self) -> Iterator[list[Review]]:
        """Yield the reviews, some at a time; after the first error none, but all rows are looked at.

        `tables` says how files are read, `strict_csv` describes a CSV, `label_values` the labels; columns
        that the layout does not name are ignored. Raises UserError in the end, whose one line lists what is
        wrong where, if any row is invalid or one of the labels does not occur.
        """
        problems = Problems(self.path)
        block: list[Review] = []
        size = 0
        for review in self._reviews(problems):
            if problems.count or self.labels.refused:
                block = []  # the end will be an error
                continue
            block.append(review)
            size += len(review[0])
            if len(block) == ROWS or size > CHARACTERS:
                yield block
                block, size = [], 0
        self._check(problems)
        if block:
            yield block

    def _reviews(self, problems: Problems) -> Iterator[Review]:
        """Yield the reviews in rows without a problem, and add those of the others to `problems`."""
        columns = self._layout.columns
        hint = f"set {' and '.join(f'clean.{name}_column' for name in columns)} in params.yaml"
        for file in self._files:
            within = file.removeprefix(self.path).lstrip("/")
            for row in tables.read(file, list(columns.values()), hint, self._layout.dialect):
                if problem := row.problem or _problem(row.values):
                    problems.add(f"{within}, {row.place}" if within else row.place, problem)
                else:
                    text, value, *groups = row.values
                    yield text, self.labels.add(_spelling(value)), *map(_spelling, groups)

    def _check(self, problems: Problems) -> None:
        if misfits := self.labels.misfits():
            problems.add(f"column {self._layout.label_column!r}", misfits)
        problems.refuse()
        if one_sided := self.labels.one_sided():
            raise UserError(f"{self.path}: {one_sided}; training needs positive and negative reviews")


def read(path: str | Path, layout: Layout) -> pd.DataFrame:
    """Read a whole corpus into memory: text (str), label (int8, 1 is positive) and group (str), if asked for.

    Rows are in its order. Raises UserError as `Corpus` does.
    """
    import numpy as np
    import pandas as pd

    corpus = Corpus(path, layout)
    reviews = [review for block in corpus.blocks() for review in block]
    frame = pd.DataFrame(reviews, columns=list(layout.columns))
    frame["label"] = np.array(corpus.labels.labels, np.int8)[frame["label"]]
    return frame[frame["label"] >= 0].reset_index(drop=True)


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
