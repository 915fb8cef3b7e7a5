"""Fixtures of the tests that need a running server."""

import signal

import httpx
import pytest
from running_server import TIMEOUT, Server


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    server = Server(tmp_path_factory.mktemp("server"))
    yield server
    status, errors = server.stop(signal.SIGINT)
    assert (status, "Traceback" in errors) == (0, False), errors  # after all that the tests have requested


@pytest.fixture(scope="module")
def client(server):
    with httpx.Client(base_url=server.url, timeout=TIMEOUT) as client:
        yield client
