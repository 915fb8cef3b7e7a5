"""Work on all cores, in processes that end with the one that started them."""

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from typing import Any

from sentiment.errors import UserError

AHEAD = 2  # tasks for each process, one that it works on and one to go on with


def in_order(pool: ProcessPoolExecutor, function: Callable, parts: Iterable, ahead: int) -> Iterator:
    """Yield `function(part)` of each part, in their order; `ahead` parts at most are in memory for it.

    Raises UserError if a process dies.
    """
    running: deque[Future] = deque()
    try:
        for part in parts:
            with interrupts_delayed():
                running.append(pool.submit(function, part))
            if len(running) >= ahead:
                yield _result(running.popleft())
        while running:
            yield _result(running.popleft())
    finally:
        for future in running:
            future.cancel()


def _result(future: Future) -> Any:
    try:
        return future.result()
    except BrokenProcessPool:
        raise UserError("a process was killed, perhaps for lack of memory; run the same again") from None


def cores() -> int:
    """The number of cores that this process may use."""
    try:
        from joblib import cpu_count  # it knows the limits of containers, too
    except ModuleNotFoundError:  # where nothing is trained
        return len(os.sched_getaffinity(0))
    return cpu_count()


def process_pool(processes: int) -> ProcessPoolExecutor:
    """Return a pool of processes that end with this one, even if it is killed."""
    # Not fork: it would copy this process, and with it the thread that draws the progress bar.
    return ProcessPoolExecutor(processes, multiprocessing.get_context("spawn"), _exit_with_parent)


@contextmanager
def interrupts_delayed() -> Iterator[None]:
    """Delay Ctrl-C, which is not lost; a process that is started within ignores it for good."""
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)


def _exit_with_parent() -> None:
    """End this process when its parent is killed, for which it would otherwise wait forever."""

    def watch() -> None:
        if parent := multiprocessing.parent_process():
            parent.join()
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
