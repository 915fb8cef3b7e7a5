"""`sentiment serve`: what a user can get wrong. What it serves is tested in tests/server."""

import re
import socket
import sys

import pytest
from conftest import run


@pytest.fixture(scope="module")
def used_port():
    with socket.create_server(("127.0.0.1", 0)) as other:
        yield str(other.getsockname()[1])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--host", "a..b"), r"cannot listen at a\.\.b: not a host name; choose one with --host"),
        (("--host", "x" * 64), "cannot listen at x{64}: not a host name; choose one with --host"),
        (("--port", "USED"), r"cannot listen at 127\.0\.0\.1, port \d+: .*"),
        (("--port", "0", "--model", "nowhere"), "nowhere: no such folder.*"),
    ],
)
def test_a_mistake_is_one_line(tmp_path, used_port, options, message):
    command = [sys.executable, "-m", "sentiment.cli.main", "serve"]
    options = [used_port if option == "USED" else option for option in options]
    result = run(*command, *options, cwd=tmp_path, check=False)
    assert (result.returncode, result.stdout) == (1, "")
    assert re.fullmatch(f"error: {message}\n", result.stderr)
