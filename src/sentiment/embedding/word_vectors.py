"""Word vectors in text files: those of GloVe, word2vec and fastText, plain or packed.

A line is a token, a space and its values. GloVe writes nothing else
(https://nlp.stanford.edu/projects/glove/); word2vec and fastText begin with a line "count size"
(https://fasttext.cc/docs/en/english-vectors.html).
"""

import codecs
import gzip
import io
import lzma
import re
import sys
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from itertools import takewhile
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pooch
import requests
import rich.progress
from rich.console import Console

from sentiment.data.vocabulary import Vocabulary
from sentiment.errors import UserError
from sentiment.system import files

TIMEOUT = 30  # seconds without an answer before a download is given up
MAX_LINE = 2**20  # bytes: hundreds of times an honest line, and what a hostile file can make us hold
# Python reads nan, 1_000 and the digits of every script as numbers, too.
NUMBER = re.compile(r"[-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?")
HEADER = re.compile("([0-9]{1,18}) ([0-9]{1,18})")  # how many vectors, of how many dimensions
# What gzip and zipfile raise; RuntimeError is a password or an unknown compression, OSError damage to bzip2.
BROKEN = (EOFError, zlib.error, lzma.LZMAError, zipfile.BadZipFile, RuntimeError, OSError)


def locate(source: str) -> Path:
    """The path of `source`, which is a path or an http(s) URL.

    A URL is downloaded the first time only, into the user's cache folder (on Linux
    ~/.cache/sentiment), which all clones share. Raises UserError if it can't be.
    """
    if not re.match("https?://", source, re.IGNORECASE):
        return Path(source)
    folder = pooch.os_cache("sentiment")
    print(f"word vectors from {source}, kept in {folder}", file=sys.stderr)
    pooch.get_logger().setLevel("ERROR")  # else it tells of paths and of checksums
    downloader = pooch.HTTPDownloader(
        progressbar=True, chunk_size=2**16, timeout=TIMEOUT, headers={"Accept-Encoding": "identity"}
    )
    try:
        return Path(pooch.retrieve(source, None, path=folder, downloader=downloader))
    except (requests.RequestException, ValueError) as error:
        response = getattr(error, "response", None)
        reason = type(error).__name__ if response is None else f"HTTP status {response.status_code}"
        raise UserError(f"{source}: cannot be downloaded ({reason})") from error


def read(path: Path, vocabulary: Vocabulary, size: int) -> dict[str, np.ndarray]:
    """The vectors, float32 (size), of those of `vocabulary` that the file at `path` has.

    Of a token that is there twice, the first counts. Where the vocabulary is in lower case, a token
    that the file has in other cases only gets the first of those. The file is read line by line: what
    is kept grows with the vocabulary, not with the file. All its lines are checked; raises UserError
    with the number of the first that is wrong, or where there is not one of `vocabulary`.
    """
    exact, other_case = {}, {}
    for where, token, values in rows(path, size):
        if token in vocabulary.ids:
            exact.setdefault(token, vector(where, values))
        elif vocabulary.lowercase and token.lower() in vocabulary.ids:
            other_case.setdefault(token.lower(), vector(where, values))
    if not (exact or other_case):
        raise UserError(
            f"{path}: vectors of none of the vocabulary's tokens; "
            "is it of another language, or tokenize.numbering hash?"
        )
    return other_case | exact


def write(path: str | Path, vectors: Mapping[str, np.ndarray]) -> None:
    """Write `vectors`, float32 (size) each, as GloVe does, with the digits that bring back the same bits."""
    with files.replacing(path) as part, part.open("w", encoding="utf-8", newline="\n") as file:
        for token, values in vectors.items():
            file.write(f"{token} {' '.join(map(str, values))}\n")


def vector(where: str, values: list[str]) -> np.ndarray:
    """The numbers that `values` say, float32; raises UserError if one is too large for that."""
    with np.errstate(over="ignore"):
        numbers = np.array(values, np.float32)
    if not np.isfinite(numbers).all():
        raise UserError(f"{where}: a value that is too large for 32 bits")
    return numbers


