"""What a CSV file is like: what separates its fields, its encoding, and its header."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from sentiment.data.label_values import NUMBER, WORDS
from sentiment.data.problems import shorten

if TYPE_CHECKING:
    from sentiment.data.strict_csv import Record

DELIMITERS = {",": ",", ";": ";", "\t": "tab", "|": "|"}  # by character, the names in params.yaml


@dataclass(frozen=True)
class Dialect:
    """What differs between CSV files.

    delimiter: the character between two fields.
    encoding: one that Python knows.
    settable: whether params.yaml can name others, which errors then advise.
    """

    delimiter: str = ","
    encoding: str = "utf-8"
    settable: bool = False

    @cached_property
    def field(self) -> re.Pattern[str]:
        """A field and what ends it. It does not match where a quote is not closed as it should be."""
        end = re.escape(self.delimiter)
        return re.compile(rf'(?:"[^"]*(?:""[^"]*)*"|(?!")[^{end}\r\n]*)(?:{end}|\r\n|\r|\n|\Z)')


COMMAS = Dialect()


def problem(
    path: str | Path, header: Record, columns: list[str], hint: str, dialect: Dialect = COMMAS
) -> str | None:
    """What is wrong with the `header` of a file from which `columns` are to be read, and what to do about it.

    Advises as `hint` does, how to name other columns, where the header does not show what the matter is.
    """
    wrong = header.problem or wrong_columns(header.fields, columns)
    if wrong is None:
        return None
    advice = _advice(path, header, columns, dialect) or ("" if header.problem else hint)
    return f"{wrong}; {advice}".removesuffix("; ")


def wrong_columns(names: list[str], columns: list[str]) -> str | None:
    """Which of the `columns` to be read the `names` of a table's columns lack or repeat; None if none."""
    found = ", ".join(map(shorten, names[:20])) + (", ..." if len(names) > 20 else "")
    if repeated := [name for name in columns if names.count(name) > 1]:
        return f"column {shorten(repeated[0])} occurs twice; its columns are {found}"
    if missing := [shorten(name) for name in columns if name not in names]:
        return f"no column {' and no '.join(missing)}; its columns are {found}"
    return None


def _advice(path: str | Path, header: Record, columns: list[str], dialect: Dialect) -> str | None:
    if other := likely_delimiter(header, columns, dialect.delimiter):
        setting = f'set clean.delimiter: "{DELIMITERS[other]}" in params.yaml'
        return f"separated by {other!r}? {setting if dialect.settable else 'convert it to commas'}"
    return no_header(path, header.fields, dialect.delimiter)


def likely_delimiter(header: Record, columns: list[str], delimiter: str) -> str | None:
    """The delimiter that makes more sense of a `header` than the given one, if there is any."""
    for other in DELIMITERS:
        try:
            fields = next(csv.reader([header.raw.rstrip("\r\n")], delimiter=other), [])
        except csv.Error:  # such as a line end in a field without quotes
            continue
        if (
            other != delimiter
            and len(fields) > 1
            and (len(header.fields) <= 1 or set(columns) <= set(fields))
        ):
            return other
    return None


def no_header(path: str | Path, names: list[str], delimiter: str) -> str | None:
    """What to do if `names` in a header look like a row's fields: labels, numbers or sentences; or None."""
    if not any(name.lower() in WORDS or NUMBER.fullmatch(name) or len(name.split()) > 4 for name in names):
        return None
    some = [f"name{number}" for number in range(1, len(names) + 1)]
    named = delimiter.join(some if len(some) <= 10 else [*some[:2], "..."])
    add = f'(echo "{named}"; cat "{path}") > with-header.csv'
    return f"is there no header? add one that names all columns: {add}"
