"""Word vectors as text, in the formats of GloVe, word2vec and fastText.

A line is a token, a space and its values. GloVe's files have no other lines
(https://nlp.stanford.edu/projects/glove/); those of word2vec and fastText begin with a line "count size"
(https://fasttext.cc/docs/en/english-vectors.html).
"""

import re
from collections.abc import Iterator, Mapping
from itertools import takewhile
from pathlib import Path

import numpy as np

from sentiment.data.vocabulary import Vocabulary
from sentiment.embedding import vector_file
from sentiment.errors import UserError
from sentiment.system import files

# float() is not enough: it also accepts nan, 1_000 and the digits of every script.
NUMBER = re.compile(r"[-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?")
HEADER = re.compile("([0-9]{1,18}) ([0-9]{1,18})")  # number of vectors, dimensions


def read(path: Path, vocabulary: Vocabulary, size: int) -> dict[str, np.ndarray]:
    """Return the vectors, float32 (size), of the tokens of `vocabulary` that occur in the file at `path`.

    Of repeated tokens the first counts. If the vocabulary is lowercase, a token that the file has only in
    other cases gets the first of these. Memory grows with the vocabulary, not with the file. Raises
    UserError, with the line number, at the first invalid line, and if no token of `vocabulary` occurs.
    """
    exact: dict[str, np.ndarray] = {}
    other_case: dict[str, np.ndarray] = {}
    for place, token, values in _rows(path, size):
        if token in vocabulary.ids:
            exact.setdefault(token, _vector(place, values))
        elif vocabulary.lowercase and token.lower() in vocabulary.ids:
            other_case.setdefault(token.lower(), _vector(place, values))
    if not (exact or other_case):
        raise UserError(
            f"{path}: vectors of none of the vocabulary's tokens; "
            "is it of another language, or tokenize.numbering hash?"
        )
    return other_case | exact


def write(path: str | Path, vectors: Mapping[str, np.ndarray]) -> None:
    """Write `vectors`, float32 (size) each, in GloVe's format, with the digits to read back the same bits."""
    with files.replacing(path) as part, part.open("w", encoding="utf-8", newline="\n") as file:
        for token, values in vectors.items():
            file.write(f"{token} {' '.join(map(str, values))}\n")


def _vector(place: str, values: list[str]) -> np.ndarray:
    with np.errstate(over="ignore"):
        vector = np.array(values, np.float32)
    if not np.isfinite(vector).all():
        raise UserError(f"{place}: a value that is too large for 32 bits")
    return vector


def _rows(path: Path, size: int) -> Iterator[tuple[str, str, list[str]]]:
    """Yield the place, the token and the `size` values of each line; raises UserError if one is invalid.

    A token can contain spaces (some of GloVe's do), so values are counted from the right; but a token that
    ends with a space and a number is considered a line with a value too many.
    """
    numbers = re.compile(f"(?: {NUMBER.pattern}){{{size}}}")
    announced, found = None, 0
    for number, (place, line) in enumerate(vector_file.lines(path, size), 1):
        if number == 1 and (header := HEADER.fullmatch(line)):
            announced = int(header[1])
            if int(header[2]) != size:
                raise _wrong_size(place, int(header[2]), size)
            continue
        token, *values = line.rsplit(" ", size)
        _, space, last = token.rpartition(" ")
        if not numbers.fullmatch(line, len(token)) or (space and NUMBER.fullmatch(last)):
            raise _invalid(place, line, size)
        found += 1
        yield place, token, values
    if not found:
        raise UserError(f"{path}: no word vectors in it")
    if announced not in (None, found):
        raise UserError(f"{path}: {found:,} vectors, but line 1 announces {announced:,}; is it complete?")


def _invalid(place: str, line: str, size: int) -> UserError:
    """Return the error of a `line` that is not a token and `size` numbers."""
    values = line.split(" ")[1:]
    numbers = len(list(takewhile(NUMBER.fullmatch, reversed(values))))
    if line and not values:
        return UserError(f"{place}: no space in it; expected a token and its values, a space before each")
    if len(values) < size or numbers > size:
        return _wrong_size(place, max(numbers, min(len(values), size)), size)
    wrong = next(value for value in values[-size:] if not NUMBER.fullmatch(value))
    return UserError(f"{place}: {wrong[:40]!r} is not a finite number")


def _wrong_size(place: str, found: int, size: int) -> UserError:
    return UserError(f"{place}: {found} dimensions, but embedding.dimensions in params.yaml is {size}")
