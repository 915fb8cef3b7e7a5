import subprocess
import sys

import pytest

PROGRAM = """
from sentiment import bars, console
def main(word: str):
    if word == "mistake":
        raise console.UserError("a.csv, line 3:\\n no label; add one")
    if word == "escape":
        raise console.UserError("\\x1b[31m.csv: no such file")
    if word == "disk":
        open("/no/such/folder/file")
    if word == "bug":
        raise KeyError("ours")
    for _ in bars.progress(range(3), "count", 3):
        pass
    print("done")
console.run(main)
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
def test_a_users_mistake_is_one_line_and_status_1(word, line):
    result = run(word)
    assert (result.returncode, result.stdout, result.stderr) == (1, "", line)


def test_a_bug_of_ours_keeps_its_traceback():
    result = run("bug")
    assert result.returncode == 1
    assert "Traceback" in result.stderr


def test_wrong_usage_is_status_2():
    assert run().returncode == 2
