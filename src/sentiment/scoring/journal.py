"""The scores so far, in a file beside the output, from which a killed run resumes."""

import json
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import numpy as np

from sentiment.errors import UserError
from sentiment.system.locks import Busy, locked


class Journal:
    """A header, then blocks of scores, each on a line with its checksum; `done` counts the scores found.

    A line torn by a kill or a power cut ends the journal: new blocks are written from there on.
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
        """Write a block of scores, int (n), at once."""
        self._file.write(self._line(json.dumps(scores.tolist()).encode() + b"\n"))
        self._file.flush()

    def scores(self) -> Iterator[int]:
        """Yield all the scores."""
        self._file.seek(len(self._header))
        for line in self._file:
            yield from json.loads(line[9:])

    def remove(self) -> None:
        """Remove the file, unless someone else already has."""
        self.path.unlink(missing_ok=True)

    def _line(self, block: bytes) -> bytes:
        return b"%08x %s" % (zlib.crc32(block, zlib.crc32(self._header)), block)


@contextmanager
def open_journal(output: Path, **origin: object) -> Iterator[Journal]:
    """Open and lock the journal of `output`; raises UserError if another process holds it.

    `origin`, all that the scores depend on, is its header: a journal with another header starts afresh.
    """
    path = output.with_name(f".part-{output.name}.scores")  # ends unlike any table's own temporary file
    try:
        with locked(path) as file:
            yield Journal(path, file, json.dumps(origin).encode() + b"\n")
    except Busy:
        raise UserError(f"{output}: another run is working on this file; wait for it") from None
