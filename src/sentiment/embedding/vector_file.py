"""A text file of word vectors: found or downloaded, unpacked, and read line by line."""

import codecs
import gzip
import hashlib
import io
import lzma
import os
import re
import sys
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from sentiment.errors import UserError
from sentiment.system import files, progress, untrusted
from sentiment.system.http_download import download

TIMEOUT = 30  # seconds without an answer before a download is given up
MAX_LINE = 2**20  # bytes: hundreds of times a real line; bounds the memory that a hostile file can take
# Errors of gzip and zipfile: RuntimeError is a password or unknown compression, OSError damage to bzip2.
BROKEN = (EOFError, zlib.error, lzma.LZMAError, zipfile.BadZipFile, RuntimeError, OSError)


def locate(source: str) -> Path:
    """Return the path of `source`, which is a path or an http(s) URL.

    A URL is downloaded only once, into the user's cache folder, ~/.cache/sentiment, shared by all clones.
    Raises UserError if the download fails.
    """
    if not re.match("https?://", source, re.IGNORECASE):
        return Path(source)
    folder = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "sentiment"
    print(f"word vectors from {source}, kept in {folder}", file=sys.stderr)
    name = source.partition("?")[0].rpartition("/")[2][-100:]
    path = folder / f"{hashlib.sha256(source.encode()).hexdigest()[:32]}-{name}"
    if not path.exists():
        try:
            with files.replacing(path) as part:
                download(source, part, TIMEOUT)
        except UserError as error:
            raise UserError(f"{source}: cannot be downloaded ({error})") from error
    return path


def lines(path: Path, size: int) -> Iterator[tuple[str, str]]:
    """Yield each line of the file at `path`, unpacked, after its place: file and line number.

    `size` helps to select the file in an archive of several. Raises UserError if the file is missing, damaged
    or not UTF-8.
    """
    name, number = str(path), 0
    try:
        with _unpack(path, size) as (name, file):
            for number, line in enumerate(iter(partial(file.readline, MAX_LINE), b""), 1):
                if len(line) == MAX_LINE:
                    raise UserError(f"{name}: line {number}: {MAX_LINE:,} bytes or more")
                if number == 1:
                    line = line.removeprefix(codecs.BOM_UTF8)
                # fastText ends its lines with a space. Other white space can be a token.
                yield f"{name}: line {number}", line.rstrip(b" \r\n").decode("utf-8")
    except UnicodeDecodeError:
        raise UserError(f"{name}: line {number}: not UTF-8; expected word vectors as text") from None
    except FileNotFoundError:
        raise UserError(f"{path}: no such file; embedding.file in params.yaml names it") from None
    except BROKEN as error:
        if files.is_system_error(error):
            raise
        raise UserError(f"{name}: line {number + 1}: broken or incomplete archive ({error})") from error


@contextmanager
def _unpack(path: Path, size: int) -> Iterator[tuple[str, io.BufferedIOBase]]:
    """Open a text file, plain or in a gzip or zip archive; yield its name and its content.

    The first bytes tell the format, because a URL need not end in .gz and some servers unpack.
    """
    untrusted.check(path)
    with progress.reading(path, "word vectors") as file:
        start = file.peek(4)
        if start.startswith(b"\x1f\x8b"):
            with gzip.open(file) as text:
                yield str(path), text
        elif start.startswith((b"PK\x03\x04", b"PK\x05\x06")):
            with zipfile.ZipFile(file) as archive:
                name = _member(path, archive.namelist(), size)
                with archive.open(name) as text:
                    yield f"{path}: {name}", io.BufferedReader(text)  # type: ignore[type-var]
        else:
            yield str(path), file


def _member(path: Path, names: list[str], size: int) -> str:
    """Return the member of a zip to read: the only one, the only text, or the only one of that size.

    For example, glove.6B.zip has glove.6B.50d.txt and others. Raises UserError if the choice is not unique.
    """
    members = [name for name in names if not name.endswith("/")]
    texts = [name for name in members if name.lower().endswith((".txt", ".vec"))]
    fitting = [name for name in texts if re.search(rf"(?<![0-9]){size}d(?![0-9a-z])", name)]
    for candidates in (members, texts, fitting):
        if len(candidates) == 1:
            return candidates[0]
    some = ", ".join(names[:10]) + (", …" if len(names) > 10 else "")
    raise UserError(f"{path}: which of its members ({some})? Unpack the one you mean, and name that")
