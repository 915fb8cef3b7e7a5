"""CSV read strictly and record by record, in memory that does not grow with the file.

The file is RFC 4180 in UTF-8, with or without a byte-order mark; any line ends will do. What is wrong in
it is named by line. It stands on Python's own csv module.
"""

import csv
import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sentiment.errors import UserError

SHOWN = 10  # problems that an error message lists
CHUNK = 2**20  # bytes read at once
LONGEST = 2**24  # bytes of a line, characters of a record: beyond, a quote was left open, or it is no text

UNICODE_MARKS = {  # UTF-32 first: its mark begins with that of UTF-16
    b"\xff\xfe\0\0": "UTF-32",
    b"\0\0\xfe\xff": "UTF-32",
    b"\xff\xfe": "UTF-16",
    b"\xfe\xff": "UTF-16",
}
ARCHIVE_MARKS = (b"PK\x03\x04", b"\x1f\x8b")  # zip, gzip
BYTE_ORDER_MARK = b"\xef\xbb\xbf"

# A field and what ends it. No match means that a quote was opened and not closed as it should be.
FIELD = re.compile(r'(?:"[^"]*(?:""[^"]*)*"|(?!")[^,\r\n]*)(?:,|\r\n|\r|\n|\Z)')


@dataclass(frozen=True)
class Record:
    """A record and the `line` where it begins, with its `fields` or, in their stead, what is wrong with it.

    raw: its text as it stands in the file, with the line end. A blank line is a record without fields.
    """

    line: int
    raw: str
    fields: list[str]
    problem: str | None = None


class Problems:
    """What is wrong with the file at `path`: all of it counted, the first SHOWN remembered."""

    def __init__(self, path: str | Path):
        self.path, self.count, self.shown = path, 0, []

    def add(self, place: str, problem: str) -> None:
        """Note a `problem` at a `place`, such as line 7."""
        self.count += 1
        if self.count <= SHOWN:
            self.shown.append(f"{place}: {problem}")

    def refuse(self) -> None:
        """Raise UserError, which names the problems, if there are any."""
        if self.count:
            more = f"; and {self.count - SHOWN} more" if self.count > SHOWN else ""
            raise UserError(f"{self.path}: {'; '.join(self.shown)}{more}")


def lines(path: str | Path, kind: str = "CSV") -> Iterator[str]:
    """Yield the lines of a UTF-8 file with their ends, which are \\n, \\r\\n or \\r, without byte-order mark.

    Raises UserError where it is no such file. `kind` is what the user takes it for.
    """
    try:
        with Path(path).open("rb") as file:
            number = 0
            for number, line in enumerate(_split(path, file), 1):
                if b"\0" in line:
                    raise UserError(
                        f"{path}: line {number}: a NUL byte; is this a {kind} file, and in UTF-8?"
                    )
                yield line.decode()
    except FileNotFoundError:
        raise UserError(f"{path}: no such file") from None
    except IsADirectoryError:
        raise UserError(f"{path}: a folder, not a {kind} file") from None
    except UnicodeDecodeError:
        guess = "not UTF-8 (looks like Latin-1/Windows-1252)"
        conversion = _conversion(path, "WINDOWS-1252")
        raise UserError(f"{path}: line {number}: {guess}; {conversion}") from None


def _split(path: str | Path, file) -> Iterator[bytes]:
    """The lines of a binary file, refused if its first bytes say that it is no UTF-8."""
    start = file.read(CHUNK)
    if start.startswith(ARCHIVE_MARKS):
        raise UserError(f"{path}: a compressed archive; unpack it and name the file inside")
    for mark, encoding in UNICODE_MARKS.items():
        if start.startswith(mark):
            raise UserError(f"{path}: not UTF-8 but {encoding}; {_conversion(path, encoding)}")
    rest = start.removeprefix(BYTE_ORDER_MARK)
    while chunk := file.read(CHUNK):
        *whole, rest = (rest + chunk).splitlines(keepends=True)
        yield from whole
        if len(rest) > LONGEST:
            raise UserError(f"{path}: a line of more than {LONGEST:,} bytes; is this a text file?")
    yield from rest.splitlines(keepends=True)


