"""Encodings of text files: from any to UTF-8, and what to tell of a file that is not in the expected one.

Which encoding a file is in cannot be told for certain. Where there is no mark, people are shown how it reads
in several, and choose.
"""

import codecs
from collections.abc import Iterable, Iterator
from pathlib import Path

MARKS = {  # UTF-32 first: its mark begins with that of UTF-16
    b"\xff\xfe\0\0": "utf-32",
    b"\0\0\xfe\xff": "utf-32",
    b"\xff\xfe": "utf-16",
    b"\xfe\xff": "utf-16",
}
NO_UTF8 = b"\xff"
COMMON = ("cp1252", "cp1250", "cp1251", "cp1254", "gb18030", "big5", "shift_jis", "euc_kr")
AROUND = 12  # bytes before and after the first one that is not UTF-8, which show how it reads
SET = "set clean.encoding to {} in params.yaml (`sentiment init` has --encoding)"
RIGHT = "the one that reads right"


class IsUtf8(Exception):
    """A file that was said to be in another encoding is UTF-8."""


def is_utf8(name: str) -> bool:
    """Whether an encoding of this name is UTF-8, with a byte-order mark or without."""
    return codecs.lookup(name).name in ("utf-8", "utf-8-sig")


def is_text(name: str) -> bool:
    """Whether Python knows an encoding of this name."""
    try:
        return "\0" not in name and codecs.lookup(name)._is_text_encoding
    except LookupError:
        return False


def marked(start: bytes) -> str | None:
    """The encoding of which a file's `start` is the byte-order mark, other than UTF-8's."""
    return next((name for mark, name in MARKS.items() if start.startswith(mark)), None)


def to_utf8(chunks: Iterable[bytes], encoding: str) -> Iterator[bytes]:
    """Yield the text in `chunks` in UTF-8, without a byte-order mark.

    It ends in NO_UTF8 where the text is not in this encoding. Raises IsUtf8 at the end, if the text has
    letters beyond ASCII, and is UTF-8 as it stands: in another encoding that hardly comes about by chance.
    """
    decoder, check = codecs.getincrementaldecoder(encoding)(), _Utf8Check()
    first = True
    for chunk in chunks:
        check.read(chunk)
        try:
            text = decoder.decode(chunk)
        except UnicodeDecodeError as error:
            yield error.object[: error.start].decode(encoding, "ignore").encode() + NO_UTF8
            return
        yield (text.removeprefix("\ufeff") if first else text).encode()
        first = first and not text
    yield decoder.decode(b"", final=True).encode()
    if check.passed():
        raise IsUtf8


class _Utf8Check:
    """Whether all bytes that were read are UTF-8, with letters beyond ASCII."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._valid, self._beyond_ascii = True, False

    def read(self, chunk: bytes) -> None:
        self._beyond_ascii |= not chunk.isascii()
        self._decode(chunk)

    def passed(self) -> bool:
        self._decode(b"", final=True)
        return self._valid and self._beyond_ascii

    def _decode(self, chunk: bytes, final: bool = False) -> None:
        try:
            self._valid = self._valid and self._decoder.decode(chunk, final) is not None
        except UnicodeDecodeError:
            self._valid = False


def readings(error: UnicodeDecodeError) -> str:
    """How the place of an `error` reads in each of the COMMON encodings that the whole line could be in."""
    line, start = error.object, error.start
    first = start
    while first > max(0, start - AROUND) and line[first - 1] < 128:
        first -= 1
    found: dict[str, list[str]] = {}
    for name in COMMON:
        try:
            line.decode(name)
        except UnicodeDecodeError:
            continue
        reading = line[first : start + AROUND].decode(name, "ignore").strip()
        if reading.isprintable():
            found.setdefault(reading, []).append(name)
    listed = ", ".join(f"{reading!r} in {' and '.join(names)}" for reading, names in found.items())
    return f"; it reads {listed}" if listed else ""


def advice(path: str | Path, settable: bool, encoding: str = "") -> str:
    """What to do about a file in another encoding."""
    if settable:
        return SET.format(encoding or RIGHT)
    return f'convert it: iconv -f {(encoding or "ENCODING").upper()} -t UTF-8 "{path}" > utf8.csv'
