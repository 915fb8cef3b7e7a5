"""system/parallel.py: the same as a loop, in the same order; no process outlives its parent."""

import subprocess
import sys
import time

import psutil
import pytest

from sentiment.system.parallel import BLOCK, parallel_map

PROGRAM = f"""
import time
from sentiment.system.parallel import parallel_map
if __name__ == "__main__":
    parallel_map(time.sleep, [0.1] * {2 * BLOCK}, "sleeping")
"""


@pytest.mark.parametrize("count", [0, 1, 2 * BLOCK + 1])
def test_results_are_in_the_order_of_the_items(count):
    assert parallel_map(str, range(count), "numbers") == [str(number) for number in range(count)]


def test_processes_end_with_their_parent_even_if_it_is_killed(tmp_path):
    (tmp_path / "program.py").write_text(PROGRAM)
    with subprocess.Popen([sys.executable, "program.py"], cwd=tmp_path, stderr=subprocess.DEVNULL) as parent:
        while len(workers := psutil.Process(parent.pid).children()) < 2 or not all(map(started, workers)):
            assert parent.poll() is None
            time.sleep(0.05)
        parent.kill()
    _, left = psutil.wait_procs(workers, timeout=10)
    assert not left


def started(worker: psutil.Process) -> bool:
    return worker.num_threads() > 1 or "resource_tracker" in " ".join(worker.cmdline())
