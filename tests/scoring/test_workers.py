"""scoring/workers.py: blocks, and processes that die."""

import psutil
import pytest
from score_command import MODEL, TEXTS

from sentiment.errors import UserError
from sentiment.scoring import workers


def test_blocks_are_bounded_in_rows_and_characters():
    short = list(workers.blocks(["x"] * (workers.ROWS + 1)))
    assert [len(block) for block in short] == [workers.ROWS, 1]
    long = list(workers.blocks(["x" * (workers.CHARACTERS // 2 + 1)] * 5))
    assert [len(block) for block in long] == [2, 2, 1]
    assert list(workers.blocks([])) == []


def test_a_killed_process_is_a_clear_error():
    results = workers.score(MODEL, (TEXTS for _ in range(1000)), 1000)
    next(results)
    children = psutil.Process().children()
    next(child for child in children if "spawn_main" in " ".join(child.cmdline())).kill()
    with pytest.raises(UserError, match="run the same command again to resume"):
        list(results)
