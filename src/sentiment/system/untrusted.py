"""Files that may be hostile or damaged: their kind and size are checked before anything of them is read."""

import errno
import math
import os
import stat
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from sentiment.errors import UserError

JSON = 2**26  # bytes of a JSON file, at most; a vocabulary of 30,000 tokens takes half a million
DIRECTORY = 2**16  # bytes of a zip archive's directory, at most; a member takes a hundred
END, END_64 = 22, 20  # bytes of the record at the end of a zip archive, and of that before it in large ones


def opened(path: str | Path, most: float = math.inf) -> BinaryIO:
    """Open a regular file of at most `most` bytes, for reading.

    Raises UserError for a pipe, which could keep a reader waiting for ever, a device, which never ends, and a
    larger file; otherwise OSError, as `open` does.
    """
    # A pipe without a writer would keep `open` waiting, if it were not for O_NONBLOCK.
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        _check(path, os.fstat(descriptor), most)
        return os.fdopen(descriptor, "rb")
    except BaseException:
        os.close(descriptor)
        raise


def check(path: str | Path) -> None:
    """Raise as `opened` does, for a file that some library is going to open by its name."""
    opened(path).close()


def read(path: str | Path, most: int) -> bytes:
    """The content of a regular file of at most `most` bytes; raises as `opened` does."""
    with opened(path, most) as file:
        content = file.read(most + 1)
    if len(content) > most:  # it has grown
        raise _too_large(path, len(content), most)
    return content


@contextmanager
def zipped(path: str | Path, most: float) -> Iterator[zipfile.ZipFile]:
    """Open a zip archive of at most `most` bytes with few members; raises as `opened` does, or BadZipFile.

    zipfile makes an object of each member at once, a gigabyte of 50 MB: so the directory is measured before.
    """
    with opened(path, most) as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - END_64 - END))
        end = file.read()
        record = end[-END:]
        directory = int.from_bytes(record[12:16], "little")
        if not (record.startswith(b"PK\5\6") and record.endswith(b"\0\0")) or b"PK\6\7" in end[:-END]:
            raise zipfile.BadZipFile("no archive, or one with a comment or of more than 4 GB")
        if directory > DIRECTORY:
            raise zipfile.BadZipFile("too many members")
        with zipfile.ZipFile(file) as archive:
            if min((member.header_offset for member in archive.infolist()), default=0):
                raise zipfile.BadZipFile("something before its first member")
            yield archive


def read_member(archive: zipfile.ZipFile, name: str, most: int) -> bytes:
    """The content of a member of at most `most` bytes; raises ValueError if it is larger, or KeyError."""
    size = archive.getinfo(name).file_size
    if size > most:
        raise ValueError(f"{name}: {size:,} bytes, where {most:,} are the most that is read")
    with archive.open(name) as member:
        return member.read(size + 1)  # without a number, it would unpack far more where the size is a lie


def _check(path: str | Path, found: os.stat_result, most: float) -> None:
    if stat.S_ISDIR(found.st_mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    if not stat.S_ISREG(found.st_mode):
        raise UserError(f"{path}: a pipe or a device, not a file; save its content to a file first")
    if found.st_size > most:
        raise _too_large(path, found.st_size, most)


def _too_large(path: str | Path, size: int, most: float) -> UserError:
    return UserError(f"{path}: {size:,} bytes, where {most:,} are the most that is read")
