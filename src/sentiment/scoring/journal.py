"""The scores of a run so far, in a file beside its output: what a killed run has done is not done again."""

import fcntl
import json
import os
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import numpy as np

from sentiment.errors import UserError


class Journal:
    """Blocks of scores, each a line with its checksum, behind a header; `done` scores were there at first.

    A line that was torn by a kill, or a power cut, ends it: from there on it is written anew.
    """

    def __init__(self, path: Path, file: BinaryIO, header: bytes):
        self.path, self._file, self._header = path, file, header
        file.seek(0)
        first = file.readline()
        self.outdated = first not in (header, b"")
        if first != header:
            file.truncate(0)
            file.write(header)
        self.done = 0
        end = len(header)
        for line in file:
            if line != self._line(line[9:]):
                break
            end += len(line)
            self.done += len(json.loads(line[9:]))
        file.truncate(end)

    def append(self, scores: np.ndarray) -> None:
        """Write a block of int (n) scores down, at once."""
        self._file.write(self._line(json.dumps(scores.tolist()).encode() + b"\n"))
        self._file.flush()

    def scores(self) -> Iterator[int]:
        """All the scores."""
        self._file.seek(len(self._header))
        for line in self._file:
            yield from json.loads(line[9:])

    def remove(self) -> None:
        """Remove the file, unless someone else has: the output is there."""
        self.path.unlink(missing_ok=True)

    def _line(self, block: bytes) -> bytes:
        return b"%08x %s" % (zlib.crc32(block, zlib.crc32(self._header)), block)


@contextmanager
def opened(output: Path, **what: object) -> Iterator[Journal]:
    """Open the journal of `output`, for this process alone; raises UserError where another one has it.

    `what` the scores depend on stands in its header: where that was anything else, it starts anew.
    """
    path = output.with_name(f".part-{output.name}.scores")  # no table's part: that ends as the table does
    output.parent.mkdir(parents=True, exist_ok=True)
    while True:
        with path.open("a+b") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)  # the system's: a killed process holds none
            except BlockingIOError:
                raise UserError(f"{output}: another run is working on this file; wait for it") from None
            if _is_at(path, file):  # or another run was done, and removed it, between our open and our lock
                yield Journal(path, file, json.dumps(what).encode() + b"\n")
                return


def _is_at(path: Path, file: BinaryIO) -> bool:
    """Whether the open `file` is still the one at `path`."""
    try:
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    except FileNotFoundError:
        return False
