"""The scores of a run so far, in a file beside its output: what a killed run has done is not done again."""

import fcntl
import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import numpy as np

from sentiment.console import UserError

SCORE = np.dtype("<i4")  # whole millionths; see tables.UNITS
CHUNK = 2**20  # bytes, or scores, read at once


class Journal:
    """Scores, one after the other, behind a header; `done` of them were there when it was opened."""

    def __init__(self, path: Path, file: BinaryIO, header: bytes):
        self.path, self.start, self._file = path, len(header), file
        file.seek(0)
        same = file.read(len(header)) == header
        self.outdated = not same and file.tell() > 0
        if not same:
            file.truncate(0)
            file.write(header)
        self.done = (file.seek(0, 2) - self.start) // SCORE.itemsize

    def keep(self, scores: int) -> None:
        """Go back to the first `scores`: what is behind them was written when the run was killed."""
        self._file.truncate(self.start + scores * SCORE.itemsize)
        self.done = scores

    def append(self, scores: np.ndarray) -> None:
        """Write int (n) scores down, at once."""
        self._file.write(scores.astype(SCORE).tobytes())
        self._file.flush()

    def scores(self) -> Iterator[int]:
        """All the scores."""
        self._file.seek(self.start)
        while chunk := self._file.read(CHUNK * SCORE.itemsize):
            yield from np.frombuffer(chunk, SCORE).tolist()

    def remove(self) -> None:
        """Remove the file: the output is there."""
        self.path.unlink()


@contextmanager
def opened(output: Path, **what: str) -> Iterator[Journal]:
    """Open the journal of `output`, for this process alone; raises UserError where another one has it.

    `what` the scores depend on stands in its header: where that was anything else, it starts anew.
    """
    path = output.with_name(f".part-scores-{output.name}")
    output.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+b") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)  # the system's: a killed process holds none
        except BlockingIOError:
            raise UserError(f"{output}: another run is working on this file; wait for it") from None
        yield Journal(path, file, json.dumps(what).encode() + b"\n")


def sha256(path: Path) -> str:
    """The checksum of a file, of any size."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()
