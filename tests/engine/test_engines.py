"""engine/: the same results here and on a Dask cluster, whatever happens to its workers; bounded memory."""

import os
import shutil
import signal
import subprocess
import sys

import pyarrow as pa
import pytest
from conftest import ROOT

from sentiment.engine import choice, cluster
from sentiment.errors import UserError

PARTS = [list(range(start, start + 10)) for start in range(0, 300, 10)]
SCHEDULER = """
import time
from distributed import LocalCluster
if __name__ == "__main__":
    cluster = LocalCluster(n_workers=1, processes=False, protocol="tcp", dashboard_address=":0")
    print(cluster.scheduler_address, flush=True)
    time.sleep(600)
"""


@pytest.fixture(scope="module", params=["local", "dask"])
def engine(request):
    with choice.opened(request.param, "", 2, "1 GiB") as engine:
        yield engine


@pytest.fixture
def scheduler(tmp_path):
    """A function that starts a cluster in a process of its own, and returns the process and its address."""
    started = []

    def start(source=ROOT / "src"):
        (tmp_path / "scheduler.py").write_text(SCHEDULER)
        environment = {**os.environ, "PYTHONPATH": str(source)}
        command = [sys.executable, "scheduler.py"]
        process = subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=-1, stderr=-3, text=True)
        started.append(process)
        return process, process.stdout.readline().strip()

    yield start
    for process in started:
        process.kill()
        process.communicate()


def by_last_digit(part: list[int]) -> pa.Table:
    return pa.table({"bucket": [number % 10 // 2 for number in part], "number": part})


def refuse(part: list[int]) -> list[int]:
    if 150 in part:
        raise UserError("150 is too much")
    return part


def test_results_are_in_the_order_of_the_parts_of_which_few_are_taken_ahead(engine):
    taken = []

    def parts():
        for part in PARTS:
            taken.append(part)
            yield part

    for done, total in enumerate(engine.map(sum, parts(), "sums"), 1):
        assert total == sum(PARTS[done - 1])
        assert len(taken) <= done + 8


def test_rows_come_by_bucket_in_their_order_and_no_file_is_left(engine, tmp_path):
    with engine.shuffle(by_last_digit, PARTS, 8, tmp_path, "shuffling") as buckets:
        rows = [table["number"].to_pylist() for table in buckets]
        totals = list(engine.map(len, buckets, "lengths"))
    assert rows == [[n for n in range(300) if n % 10 // 2 == bucket] for bucket in range(5)]
    assert totals == [60] * 5
    assert list(tmp_path.iterdir()) == []


def test_errors_of_functions_and_of_parts_stay_as_they_are_and_leave_no_file(engine, tmp_path):
    with pytest.raises(UserError, match=r"^150 is too much$"):
        list(engine.map(refuse, PARTS, "refused"))
    with (
        pytest.raises(UserError, match=r"^150 is too much$"),
        engine.shuffle(by_last_digit, map(refuse, PARTS), 8, tmp_path, "refused"),
    ):
        pass
    assert list(tmp_path.iterdir()) == []
    assert list(engine.map(sum, PARTS, "sums")) == list(map(sum, PARTS))  # it goes on


def test_an_unreachable_scheduler_ends_in_one_line(monkeypatch):
    monkeypatch.setattr(cluster, "PATIENCE", 1)
    with (
        pytest.raises(UserError, match=r"^dask.scheduler: no scheduler at tcp://127.0.0.1:9: .*$"),
        choice.opened("dask", "tcp://127.0.0.1:9", 1, "1 GiB"),
    ):
        pass


def test_a_cluster_that_is_lost_in_the_middle_ends_in_one_line(scheduler, monkeypatch):
    monkeypatch.setattr(cluster, "PATIENCE", 5)
    process, address = scheduler()

    def parts():
        yield from PARTS[:20]
        process.send_signal(signal.SIGKILL)
        process.wait()
        yield from PARTS[20:]

    with (
        pytest.raises(UserError, match=r"^the Dask cluster was lost; start it and run the same again"),
        choice.opened("dask", address, 1, "1 GiB") as engine,
    ):
        list(engine.map(sum, parts(), "sums"))


def test_a_cluster_that_is_left_without_workers_ends_in_one_line(scheduler, monkeypatch):
    monkeypatch.setattr(cluster, "PATIENCE", 5)
    _, address = scheduler()
    with (
        pytest.raises(UserError, match=r"^the Dask cluster was lost; .* \(all its workers are gone\)$"),
        choice.opened("dask", address, 1, "1 GiB") as engine,
    ):
        engine.client.retire_workers()
        list(engine.map(sum, PARTS, "sums"))


def test_workers_with_another_version_are_refused(scheduler, tmp_path):
    shutil.copytree(ROOT / "src/sentiment", tmp_path / "src/sentiment", symlinks=True)
    with (tmp_path / "src/sentiment/data/text.py").open("a") as file:
        file.write("# changed\n")
    _, address = scheduler(tmp_path / "src")
    with (
        pytest.raises(UserError, match=r"^Dask worker .* has sentiment .{8}, here .{8}; install there what"),
        choice.opened("dask", address, 1, "1 GiB"),
    ):
        pass
