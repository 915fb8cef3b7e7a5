"""Which engine works on a corpus."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sentiment.engine.base import Engine


@contextmanager
def opened(name: str, scheduler: str, workers: int, memory: str) -> Iterator[Engine]:
    """Yield the engine of this name; the other arguments are the parameters of section `dask` in params.yaml.

    Raises UserError where Dask is not installed, or its cluster is out of reach or not like this machine.
    """
    if name == "local":
        from sentiment.engine.local import LocalEngine

        with LocalEngine() as local:
            yield local
    else:
        from sentiment.engine import cluster  # Dask takes a second to import, and need not be installed

        with cluster.opened(scheduler, workers, memory) as remote:
            yield remote
