"""Scoring on all cores: processes, each with a network of its own on one thread.

Cleaning and tokenizing is Python, which threads would take turns at.
"""

import functools
import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

import numpy as np

from sentiment.errors import UserError
from sentiment.scoring.tables import BLANK, UNITS

WAITING = 2  # blocks in flight for each process: one that it works on, one for it to go on with
ROWS, CHARACTERS = 512, 2**22  # of a block, at most: enough texts of like length for a batch


def blocks(texts: Iterable[str]) -> Iterator[list[str]]:
    """Group texts to lists of ROWS, or fewer where they are long: the same texts give the same blocks."""
    block, size = [], 0
    for text in texts:
        block.append(text)
        size += len(text)
        if len(block) == ROWS or size > CHARACTERS:
            yield block
            block, size = [], 0
    if block:
        yield block


def score(model: Path, blocks: Iterable[list[str]], total: int) -> Iterator[np.ndarray]:
    """Yield the scores of each of `total` blocks, int32 (texts), in order.

    As few blocks are read ahead as keep the processes busy. Raises UserError where one dies.
    """
    count = max(1, min(len(os.sched_getaffinity(0)), total))
    # Not fork: it would copy this process, and with it the thread that draws the progress bar.
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(count, context, _end_with_parent)
    try:
        waiting: deque[Future] = deque()
        for block in blocks:
            waiting.append(_submit(pool, model, block))
            if len(waiting) > count * WAITING:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    except BrokenProcessPool:
        message = "a process was killed, perhaps for want of memory; the same command goes on from there"
        raise UserError(message) from None
    finally:
        pool.shutdown(cancel_futures=True)


def _submit(pool: ProcessPoolExecutor, model: Path, block: list[str]) -> Future:
    """Hand a block over; where that starts a process, it is born deaf to Ctrl-C, which is ours to answer."""
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})  # held back for us, not lost
    try:
        return pool.submit(_score, model, block)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)


def _end_with_parent() -> None:
    """Have this process end when its parent is killed, which otherwise it would wait for forever."""

    def watch() -> None:
        multiprocessing.parent_process().join()
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def _score(model: Path, texts: list[str]) -> np.ndarray:
    from sentiment.data.text import clean
    from sentiment.inference.predictor import probability

    predictor = _predictor(model)
    texts = [clean(text) for text in texts]
    reviews, _ = predictor.encode(texts)
    scores = np.round(probability(predictor.logits(reviews)) * UNITS).astype(np.int32)
    scores[[not text for text in texts]] = BLANK
    return scores


@functools.cache
def _predictor(model: Path):
    from sentiment.inference.predictor import Predictor

    return Predictor(model, threads=1)
