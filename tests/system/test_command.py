import os
import subprocess
import sys

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
NO_SPACE = "error: No space left on device: free some in "
NO_LABEL = "error: a.csv: no label; add one\n"


def run(*arguments, output=subprocess.PIPE):
    environment = {**os.environ, "PYTHONUNBUFFERED": ""}  # so that it is written at the end, as by default
    command = [sys.executable, "-c", PROGRAM, *arguments]
    return subprocess.run(command, env=environment, stdout=output, stderr=subprocess.PIPE, text=True)


def test_a_good_run_prints_and_leaves_standard_error_to_errors_and_slow_steps():
    result = run("fine")
    assert (result.returncode, result.stdout) == (0, "done\n")
    assert result.stderr == ""


@pytest.mark.parametrize(
    ("word", "printed", "line"),
    [
        ("mistake", "", "error: a.csv, line 3: no label; add one\n"),
        ("escape", "", "error: ?[31m.csv: no such file\n"),
        ("disk", "", "error: [Errno 2] No such file or directory: '/no/such/folder/file'\n"),
        ("print, then mistake", "printed\n", NO_LABEL),
    ],
)
def test_a_user_error_is_one_line_and_status_1(word, printed, line):
    result = run(word)
    assert (result.returncode, result.stdout, result.stderr) == (1, printed, line)


def test_a_bug_keeps_its_traceback_and_wrong_usage_is_status_2():
    bug = run("bug")
    assert (bug.returncode, "Traceback" in bug.stderr) == (1, True)
    assert run().returncode == 2


@pytest.mark.parametrize(
    ("word", "full_disk", "closed_pipe"),
    [
        ("fine", NO_SPACE, ""),  # noticed only when the rest is flushed
        ("much", NO_SPACE, ""),  # noticed at once
        ("print, then mistake", NO_LABEL, NO_LABEL),
    ],
)
def test_output_that_cannot_be_written_is_status_1(word, full_disk, closed_pipe):
    reader, pipe = os.pipe()
    os.close(reader)
    for output, line in (os.open("/dev/full", os.O_WRONLY), full_disk), (pipe, closed_pipe):
        result = run(word, output=output)
        os.close(output)
        messages = [text for text in result.stderr.splitlines(True) if not text.startswith("count")]
        assert (result.returncode, len(messages)) == (1, bool(line))
        assert "".join(messages).startswith(line)
