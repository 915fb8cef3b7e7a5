"""`sentiment serve`: what a user can get wrong. What it serves is tested in tests/server."""

import re
import socket
import sys

import pytest
from conftest import run


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--host", "a..b"), r"cannot listen at a\.\.b: not a host name; choose one with --host"),
        (("--host", "x" * 64), "cannot listen at x{64}: not a host name; choose one with --host"),
        (("--port", "USED"), r"cannot listen at 127\.0\.0\.1, port \d+: .*"),
        (("--port", "0", "--model", "nowhere"), "nowhere: no such folder.*"),
    ],
)
def test_a_mistake_is_one_line(tmp_path, options, message):
    with socket.create_server(("127.0.0.1", 0)) as other:
        used = str(other.getsockname()[1])
        options = [option.replace("USED", used) for option in options]
        command = [sys.executable, "-m", "sentiment.cli.main", "serve", *options]
        result = run(*command, cwd=tmp_path, check=False)
    assert (result.returncode, result.stdout) == (1, "")
    assert re.fullmatch(f"error: {message}\n", result.stderr)
