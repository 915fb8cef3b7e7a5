"""CSV read strictly and record by record, in memory that does not grow with the file.

The file is as in RFC 4180, with or without a byte-order mark and with any line ends; `Dialect` says what
separates its fields, and its encoding. Errors name the line. Records are parsed by Python's own csv module.
"""

import csv
import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from sentiment.data import csv_header
from sentiment.data.csv_header import COMMAS, Dialect
from sentiment.data.text_file import LONGEST, lines, size
from sentiment.errors import UserError


@dataclass(frozen=True)
class Record:
    """One record of a CSV file.

    line: number of its first line.
    raw: its text in the file, with the line end.
    fields: empty where there is a problem.
    problem: what is wrong with the record, or None.
    """

    line: int
    raw: str
    fields: list[str]
    problem: str | None = None


def read(
    path: str | Path, columns: list[str], hint: str, dialect: Dialect = COMMAS
) -> tuple[Record, Iterator[Record]]:
    """Return the header and an iterator over the rows, without blank lines.

    A row that cannot be parsed, or has not as many fields as the header, has a `problem`. Raises UserError if
    the header lacks one of `columns`, with a `hint` how to name others, or repeats it.
    """
    rows = records(path, dialect)
    header = next(rows, None)
    if header is None:
        expected = " and ".join(map(repr, columns)) or "the names of its columns"
        raise UserError(f"{path}: an empty file; expected a header with {expected}")
    if problem := csv_header.problem(path, header, columns, hint, dialect):
        raise UserError(f"{path}: line {header.line}: {problem}")
    return header, (_checked(row, len(header.fields)) for row in rows)


def _checked(row: Record, width: int) -> Record:
    if row.problem or len(row.fields) == width:
        return row
    return replace(row, problem=f"expected {width} fields, found {len(row.fields)}")


def records(path: str | Path, dialect: Dialect = COMMAS) -> Iterator[Record]:
    """Yield all records of a CSV file, without blank lines.

    After a record that cannot be parsed, reading resumes at the line where the error showed, or below the
    line of the opening quote if that is never closed, so that no error hides another.
    """
    csv.field_size_limit(2**31 - 1)  # the default, 128 KiB, is short for a review
    source = _Lines(lines(path, "CSV", dialect.encoding, dialect.settable))
    while True:
        try:
            for fields in csv.reader(source, strict=True, delimiter=dialect.delimiter):
                line, raw = source.take()
                if fields:
                    yield Record(line, raw, fields)
            return
        except (csv.Error, _TooLong) as error:
            yield _broken_record(source, error, dialect.field)


class _Lines:
    """The lines of a file as an iterator for csv.reader, which keeps those of the current record."""

    def __init__(self, source: Iterator[str]):
        self.source = source
        self.pushed_back: deque[str] = deque()
        self.record: list[str] = []
        self.first, self.size = 1, 0  # number of the record's first line, bytes of the record

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line = self.pushed_back.popleft() if self.pushed_back else next(self.source)
        self.record.append(line)
        self.size += size(line)
        if self.size > LONGEST:
            raise _TooLong
        return line

    def take(self, count: int | None = None) -> tuple[int, str]:
        """End the record after `count` lines, or all; return the number of its first line, and its text."""
        taken, first = self.record, self.first
        if count is not None:
            taken = taken[:count]
            self.pushed_back.extendleft(reversed(self.record[count:]))
        self.record, self.first, self.size = [], first + len(taken), 0
        return first, "".join(taken)


class _TooLong(Exception):
    """A record has more than LONGEST bytes: probably, a quote in it was not closed."""


def _broken_record(source: _Lines, error: Exception, field: re.Pattern[str]) -> Record:
    """Return the record in which csv.reader raised `error`; `source` is left at the line to resume at."""
    opened, last = _broken_line(source.record, field), len(source.record) - 1
    if isinstance(error, _TooLong):
        problem, count = f"the quote that opens here is not closed within {LONGEST:,} bytes", opened + 1
    elif "end of data" in str(error):
        problem, count = "the quote that opens here is never closed", opened + 1
    elif opened < last:
        more = source.first + last
        problem, count = f"the quote that opens here is not closed before more text in line {more}", last
    else:
        problem, count = "text after a closing quote (a quote within a review is written twice)", last + 1
    first, raw = source.take(count)
    return Record(first + opened, raw, [], problem)


def _broken_line(record: list[str], field: re.Pattern[str]) -> int:
    """Return the index of the line in which the field starts that cannot be parsed."""
    text = "".join(record)
    position = 0
    while found := field.match(text, position):
        position = found.end()
    line = 0
    while position >= len(record[line]):
        position -= len(record[line])
        line += 1
    return line
