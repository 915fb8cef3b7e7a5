"""Locks between processes, which the system releases when their holder ends, however it ends."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO


class Busy(Exception):
    """Another process holds the lock."""


@contextmanager
def locked(path: Path) -> Iterator[BinaryIO]:
    """Open the file at `path`, made if it is missing, and hold its lock.

    Raises Busy if another process holds it. A holder may remove the file; others then lock a new
    one, so `holds` tells whether the lock still counts.
    """
    while True:
        with path.open("a+b") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise Busy from None
            if holds(file, path):  # or its holder removed it between our open and our lock
                yield file
                return


def holds(file: BinaryIO, path: Path) -> bool:
    """Return whether the open `file` is still the one at `path`."""
    try:
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    except FileNotFoundError:
        return False
