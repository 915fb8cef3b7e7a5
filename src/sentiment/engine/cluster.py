"""A Dask cluster: one that runs already, or one of processes on this machine, for as long as a stage runs."""

from __future__ import annotations

import hashlib
import logging
import platform
import secrets
import shutil
import sys
import warnings
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import CancelledError
from contextlib import contextmanager, suppress
from functools import partial
from importlib import metadata
from pathlib import Path
from typing import Any

from sentiment.engine.base import Engine, P, R
from sentiment.errors import UserError
from sentiment.system import files

try:
    import dask
    from distributed import Client, Future, KilledWorker, LocalCluster, Worker, WorkerPlugin, get_worker
    from distributed.client import ClosedClientError
    from distributed.comm.core import CommClosedError
except ImportError as missing:
    raise UserError(f"engine: dask needs {missing.name}: pip install '.[cluster]'") from None

AHEAD = 2  # parts for each thread of the cluster, one that it works on and one to go on with
PATIENCE = 30  # seconds to wait for a scheduler and its first worker
PACKAGES = ("beautifulsoup4", "dask", "distributed", "nltk", "numpy", "onnxruntime", "pandas", "pyarrow")
KILLED = "a part of the corpus has killed several Dask workers; if for lack of memory, raise dask.memory"
LOST = "the Dask cluster was lost; start it and run the same again"


class DaskEngine(Engine):
    """The workers of a Dask cluster. Dask sends the parts of a worker that dies to another."""

    def __init__(self, client: Client) -> None:
        self.client = client

    @contextmanager
    def shared(self, folder: Path) -> Iterator[Callable[[], Path]]:
        plugin = SentFolder(folder)
        with _told():
            self.client.register_plugin(plugin)
        try:
            yield partial(_received, plugin.name)
        finally:
            with suppress(OSError, CommClosedError, ClosedClientError):  # the cluster may be gone
                self.client.unregister_worker_plugin(plugin.name)

    def _apply(self, function: Callable[[P], R], parts: Iterable[P]) -> Iterator[R]:
        running: deque[Future] = deque()
        try:
            for part in parts:
                with _told(OSError):
                    running.append(self.client.submit(function, part, pure=False))
                    ahead = AHEAD * sum(self.client.nthreads().values())
                if len(running) >= max(AHEAD, ahead):
                    yield self._result(running.popleft())
            while running:
                yield self._result(running.popleft())
        finally:
            for future in running:
                future.cancel()

    def _result(self, future: Future) -> Any:
        with _told():
            while True:
                try:
                    return future.result(timeout=PATIENCE)
                except TimeoutError:  # Dask would wait for new workers for ever
                    if future.done():  # the function's own
                        raise
                    if not self.client.nthreads():
                        raise UserError(f"{LOST} (all its workers are gone)") from None


class SentFolder(WorkerPlugin):
    """The files of a folder, which Dask sends to each worker, also to one that joins later."""

    def __init__(self, folder: Path) -> None:
        self.files = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
        self.name = f"sentiment-{secrets.token_hex(8)}"

    def setup(self, worker: Worker) -> None:
        folder = Path(worker.local_directory, self.name)
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in self.files.items():
            (folder / name).write_bytes(content)

    def teardown(self, worker: Worker) -> None:
        shutil.rmtree(Path(worker.local_directory, self.name), ignore_errors=True)


def _received(name: str) -> Path:
    """Where a SentFolder is on the worker that calls this."""
    return Path(get_worker().local_directory, name)


@contextmanager
def opened(scheduler: str, workers: int, memory: str) -> Iterator[DaskEngine]:
    """Yield the engine of the cluster at `scheduler`, such as tcp://host:8786, or of one on this machine.

    The latter has as many `workers`, of one thread and so much `memory` each; a worker with little of it left
    spills to its disk. Raises UserError if the cluster cannot be reached, or differs from this machine.
    """
    logging.getLogger("distributed").setLevel(logging.CRITICAL)  # errors end in one line, below
    with dask.config.set({"distributed.comm.timeouts.connect": PATIENCE}), warnings.catch_warnings():
        # Of a port in use, and of other versions, which are an error here.
        warnings.filterwarnings("ignore", module="distributed")
        with _cluster(scheduler, workers, memory) as address, _client(address) as client:
            print(f"Dask's dashboard: {client.dashboard_link}", file=sys.stderr)
            yield DaskEngine(client)


@contextmanager
def _cluster(scheduler: str, workers: int, memory: str) -> Iterator[str]:
    """Yield the address of the scheduler: of that which is named, or of one that is started for it."""
    if scheduler:
        yield scheduler
        return
    with LocalCluster(
        n_workers=workers, threads_per_worker=1, memory_limit=memory, dashboard_address="127.0.0.1:8787"
    ) as cluster:
        yield cluster.scheduler_address


@contextmanager
def _client(address: str) -> Iterator[Client]:
    """Connect to the scheduler at `address`, and check its workers."""
    try:
        client = Client(address, timeout=PATIENCE)
    except (OSError, ValueError) as error:
        reason = " ".join(str(error).split())
        raise UserError(f"dask.scheduler: no scheduler at {address}: {reason}") from None
    with client:
        try:
            client.wait_for_workers(1, timeout=PATIENCE)
        except TimeoutError:
            raise UserError(
                f"dask.scheduler: {address} has no workers; start some: dask worker {address}"
            ) from None
        _check(client)
        yield client


def _check(client: Client) -> None:
    """Raise UserError where a worker lacks this package, or has another version of what results depend on."""
    own = versions()
    for worker, theirs in client.run(versions, on_error="return").items():
        if isinstance(theirs, Exception):
            raise UserError(f"Dask worker {worker}: {theirs}; install there what is installed here")
        if other := [name for name in own if theirs.get(name) != own[name]]:
            told = ", ".join(f"{name} {theirs.get(name)}, here {own[name]}" for name in other)
            raise UserError(f"Dask worker {worker} has {told}; install there what is installed here")


def versions() -> dict[str, str]:
    """The versions of what results depend on; of this package, the start of a checksum of its files."""
    package = Path(__file__).parents[1]
    code = "".join(files.sha256(path) for path in sorted(package.rglob("*.py")))
    return {
        "sentiment": hashlib.sha256(code.encode()).hexdigest()[:8],
        "Python": platform.python_version().rpartition(".")[0],
        **{name: metadata.version(name) for name in PACKAGES},
    }


@contextmanager
def _told(*lost: type[Exception]) -> Iterator[None]:
    """Raise UserError where workers die again and again, or the cluster is `lost`; functions' errors stay."""
    gone: tuple[type[BaseException], ...] = (CancelledError, CommClosedError, ClosedClientError, *lost)
    try:
        yield
    except KilledWorker:
        raise UserError(KILLED) from None
    except gone as error:
        raise UserError(f"{LOST} ({type(error).__name__})") from None
