"""Scoring on all cores: processes, each with its own model on one thread.

Cleaning and tokenizing are Python code, which the interpreter's lock would keep from running in threads.
"""

import functools
import os
from collections import deque
from collections.abc import Generator, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from sentiment.data import labels
from sentiment.errors import UserError
from sentiment.system.parallel import interrupts_delayed, process_pool

if TYPE_CHECKING:
    from sentiment.inference.predictor import Predictor

QUEUED = 2  # blocks in flight for each process: one being scored, one to go on with
ROWS, CHARACTERS = 512, 2**22  # of a block, at most: enough texts of similar length for a batch


def blocks(texts: Iterable[str]) -> Iterator[list[str]]:
    """Group texts into lists of ROWS, or fewer if they are long: the same texts give the same blocks."""
    block, size = [], 0
    for text in texts:
        block.append(text)
        size += len(text)
        if len(block) == ROWS or size > CHARACTERS:
            yield block
            block, size = [], 0
    if block:
        yield block


def score(model: Path, blocks: Iterable[list[str]], total: int) -> Generator[np.ndarray, None, None]:
    """Yield the scores of each of `total` blocks, as `tables` describes them: int32 (texts), in order.

    Reads only as many blocks ahead as keep the processes busy. Raises UserError if a process dies.
    """
    processes = max(1, min(len(os.sched_getaffinity(0)), total))
    pool = process_pool(processes)
    try:
        pending: deque[Future] = deque()
        for block in blocks:
            pending.append(_submit(pool, model, block))
            if len(pending) > processes * QUEUED:
                yield pending.popleft().result()
        while pending:
            yield pending.popleft().result()
    except BrokenProcessPool:
        message = "a process was killed, perhaps for lack of memory; run the same command again to resume"
        raise UserError(message) from None
    finally:
        pool.shutdown(cancel_futures=True)


def _submit(pool: ProcessPoolExecutor, model: Path, block: list[str]) -> Future:
    """Submit a block; a process that this starts leaves Ctrl-C to its parent."""
    with interrupts_delayed():
        return pool.submit(score_block, model, block)


def score_block(model: Path, texts: list[str]) -> np.ndarray:
    """The scores of texts, as `tables` describes them: int32 (texts), on one thread."""
    predictions = _predictor(model).predict(texts)
    scores = labels.millionths(predictions.probability)
    return np.where(predictions.abstained, ~scores, scores)


@functools.cache
def _predictor(model: Path) -> "Predictor":
    from sentiment.inference.predictor import Predictor

    return Predictor(model, threads=1)
