"""server/uvicorn_server.py: how the server starts and stops."""

import signal
import socket
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from running_server import LONG, TIMEOUT, Server, explaining, metrics, wait_until

from sentiment.server.schemas import TEXTS

pytestmark = pytest.mark.slow


def refuses(client) -> bool:
    """Return whether it answers that it is stopping."""
    response = client.get("/health")
    return response.status_code == 503 and "stopping" in response.json()["detail"]


def test_requests_in_progress_are_answered_before_it_stops_and_others_told_so(tmp_path):
    server = Server(tmp_path)
    with httpx.Client(base_url=server.url, timeout=TIMEOUT) as client, ThreadPoolExecutor(3) as pool:
        texts = {"texts": [LONG[:5000]] * TEXTS}
        requests = [pool.submit(client.post, "/predict", json=texts) for _ in range(3)]
        wait_until(lambda: metrics(client)["sentiment_waiting_texts", "/predict"] > TEXTS)
        server.process.send_signal(signal.SIGTERM)
        wait_until(lambda: refuses(client))  # on the connection that it has, and on new ones
        late = httpx.post(f"{server.url}/predict", json=texts, timeout=TIMEOUT)
        assert (late.status_code, late.headers["retry-after"]) == (503, "1")
        status, errors = server.process.wait(TIMEOUT), server.errors.read_text()
        for request in requests:
            assert len(request.result().raise_for_status().json()["predictions"]) == TEXTS
    assert (status, errors) == (0, "")


def test_a_stalled_client_does_not_keep_it_from_stopping(tmp_path):
    server = Server(tmp_path)
    url = httpx.URL(server.url)
    head = "POST /predict HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    with socket.create_connection((url.host, url.port), TIMEOUT) as stalled, httpx.Client() as client:
        stalled.sendall(f"{head}Content-Length: 100\r\n\r\n{{".encode())
        client.get(f"{server.url}/health", timeout=TIMEOUT)  # by then, it has read that
        assert server.stop(signal.SIGTERM) == (0, "")
        assert stalled.recv(1000).startswith(b"HTTP/1.1 408 ")


def test_a_second_ctrl_c_ends_it_at_once(tmp_path):
    server = Server(tmp_path)
    with httpx.Client(base_url=server.url, timeout=TIMEOUT) as client, ThreadPoolExecutor(2) as pool:
        explanations = explaining(pool, client)
        server.process.send_signal(signal.SIGINT)
        wait_until(lambda: refuses(client))
        assert server.stop(signal.SIGINT) == (1, "")
        assert all(isinstance(one.exception(), httpx.TransportError) for one in explanations)
