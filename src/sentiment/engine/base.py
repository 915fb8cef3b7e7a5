"""What every engine does, on top of the one thing in which they differ: working on parts in order."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sized
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from sentiment.engine.spill import Spill
from sentiment.system import progress

if TYPE_CHECKING:  # pyarrow takes half a second to import
    import pyarrow as pa

P = TypeVar("P", bound=Sized)
R = TypeVar("R")


class Engine(ABC):
    """Where functions are applied to the parts of a corpus.

    A part fits into memory many times over: a list of reviews, an Arrow table. Its length is what progress
    counts. Functions, parts and results pickle. Parts come from this process and results come back to it, so
    that workers need neither its disk nor each other's, and the part of a worker that dies is sent to
    another. Results depend neither on the engine nor on its number of workers.
    """

    @abstractmethod
    def _apply(self, function: Callable[[P], R], parts: Iterable[P]) -> Iterator[R]:
        """Yield `function(part)` of each part in their order, while only a few parts are in memory."""

    @contextmanager
    def shared(self, folder: Path) -> Iterator[Callable[[], Path]]:
        """Make the files of a `folder`, a few megabytes, available to the functions that are applied.

        Yields a function that pickles and tells, wherever it is called, where they are.
        """
        yield partial(Path, folder)

    def map(
        self, function: Callable[[P], R], parts: Iterable[P], description: str, total: int | None = None
    ) -> Iterator[R]:
        """Yield `function(part)` of each part in their order, while only a few parts are in memory.

        `total` is the sum of the parts' lengths, if known, for the progress bar that `description` names.
        """
        lengths: deque[int] = deque()

        def counted() -> Iterator[P]:
            for part in parts:
                lengths.append(len(part))
                yield part

        with progress.bar(description, total) as advance:
            for result in self._apply(function, counted()):
                advance(lengths.popleft())
                yield result

    @contextmanager
    def shuffle(
        self,
        function: Callable[[P], pa.Table],
        parts: Iterable[P],
        buckets: int,
        folder: Path | None,
        description: str,
    ) -> Iterator[Iterable[pa.Table]]:
        """Yield the rows of all parts, one table for each bucket that has rows: these are parts to `map`.

        `function` returns an Arrow table, in whose int column `bucket` is the bucket of each row, 0 to
        `buckets` - 1. Buckets come in ascending order, without that column; the rows of one in the order of
        parts, and within a part in that of its table. Rows wait in files, in `folder` or else where the
        system keeps temporary ones, that are gone at the end.
        """
        with Spill(folder, buckets) as spill:
            for table in self.map(function, parts, description):
                spill.add(table)
            yield spill
