"""system/progress.py: a bar in a terminal, lines in a log, and Ctrl-C between two steps."""

import os
import pty
import re
import signal
import sys

import pytest
from conftest import run

from sentiment.system import progress

WORK = """
import time
from sentiment.system import progress
progress.PAUSE = 0.3
with progress.bar("work", {total}, in_bytes={in_bytes}) as advance:
    for _ in range(12):
        time.sleep(0.1)
        advance(1000)
"""


def log(tmp_path, **options) -> list[str]:
    """The lines of WORK in a log."""
    done = run("python", "-c", WORK.format(**options), cwd=tmp_path, FORCE_COLOR="")
    assert done.stdout == ""
    return done.stderr.splitlines()


def test_a_log_has_a_line_now_and_then_with_rate_and_remaining_time(tmp_path):
    *lines, last = log(tmp_path, total=12_000, in_bytes=False)
    assert 2 <= len(lines) <= 4
    for line in lines:
        assert re.fullmatch(r"work: [\d,]+ of 12,000, [\d,]+/s, \d s, \d s left", line)
    assert re.fullmatch(r"work: 12,000 of 12,000, [\d,]+/s, \d s", last)


def test_a_log_where_the_end_is_unknown(tmp_path):
    lines = log(tmp_path, total=None, in_bytes=True)
    assert 3 <= len(lines) <= 5
    assert all(re.fullmatch(r"work: [\d.]+ kB, [\d.]+ kB/s, \d s", line) for line in lines)


def test_what_is_soon_done_leaves_the_log_alone(capsys):
    assert list(progress.progress("abc", "quick", 3)) == ["a", "b", "c"]
    assert capsys.readouterr().err == ""


def test_a_terminal_shows_a_bar_with_rate_and_remaining_time(tmp_path):
    shown = b""

    def read(descriptor: int) -> bytes:
        nonlocal shown
        chunk = os.read(descriptor, 1024)
        shown += chunk
        return chunk

    pty.spawn([sys.executable, "-c", WORK.format(total=12_000, in_bytes=False)], read)
    plain = re.sub(r"\x1b\[[\d;]*m", "", shown.decode())
    assert re.search(r"work .*━.* [36],000/12,000 [\d,]+/s 0:00:0[1-9]", plain)


def test_a_file_that_is_read_shows_how_far(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(progress, "PAUSE", 0)
    monkeypatch.setattr(progress, "BUFFER", 2000)
    (tmp_path / "file").write_bytes(bytes(3000))
    monkeypatch.setenv("FORCE_COLOR", "")
    with progress.reading(tmp_path / "file", "read") as file:
        assert len(file.read(2000)) == 2000
        assert len(file.read(2000)) == 1000
    assert re.match(r"read: 2.0 kB of 3.0 kB, .* left\nread: 3.0 kB of 3.0 kB,", capsys.readouterr().err)


def test_ctrl_c_takes_effect_at_the_next_step():
    before, reached = signal.getsignal(signal.SIGINT), []
    with pytest.raises(KeyboardInterrupt), progress.counter("count", 10) as advance:
        advance(1)
        os.kill(os.getpid(), signal.SIGINT)
        os.kill(os.getpid(), signal.SIGINT)
        reached.append("between two steps")
        advance(1)
        reached.append("after")
    assert reached == ["between two steps"]
    assert signal.getsignal(signal.SIGINT) is before


def test_ctrl_c_after_the_last_step_takes_effect_at_the_end():
    with pytest.raises(KeyboardInterrupt), progress.counter("count", 1) as advance:
        advance(1)
        os.kill(os.getpid(), signal.SIGINT)
