"""system/parallel.py: no process outlives its parent. What comes of the work is tested with the engines."""

import subprocess
import sys
import time

import psutil

PROGRAM = """
import time
from sentiment.system import parallel
if __name__ == "__main__":
    list(parallel.in_order(parallel.process_pool(2), time.sleep, [0.1] * 1000, 4))
"""


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
