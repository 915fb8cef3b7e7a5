"""Memory that is there, and one line where it is not."""

import sys

import pytest
from conftest import ROOT, run

from sentiment.errors import UserError
from sentiment.system import memory


def test_some_memory_is_free_and_no_machine_has_an_exabyte():
    assert 0 < memory.available() < 1e18
    memory.require(1, "this", "do that")
    line = r"not enough memory: this takes about 1000000000.0 GB, but [0-9.]+ GB are free; do that"
    with pytest.raises(UserError, match=line):
        memory.require(1e18, "this", "do that")


@pytest.mark.parametrize(
    ("error", "is_one"),
    [(MemoryError(), True), (RuntimeError("std::bad_alloc"), True), (RuntimeError("x"), False)],
)
def test_what_is_a_lack_of_memory(error, is_one):
    assert memory.is_exhausted(error) == is_one


def limited(kilobytes: int, command: str):
    return run("bash", "-c", f"ulimit -v {kilobytes}; exec {command}", cwd=ROOT, check=False)


def test_a_lack_of_it_in_our_own_code_is_one_line():
    program = "import sentiment.system.command as c; c.run(lambda: bytearray(10**10))"
    done = limited(10**6, f"{sys.executable} -c '{program}'")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("error: not enough memory (")
    assert len(done.stderr.splitlines()) == 1


def test_tensorflow_is_not_imported_where_there_is_too_little(monkeypatch):
    monkeypatch.delenv("TF_CPP_MIN_LOG_LEVEL", raising=False)
    done = limited(2 * 10**6, f"{sys.executable} -m sentiment.stages.train data models metrics")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("error: not enough memory: TensorFlow takes about 2.3 GB, but ")
    assert len(done.stderr.splitlines()) == 1
