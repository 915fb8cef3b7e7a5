"""What every engine does, on top of the one thing in which they differ: working on parts in order."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sized
from contextlib import contextmanager
from functools import partial, reduce
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from sentiment.engine.spill import Spill
from sentiment.system import progress

if TYPE_CHECKING:  # pyarrow takes half a second to import
    import pyarrow as pa

P = TypeVar("P", bound=Sized)
R = TypeVar("R")
TOGETHER = 8  # parts that one process reduces before it hands back what they have come to


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

    def reduce(
        self,
        function: Callable[[P], R],
        parts: Iterable[P],
        combine: Callable[[R, R], R],
        description: str,
        total: int | None = None,
    ) -> R:
        """Return `function(part)` of all parts, at least one, combined.

        `combine` is associative; it may change and return its first argument. Workers combine the results of
        a few neighbouring parts each, this process what comes of them.
        """
        source = iter(parts)
        groups = iter(lambda: _Group(islice(source, TOGETHER)), [])
        return reduce(combine, self.map(partial(_reduced, function, combine), groups, description, total))

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


class _Group(list):
    """Parts that are worked on together; its length is theirs."""

    def __len__(self) -> int:
        return sum(map(len, self))


def _reduced(function: Callable[[P], R], combine: Callable[[R, R], R], group: Iterable[P]) -> R:
    return reduce(combine, map(function, group))
