"""The processes of this machine."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from itertools import chain

from sentiment.engine.base import Engine, P, R
from sentiment.system import parallel

SHORT = 0.5  # seconds of work for which processes, which take longer to begin, are not worth it


class LocalEngine(Engine):
    """As many processes as this machine has cores; what is done in a moment is done in this process."""

    def __init__(self) -> None:
        self._processes = parallel.cores()
        self._pool: ProcessPoolExecutor | None = None  # begun when there is work for it
        self._spent = 0.0  # seconds of work in this process

    def __enter__(self) -> LocalEngine:
        return self

    def __exit__(self, *error: object) -> None:
        if self._pool:
            self._pool.shutdown(cancel_futures=True)

    def _apply(self, function: Callable[[P], R], parts: Iterable[P]) -> Iterator[R]:
        source = iter(parts)
        for part in source:
            if self._pool or self._spent >= SHORT:
                self._pool = self._pool or parallel.process_pool(self._processes)
                rest = chain([part], source)
                yield from parallel.in_order(self._pool, function, rest, parallel.AHEAD * self._processes)
                return
            start = time.monotonic()
            result = function(part)
            self._spent += time.monotonic() - start
            yield result
