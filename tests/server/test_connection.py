"""server/connection.py: idle clients, half-sent heads, offers to upgrade, clients that hang up."""

import json
import signal
import socket
import struct
import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from running_server import LONG, TIMEOUT, Server, explaining, metrics, wait_until

from sentiment.server.uvicorn_server import IDLE

pytest_plugins = ["server_fixtures"]

BODY = b'{"texts": ["A fine film."]}'
HEAD = b"POST /predict HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
OFFERS = (
    b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA\r\n",
    b"Connection: Upgrade\r\nUpgrade: websocket\r\n",
)


@pytest.fixture(scope="module")
def cramped(tmp_path_factory):
    """A server with 64 file descriptors."""
    server = Server(tmp_path_factory.mktemp("cramped"), descriptors=64)
    yield server
    assert server.stop(signal.SIGTERM)[0] == 0


def status(server) -> int:
    return httpx.get(f"{server.url}/health", timeout=TIMEOUT).status_code


def connect(url):
    where = httpx.URL(url)
    return socket.create_connection((where.host, where.port), TIMEOUT)


def received(connection) -> bytes:
    """All that comes until the server closes the connection."""
    return b"".join(iter(lambda: connection.recv(2**16), b""))


def is_open(connection) -> bool:
    connection.setblocking(False)
    try:
        return bool(connection.recv(1))
    except BlockingIOError:
        return True


@pytest.mark.slow
def test_idle_connections_and_half_sent_heads_are_closed_in_time(server):
    assert status(server) == 200  # by then, it has started
    start = time.monotonic()
    with connect(server.url) as idle, connect(server.url) as half, connect(server.url) as answered:
        answered.sendall(b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\nGET / HTT")
        half.sendall(HEAD + b"X: ")
        while time.monotonic() < start + IDLE - 1:  # what trickles in wins no time
            half.sendall(b"x")
            time.sleep(0.5)
        assert received(idle) == received(half) == b""
        assert received(answered).startswith(b"HTTP/1.1 200 ")
    assert time.monotonic() - start > IDLE - 1


def test_idle_clients_lock_nobody_out(cramped):
    idle = [connect(cramped.url) for _ in range(120)]
    with connect(cramped.url) as busy:
        busy.sendall(HEAD + b"Content-Length: %d\r\n\r\n" % len(BODY))
        assert status(cramped) == 200
        more = [connect(cramped.url) for _ in range(120)]
        assert status(cramped) == 200
        busy.sendall(BODY)  # it was not idle
        assert busy.recv(100).startswith(b"HTTP/1.1 200 ")
    left = [is_open(one) for one in [*idle, *more]]
    assert not any(left[:120]) and 10 < sum(left) < 64  # the latest
    for one in [*idle, *more]:
        one.close()


def test_where_all_connections_are_busy_the_next_is_refused(cramped):
    busy = [connect(cramped.url) for _ in range(60)]
    for one in busy:
        one.sendall(HEAD + b"Content-Length: %d\r\n\r\n" % len(BODY))
    wait_until(lambda: status(cramped) == 503)
    for one in busy:
        one.close()
    wait_until(lambda: status(cramped) == 200)


@pytest.mark.parametrize("offer", OFFERS, ids=["h2c", "websocket"])
@pytest.mark.parametrize("chunked", [False, True])
def test_an_offer_to_upgrade_does_not_lose_the_body(server, offer, chunked):
    length = b"Transfer-Encoding: chunked" if chunked else b"Content-Length: %d" % len(BODY)
    body = b"%x\r\n%s\r\n0\r\n\r\n" % (len(BODY), BODY) if chunked else BODY
    with connect(server.url) as connection:
        connection.sendall(HEAD + offer + length + b"\r\n\r\n")
        connection.sendall(body)
        connection.shutdown(socket.SHUT_WR)
        head, _, answer = received(connection).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 ")
    assert json.loads(answer)["predictions"][0]["label"] == "positive"


@pytest.mark.parametrize(
    "wrong",
    [b"Host: localhost\r\nHost: localhost", b"Host: localhost\r\nhost: elsewhere.example", b"X: y"],
    ids=["two hosts", "another host", "no host"],
)
def test_a_head_is_refused_unless_it_has_one_host(server, wrong):
    with connect(server.url) as connection:
        connection.sendall(b"GET /health HTTP/1.1\r\n" + wrong + b"\r\n\r\n")
        assert received(connection).startswith(b"HTTP/1.1 400 ")


def test_a_head_without_end_is_refused(server):
    with connect(server.url) as connection:
        connection.sendall(HEAD + b"X: " + b"x" * 2**17)
        assert connection.recv(100).startswith(b"HTTP/1.1 400 ")


def ask_for_an_explanation(server, text) -> socket.socket:
    connection, body = connect(server.url), json.dumps({"text": text}).encode()
    head = HEAD.replace(b"predict", b"explain")
    connection.sendall(head + b"Content-Length: %d\r\n\r\n" % len(body) + body)
    return connection


def waiting(client) -> float:
    return metrics(client)["sentiment_waiting_texts", "/explain"]


def test_a_client_that_closes_its_own_side_gets_its_answer_after_those_that_do_not(server, client):
    with ThreadPoolExecutor(1) as pool, ask_for_an_explanation(server, LONG[:1000]) as half_closed:
        wait_until(lambda: waiting(client) == 0)
        with ask_for_an_explanation(server, LONG[:1000]) as last:
            wait_until(lambda: waiting(client) == 1)
            for one in half_closed, last:
                one.shutdown(socket.SHUT_WR)
            late = pool.submit(client.post, "/explain", json={"text": "A fine film."})
            assert received(half_closed).startswith(b"HTTP/1.1 200 ")  # it was in progress
            assert late.result().status_code == 200
            last.setblocking(False)
            with pytest.raises(BlockingIOError):
                last.recv(1)
            last.settimeout(TIMEOUT)
            assert received(last).startswith(b"HTTP/1.1 200 ")


@pytest.mark.slow
def test_explanations_nobody_can_receive_are_not_computed(server, client):
    def given_up():
        return metrics(client).get(("sentiment_requests_total", "/explain", "499"), 0)

    before = given_up()
    with ThreadPoolExecutor(2) as pool:
        explanations = explaining(pool, client)
        gone = [ask_for_an_explanation(server, LONG) for _ in range(3)]
        wait_until(lambda: waiting(client) == 4)
        for one in gone:
            one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # to reset it
            one.close()
        wait_until(lambda: given_up() == before + 3)
        assert not all(one.done() for one in explanations)
    assert waiting(client) == 0
