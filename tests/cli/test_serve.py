"""`sentiment serve`: what a user can get wrong. What it serves is tested in tests/server."""

import re
import socket
import sys

import pytest
from conftest import ROOT, run

COMMAND = [sys.executable, "-m", "sentiment.cli.main", "serve", "--model", str(ROOT / "models" / "imdb")]


def refused(folder, *options):
    result = run(*COMMAND, *options, cwd=folder, check=False)
    assert (result.returncode, result.stdout) == (1, "")
    return result.stderr


def test_a_port_in_use_is_reported_in_one_line(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        message = refused(tmp_path, "--port", str(port))
    assert re.fullmatch(rf"error: cannot listen at 127.0.0.1, port {port}: [^\n]*\n", message)


@pytest.mark.parametrize("host", ["a..b", "x" * 64])
def test_a_mistyped_host_is_reported_in_one_line(host, tmp_path):
    message = f"error: cannot listen at {host}: not a host name; choose one with --host\n"
    assert refused(tmp_path, "--host", host) == message


def test_a_missing_model_is_reported_in_one_line(tmp_path):
    message = refused(tmp_path, "--port", "0", "--model", "nowhere")
    assert re.fullmatch(r"error: nowhere: no such folder[^\n]*\n", message)