def _conversion(path: str | Path, encoding: str) -> str:
    return f'convert it: iconv -f {encoding} -t UTF-8 "{path}" > utf8.csv'


class _Lines:
    """The lines of a file as the csv module takes them, which remembers those of the record it is in."""

    def __init__(self, source: Iterator[str]):
        self.source, self.again = source, deque()
        self.record, self.first, self.size = [], 1, 0

    def __iter__(self):
        return self

    def __next__(self) -> str:
        if self.size > LONGEST:
            raise _Endless
        line = self.again.popleft() if self.again else next(self.source)
        self.record.append(line)
        self.size += len(line)
        return line

    def take(self, count: int | None = None) -> tuple[int, str]:
        """End the record after `count` lines, or all: its first line's number, and its text."""
        first, taken, left = self.first, self.record[:count], self.record[len(self.record[:count]) :]
        self.again.extendleft(reversed(left))
        self.record, self.first, self.size = [], first + len(taken), 0
        return first, "".join(taken)


class _Endless(Exception):
    """A record has become longer than any that is meant to be one."""


def records(source: Iterator[str]) -> Iterator[Record]:
    """Yield the records of a CSV file, whose `lines` are the source.

    A quote gone wrong hides no other line's mistakes: reading starts anew where it showed, or just below
    the quote where it never did.
    """
    csv.field_size_limit(2**31 - 1)  # the default, 128 KiB, is short for a review
    held = _Lines(source)
    while True:
        try:
            for fields in csv.reader(held, strict=True):
                line, raw = held.take()
                yield Record(line, raw, fields)
            return
        except (csv.Error, _Endless) as error:
            yield _bad_quote(
                held, never_closed="end of data" in str(error), endless=isinstance(error, _Endless)
            )


def _bad_quote(held: _Lines, never_closed: bool, endless: bool) -> Record:
    """What is wrong with the record that csv could not read; `held` is to go on behind it."""
    opened, last = _opened(held.record), len(held.record) - 1
    number = held.first + last
    if never_closed:
        problem, count = "the quote that opens here is never closed", opened + 1
    elif endless:
        problem, count = f"the quote that opens here is not closed within {LONGEST:,} characters", opened + 1
    elif opened < last:
        problem, count = f"the quote that opens here is not closed before more text in line {number}", last
    else:
        problem = "text after a closing quote (a quote within a review is written twice)"
        count = last + 1
    first, raw = held.take(count)
    return Record(first + opened, raw, [], problem)


def _opened(record: list[str]) -> int:
    """The index of the line where the field starts that csv could not read."""
    text = "".join(record)
    position = 0
    while field := FIELD.match(text, position):
        position = field.end()
    line = 0
    while position >= len(record[line]):
        position -= len(record[line])
        line += 1
    return line


def header(path: str | Path, rows: Iterator[Record], wanted: list[str], hint: str) -> Record:
    """The first record that is not blank, in which the columns `wanted` occur, and none of all twice.

    Raises UserError, with the `hint` how to name other columns, for anything else.
    """
    head = next(filter(filled, rows), None)
    if head is None:
        names = " and ".join(map(repr, wanted))
        raise UserError(f"{path}: an empty file; expected a header with {names}")
    if head.problem:
        raise UserError(f"{path}: line {head.line}: {head.problem}")
    names = head.fields
    found = ", ".join(map(short, names[:20])) + (", ..." if len(names) > 20 else "")
    if repeated := sorted({name for name in names if names.count(name) > 1}):
        twice = f"column {short(repeated[0])} occurs twice"
        raise UserError(f"{path}: line {head.line}: {twice}; its columns are {found}")
    if missing := [short(name) for name in wanted if name not in names]:
        message = f"no column {' and no '.join(missing)}; its columns are {found}; {hint}"
        raise UserError(f"{path}: line {head.line}: {message}")
    return head


def filled(record: Record) -> bool:
    """Whether there is something in a record: a blank line is passed over."""
    return bool(record.fields or record.problem)


def wrong_width(fields: list[str], width: int) -> str | None:
    """The message that a record has not as many fields as the header, if so."""
    return f"expected {width} fields, found {len(fields)}" if len(fields) != width else None


def short(value: str) -> str:
    """A value as an error message shows it."""
    return repr(value if len(value) <= 40 else value[:37] + "...")
