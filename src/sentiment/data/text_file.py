"""Lines of a UTF-8 text file, read in memory that does not grow with the file."""

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from sentiment.errors import UserError

CHUNK = 2**20  # bytes read at once
LONGEST = 2**24  # bytes of a line; a longer one means that this is no text file

UNICODE_MARKS = {  # UTF-32 first: its mark begins with that of UTF-16
    b"\xff\xfe\0\0": "UTF-32",
    b"\0\0\xfe\xff": "UTF-32",
    b"\xff\xfe": "UTF-16",
    b"\xfe\xff": "UTF-16",
}
ARCHIVE_MARKS = (b"PK\x03\x04", b"\x1f\x8b")  # zip, gzip
BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def lines(path: str | Path, kind: str = "CSV") -> Iterator[str]:
    """Yield the lines of a UTF-8 file with their ends (\\n, \\r\\n or \\r), without a byte-order mark.

    Raises UserError if the file is missing or not UTF-8; `kind` names the expected format there.
    """
    number = 0
    try:
        with Path(path).open("rb") as file:
            for number, line in enumerate(_byte_lines(path, file), 1):
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
        raise UserError(f"{path}: line {number}: {guess}; {_conversion(path, 'WINDOWS-1252')}") from None


def _byte_lines(path: str | Path, file: BinaryIO) -> Iterator[bytes]:
    """Yield the lines; raises UserError if the first bytes are those of another encoding or an archive."""
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
