"""Lines of a text file, read in memory that does not grow with the file."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from sentiment.data import encodings
from sentiment.errors import UserError
from sentiment.system import storage

CHUNK = 2**20  # bytes read at once
LONGEST = (
    2**24
)  # bytes of a line, a record or a review, wherever it comes from; more are no text that is read

ARCHIVE_MARKS = (b"PK\x03\x04", b"\x1f\x8b")  # zip, gzip
BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def too_long(text: str) -> bool:
    """Return whether a review has more than LONGEST bytes in UTF-8."""
    return 4 * len(text) > LONGEST and size(text) > LONGEST


def problem(values: Iterable[object]) -> str | None:
    """What is wrong with the values of a table that no line limits; None if nothing is."""
    if any(isinstance(value, str) and too_long(value) for value in values):
        return f"a text of more than {LONGEST:,} bytes"
    return None


def size(text: str) -> int:
    """Return the number of bytes in UTF-8."""
    return len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))


def lines(
    path: str | Path, kind: str = "CSV", encoding: str = "utf-8", settable: bool = False
) -> Iterator[str]:
    """Yield the lines of a file with their ends (\\n, \\r\\n or \\r), without a byte-order mark.

    Raises UserError if the file is missing or not in `encoding`; `kind` names the expected format there, and
    `settable` says whether params.yaml can name another encoding.
    """
    number, utf8 = 0, encodings.is_utf8(encoding)
    try:
        with storage.opened(path) as file:
            chunks = _chunks(path, file) if utf8 else encodings.to_utf8(_chunks(path, file), encoding)
            if utf8:
                chunks = _without_marks(path, chunks, settable)
            for number, line in enumerate(_byte_lines(path, chunks), 1):
                if b"\0" in line:
                    raise UserError(
                        f"{path}: line {number}: a NUL byte; is this a {kind} file, in {encoding.upper()}?"
                    )
                yield line.decode()
    except FileNotFoundError:
        raise UserError(f"{path}: no such file") from None
    except IsADirectoryError:
        raise UserError(f"{path}: a folder, not a {kind} file") from None
    except encodings.IsUtf8:
        raise UserError(f"{path}: is UTF-8, but clean.encoding in params.yaml is {encoding}") from None
    except UnicodeDecodeError as error:
        if not utf8:
            raise UserError(
                f"{path}: line {number}: not {encoding}; {encodings.advice(path, settable)}"
            ) from None
        advice = encodings.advice(path, settable)
        raise UserError(f"{path}: line {number}: not UTF-8{encodings.readings(error)}; {advice}") from None


def _chunks(path: str | Path, file: BinaryIO) -> Iterator[bytes]:
    """Yield the bytes of a file; raises UserError if they begin like those of an archive."""
    start = file.read(CHUNK)
    if start.startswith(ARCHIVE_MARKS):
        raise UserError(f"{path}: a compressed archive; unpack it and name the file inside")
    yield start
    while chunk := file.read(CHUNK):
        yield chunk


def _without_marks(path: str | Path, chunks: Iterator[bytes], settable: bool) -> Iterator[bytes]:
    """Yield the bytes after a byte-order mark; raises UserError if it is that of another encoding."""
    start = next(chunks)
    if marked := encodings.marked(start):
        raise UserError(f"{path}: not UTF-8 but {marked.upper()}; {encodings.advice(path, settable, marked)}")
    yield start.removeprefix(BYTE_ORDER_MARK)
    yield from chunks


def _byte_lines(path: str | Path, chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the lines in `chunks` of UTF-8."""
    rest = b""
    for chunk in chunks:
        *whole, rest = (rest + chunk).splitlines(keepends=True) or [b""]
        if max(map(len, [*whole, rest])) > LONGEST:
            raise UserError(f"{path}: a line of more than {LONGEST:,} bytes; is this a text file?")
        yield from whole
    yield from rest.splitlines(keepends=True)
