import os
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = """
from sentiment.errors import UserError
from sentiment.system import command, progress
def main(word: str):
    if word == "mistake":
        raise UserError("a.csv, line 3:\\n no label; add one")
    if word == "escape":
        raise UserError("\\x1b[31m.csv: no such file")
    if word == "disk":
        open("/no/such/folder/file")
    if word == "bug":
        raise KeyError("ours")
    if word == "print, then mistake":
        print("printed")
        raise UserError("a.csv: no label; add one")
    if word == "much":
        print("much " * 100_000)
    for _ in progress.progress(range(3), "count", 3):
        pass
    print("done")
command.run(main)
"""


def run(*arguments):
    return subprocess.run(
        [sys.executable, "-c", PROGRAM, *arguments], capture_output=True, text=True, check=False
    )


def test_a_good_run_prints_and_shows_progress_on_standard_error():
    result = run("fine")
    assert (result.returncode, result.stdout) == (0, "done\n")
    assert "count" in result.stderr


@pytest.mark.parametrize(
    ("word", "line"),
    [
        ("mistake", "error: a.csv, line 3: no label; add one\n"),
        ("escape", "error: ?[31m.csv: no such file\n"),
        ("disk", "error: [Errno 2] No such file or directory: '/no/such/folder/file'\n"),
    ],
)
def test_a_user_error_is_one_line_and_status_1(word, line):
    result = run(word)
    assert (result.returncode, result.stdout, result.stderr) == (1, "", line)


def test_a_bug_keeps_its_traceback():
    result = run("bug")
    assert result.returncode == 1
    assert "Traceback" in result.stderr


def test_wrong_usage_is_status_2():
    assert run().returncode == 2


def test_h_is_help():
    short, long = run("-h"), run("--help")
    assert (short.returncode, short.stdout) == (0, long.stdout)
    assert "Usage:" in short.stdout


NO_SPACE = "error: [Errno 28] No space left on device\n"


def run_into(output, word):
    """Run it with its standard output in `output`; return its status and its messages without the bar."""
    result = subprocess.run(
        [sys.executable, "-c", PROGRAM, word],
        env={**os.environ, "PYTHONUNBUFFERED": ""},  # so that it is written at the end, as by default
        stdout=output,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    return result.returncode, "".join(
        line for line in result.stderr.splitlines(keepends=True) if not line.startswith("count")
    )


@pytest.mark.parametrize(
    ("word", "line"),
    [
        ("fine", NO_SPACE),  # noticed only when the rest is flushed
        ("much", NO_SPACE),  # noticed at once
        ("print, then mistake", "error: a.csv: no label; add one\n"),
    ],
)
def test_a_full_disk_under_the_output_is_one_line_and_status_1(word, line):
    with Path("/dev/full").open("w") as full:
        assert run_into(full, word) == (1, line)


@pytest.mark.parametrize(
    ("word", "line"),
    [("fine", ""), ("much", ""), ("print, then mistake", "error: a.csv: no label; add one\n")],
)
def test_with_a_closed_pipe_only_a_mistake_is_reported(word, line):
    reader, writer = os.pipe()
    os.close(reader)
    try:
        assert run_into(writer, word) == (1, line)
    finally:
        os.close(writer)


def test_output_before_a_mistake_is_kept():
    result = run("print, then mistake")
    assert (result.returncode, result.stdout) == (1, "printed\n")


def test_no_standard_output_at_all():
    shell = ["sh", "-c", 'exec "$0" -c "$1" fine >&-', sys.executable, PROGRAM]
    result = subprocess.run(shell, stderr=subprocess.PIPE, text=True, check=False)
    assert result.returncode == 0, result.stderr
