"""The processes of this machine."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from functools import partial
from itertools import chain, islice
from pathlib import Path

from sentiment.engine.base import Engine, P, R
from sentiment.system import parallel


class LocalEngine(Engine):
    """As many processes as this machine has cores; one part alone is worked on in this process."""

    def __init__(self) -> None:
        self._processes = parallel.cores()
        self._pool: ProcessPoolExecutor | None = None  # begun when there is work for it

    def __enter__(self) -> LocalEngine:
        return self

    def __exit__(self, *error: object) -> None:
        if self._pool:
            self._pool.shutdown(cancel_futures=True)

    @contextmanager
    def shared(self, folder: Path) -> Iterator[Callable[[], Path]]:
        yield partial(Path, folder)

    def _apply(self, function: Callable[[P], R], parts: Iterable[P]) -> Iterator[R]:
        source = iter(parts)
        first = list(islice(source, 2))
        if len(first) < 2:
            return map(function, first)
        self._pool = self._pool or parallel.process_pool(self._processes)
        return parallel.in_order(self._pool, function, chain(first, source), parallel.AHEAD * self._processes)
