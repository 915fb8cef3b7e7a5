"""Labelled reviews in a CSV file, read strictly: a file that is wrong anywhere is refused whole.

pandas.read_csv shifts columns at an extra comma, merges rows at an unclosed quote and takes the
review "null" for a missing value, all in silence; so this stands on Python's own csv module.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from sentiment.console import UserError

if TYPE_CHECKING:  # pandas takes half a second to import: only `read` pays for it
    import pandas as pd

LABELS = {"positive": 1, "negative": 0, "1": 1, "0": 0}
SHOWN = 10  # problems that an error message lists

UNICODE_MARKS = {  # UTF-32 first: its mark begins with that of UTF-16
    b"\xff\xfe\0\0": "UTF-32",
    b"\0\0\xfe\xff": "UTF-32",
    b"\xff\xfe": "UTF-16",
    b"\xfe\xff": "UTF-16",
}
ARCHIVE_MARKS = (b"PK\x03\x04", b"\x1f\x8b")  # zip, gzip

# A field and what ends it. No match means that a quote was opened and not closed as it should be.
FIELD = re.compile(r'(?:"[^"]*(?:""[^"]*)*"|(?!")[^,\r\n]*)(?:,|\r\n|\r|\n|\Z)')


def read(path: str | Path, text_column: str, label_column: str) -> pd.DataFrame:
    """Return the reviews of a CSV file, in its order: columns text (str) and label (int8, 1 positive).

    The file is RFC 4180 in UTF-8, with or without a byte-order mark; any line ends will do, and so
    will other columns besides. Labels are positive and negative or 1 and 0, in any case. Raises
    UserError, in one line that names every wrong line, for anything else.
    """
    import numpy as np
    import pandas as pd

    if text_column == label_column:
        raise UserError(f"{path}: text and label are both looked for in column {text_column!r}")
    lines = _lines(path)
    records = _records(lines)
    width, text_at, label_at = _header(path, records, text_column, label_column)
    texts, labels, problems = [], [], []
    for line, fields in records:
        problem = _problem(fields, width, text_at, label_at)
        if problem:
            problems.append(f"line {line}: {problem}")
        else:
            texts.append(fields[text_at])
            labels.append(LABELS[fields[label_at].strip().lower()])
    if problems:
        more = f"; and {len(problems) - SHOWN} more" if len(problems) > SHOWN else ""
        raise UserError(f"{path}: {'; '.join(problems[:SHOWN])}{more}")
    if len(set(labels)) < 2:
        found = (
            f"all {len(labels)} labels mean {'positive' if labels[0] else 'negative'}"
            if labels
            else "no rows"
        )
        raise UserError(f"{path}: {found}; it takes positive and negative reviews to learn from")
    return pd.DataFrame({"text": texts, "label": np.array(labels, np.int8)})


def _lines(path: str | Path) -> list[str]:
    """The lines of a UTF-8 file with their ends, which are \\n, \\r\\n or \\r."""
    try:
        data = Path(path).read_bytes()
    except FileNotFoundError:
        raise UserError(f"{path}: no such file; name your CSV in params.yaml as data.csv") from None
    except IsADirectoryError:
        raise UserError(f"{path}: a folder, not a CSV file") from None
    if data.startswith(ARCHIVE_MARKS):
        raise UserError(f"{path}: a compressed archive; unpack it and name the CSV inside")
    for mark, encoding in UNICODE_MARKS.items():
        if data.startswith(mark):
            raise UserError(f"{path}: not UTF-8 but {encoding}; {_conversion(path, encoding)}")
    data = data.removeprefix(b"\xef\xbb\xbf")
    if b"\0" in data:
        line = len(data[: data.index(b"\0") + 1].splitlines())
        raise UserError(f"{path}: line {line}: a NUL byte; is this a CSV file, and in UTF-8?")
    try:
        return [line.decode() for line in data.splitlines(keepends=True)]
    except UnicodeDecodeError:
        line = next(number for number, line in enumerate(data.splitlines(), 1) if not _is_utf8(line))
        guess = "not UTF-8 (looks like Latin-1/Windows-1252)"
        raise UserError(f"{path}: line {line}: {guess}; {_conversion(path, 'WINDOWS-1252')}") from None


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True


def _conversion(path: str | Path, encoding: str) -> str:
    return f'convert it: iconv -f {encoding} -t UTF-8 "{path}" > utf8.csv'


def _records(lines: list[str]) -> Iterator[tuple[int, list[str] | str]]:
    """Yield each record's first line number with its fields or, in their stead, what is wrong.

    Blank lines are passed over. A quote gone wrong hides no other line's mistakes: reading starts
    anew where it showed, or just below the quote where it never did.
    """
    csv.field_size_limit(2**31 - 1)  # the default, 128 KiB, is short for a review
    start = 0
    while start < len(lines):
        reader = csv.reader(map(lines.__getitem__, range(start, len(lines))), strict=True)
        first = start
        try:
            for fields in reader:
                if fields:
                    yield first + 1, fields
                first = start + reader.line_num
            return
        except csv.Error as error:
            last = start + reader.line_num - 1
            opened = _bad_quote(lines, first, last)
            if "end of data" in str(error):
                yield opened + 1, "the quote that opens here is never closed"
                start = opened + 1
            elif opened < last:
                yield (
                    opened + 1,
                    f"the quote that opens here is not closed before more text in line {last + 1}",
                )
                start = last
            else:
                yield opened + 1, "text after a closing quote (a quote within a review is written twice)"
                start = last + 1


def _bad_quote(lines: list[str], first: int, last: int) -> int:
    """The index of the line where the field starts that csv could not read in lines first to last."""
    text = "".join(lines[first : last + 1])
    position = 0
    while field := FIELD.match(text, position):
        position = field.end()
    while position >= len(lines[first]):
        position -= len(lines[first])
        first += 1
    return first


def _header(path: str | Path, records: Iterator, text_column: str, label_column: str) -> tuple[int, int, int]:
    """The number of columns, and the indices of text and label among them."""
    line, names = next(records, (0, None))
    if names is None:
        raise UserError(f"{path}: an empty file; expected a header with {text_column!r} and {label_column!r}")
    if isinstance(names, str):
        raise UserError(f"{path}: line {line}: {names}")
    found = ", ".join(_short(name) for name in names[:20]) + (", ..." if len(names) > 20 else "")
    if repeated := sorted({name for name in names if names.count(name) > 1}):
        raise UserError(
            f"{path}: line {line}: column {_short(repeated[0])} occurs twice; its columns are {found}"
        )
    if missing := [_short(name) for name in (text_column, label_column) if name not in names]:
        raise UserError(
            f"{path}: line {line}: no column {' and no '.join(missing)}; its columns are {found}; "
            "set text_column and label_column in params.yaml"
        )
    return len(names), names.index(text_column), names.index(label_column)


def _problem(fields: list[str] | str, width: int, text_at: int, label_at: int) -> str | None:
    """What is wrong with a record, if anything."""
    if isinstance(fields, str):
        return fields
    if len(fields) != width:
        return f"expected {width} fields, found {len(fields)}"
    if not fields[text_at].strip():
        return "an empty review"
    if fields[label_at].strip().lower() not in LABELS:
        return f"label {_short(fields[label_at])} is none of positive, negative, 1, 0"
    return None


def _short(value: str) -> str:
    return repr(value if len(value) <= 40 else value[:37] + "...")