def rows(path: Path, size: int) -> Iterator[tuple[str, str, list[str]]]:
    """Yield where it stands, the token and the `size` values of each line; raises UserError.

    A token may hold spaces (some of GloVe's do), so values are counted from the right; but a token
    that ends in a space and a number is taken for a line with a value too many.
    """
    numbers = re.compile(f"(?: {NUMBER.pattern}){{{size}}}")
    announced, found = None, 0
    for number, (where, line) in enumerate(lines(path, size), 1):
        if number == 1 and (header := HEADER.fullmatch(line)):
            announced = int(header[1])
            if int(header[2]) != size:
                raise wrong_size(where, int(header[2]), size)
            continue
        token, *values = line.rsplit(" ", size)
        _, space, last = token.rpartition(" ")
        if not numbers.fullmatch(line, len(token)) or (space and NUMBER.fullmatch(last)):
            raise mistake(where, line, size)
        found += 1
        yield where, token, values
    if not found:
        raise UserError(f"{path}: no word vectors in it")
    if announced not in (None, found):
        raise UserError(f"{path}: {found:,} vectors, but line 1 announces {announced:,}; is it complete?")


def mistake(where: str, line: str, size: int) -> UserError:
    """What is wrong with a `line` that is not a token and `size` numbers."""
    values = line.split(" ")[1:]
    numbers = len(list(takewhile(NUMBER.fullmatch, reversed(values))))
    if line and not values:
        return UserError(f"{where}: no space in it; expected a token and its values, a space before each")
    if len(values) < size or numbers > size:
        return wrong_size(where, max(numbers, min(len(values), size)), size)
    wrong = next(value for value in values[-size:] if not NUMBER.fullmatch(value))
    return UserError(f"{where}: {wrong[:40]!r} is not a finite number")


def wrong_size(where: str, found: int, size: int) -> UserError:
    """The error of a vector, or a whole file, that has another size than params.yaml says."""
    return UserError(f"{where}: {found} dimensions, but embedding.dimensions in params.yaml is {size}")


def lines(path: Path, size: int) -> Iterator[tuple[str, str]]:
    """Yield where it stands and the text of each line of the file at `path`, unpacked; raises UserError."""
    name, number = str(path), 0
    try:
        with unpacked(path, size) as (name, file):
            for number, line in enumerate(iter(partial(file.readline, MAX_LINE), b""), 1):
                if len(line) == MAX_LINE:
                    raise UserError(f"{name}: line {number}: {MAX_LINE:,} bytes or more")
                if number == 1:
                    line = line.removeprefix(codecs.BOM_UTF8)
                # fastText ends its lines in a space. Other white space can be a token.
                yield f"{name}: line {number}", line.rstrip(b" \r\n").decode("utf-8")
    except UnicodeDecodeError:
        raise UserError(f"{name}: line {number}: not UTF-8; expected word vectors as text") from None
    except FileNotFoundError:
        raise UserError(f"{path}: no such file; embedding.file in params.yaml names it") from None
    except BROKEN as error:
        if files.of_the_system(error):
            raise
        raise UserError(f"{name}: line {number + 1}: broken or incomplete archive ({error})") from error


@contextmanager
def unpacked(path: Path, size: int) -> Iterator[tuple[str, BinaryIO]]:
    """Open a text file, plain or in a gzip or zip archive; yield its name and its content.

    Its first bytes tell which it is: an address need not end in .gz, and some servers unpack.
    """
    console = Console(stderr=True)
    with rich.progress.open(path, "rb", description="word vectors", console=console) as raw:
        file = io.BufferedReader(raw, 2**18)
        start = file.peek(4)
        if start.startswith(b"\x1f\x8b"):
            with gzip.open(file) as text:
                yield str(path), text
        elif start.startswith((b"PK\x03\x04", b"PK\x05\x06")):
            with zipfile.ZipFile(file) as archive:
                name = member(path, archive.namelist(), size)
                with archive.open(name) as text:
                    yield f"{path}: {name}", io.BufferedReader(text)
        else:
            yield str(path), file


def member(path: Path, names: list[str], size: int) -> str:
    """Which of a zip's members to read: the only one, the only text, or the only one of that size.

    glove.6B.zip, for one, has glove.6B.50d.txt and others; raises UserError if that does not help.
    """
    members = [name for name in names if not name.endswith("/")]
    texts = [name for name in members if name.lower().endswith((".txt", ".vec"))]
    fitting = [name for name in texts if re.search(rf"(?<![0-9]){size}d(?![0-9a-z])", name)]
    for choice in (members, texts, fitting):
        if len(choice) == 1:
            return choice[0]
    some = ", ".join(names[:10]) + (", …" if len(names) > 10 else "")
    raise UserError(f"{path}: which of its members ({some})? Unpack the one you mean, and name that")
