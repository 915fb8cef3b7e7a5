"""Workers that wait for each other, as threads of one process."""

import socket
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from sentiment.errors import UserError
from sentiment.training.meeting import meet
from sentiment.training.tf_config import Place


@pytest.fixture
def places():
    """Three workers, of whom only the chief listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    addresses = (f"127.0.0.1:{port}", "one.example:1", "two.example:1")
    return [Place(rank, addresses) for rank in range(3)]


@pytest.mark.parametrize("first", [0, 2], ids=["the chief first", "the chief last"])
def test_all_go_on_once_all_are_there(places, first):
    with ThreadPoolExecutor() as pool:
        waiting = [pool.submit(meet, place, 20) for place in (places[first], places[1])]
        time.sleep(0.5)
        assert not any(one.done() for one in waiting)
        meet(places[2 - first], 20)
        for one in waiting:
            one.result()


def test_a_stranger_who_connects_does_not_count(places):
    with ThreadPoolExecutor() as pool:
        chief = pool.submit(meet, Place(0, places[0].addresses[:2]), 20)
        host, port = places[0].addresses[0].split(":")
        while True:
            try:
                stranger = socket.create_connection((host, int(port)))
                break
            except ConnectionRefusedError:
                time.sleep(0.01)
        with stranger:
            stranger.sendall(b"GET / HTTP/1.1\r\n")
            time.sleep(0.3)
            assert not chief.done()
        meet(Place(1, places[0].addresses[:2]), 20)
        chief.result()


@pytest.mark.parametrize("rank", [0, 1])
def test_who_waits_too_long_is_told_for_whom(places, rank):
    with pytest.raises(
        UserError, match=r"worker \d of 3.*: not all others came within 1 s: .*two\.example:1"
    ):
        meet(places[rank], 1)


def test_a_port_that_is_taken_is_told(places):
    with (
        socket.create_server(("", int(places[0].addresses[0].split(":")[1]))),
        pytest.raises(UserError, match="the chief: cannot listen at 127"),
    ):
        meet(places[0], 1)
