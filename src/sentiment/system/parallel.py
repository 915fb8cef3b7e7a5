"""Map a function over many items on all cores."""

from collections.abc import Callable, Sequence

from joblib import Parallel, cpu_count, delayed

from sentiment.system import progress

BLOCK = 500  # items per task: enough to hide the cost of sending them to a process


def parallel_map(function: Callable, items: Sequence, description: str) -> list:
    """Return `[function(item) for item in items]`, computed on all cores under a progress bar.

    `function` must pickle, as functions of modules do.
    """
    blocks = [items[start : start + BLOCK] for start in range(0, len(items), BLOCK)]
    results = Parallel(n_jobs=min(cpu_count(), max(1, len(blocks))), return_as="generator")(
        delayed(_map_block)(function, block) for block in blocks
    )
    done: list = []
    with progress.bar(description, len(items)) as advance:
        for block in results:
            done += block
            advance(len(block))
    return done


def _map_block(function: Callable, block: Sequence) -> list:
    return [function(item) for item in block]
