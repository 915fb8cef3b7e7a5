"""server/middleware.py: limits, host names, headers, failures."""

import asyncio
import json

import httpx
import pytest

from sentiment.inference.predictor import Predictor
from sentiment.server import app
from sentiment.server.middleware import SAFE_HEADERS
from sentiment.server.schemas import BODY

pytest_plugins = ["server_fixtures"]


@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_is_limited_in_bytes(client, chunked):
    def send(size):
        body = json.dumps({"texts": ["word"]}).encode().ljust(size)
        content = (body[start : start + 2**16] for start in range(0, size, 2**16)) if chunked else body
        return client.post("/predict", content=content, headers={"Content-Type": "application/json"})

    assert send(BODY).status_code == 200
    refused = send(8 * BODY)
    assert (refused.status_code, refused.json()["detail"]) == (413, f"the body has more than {BODY:,} bytes")
    assert send(20).status_code == 200


def test_other_host_names_are_refused(server, client):
    port = httpx.URL(server.url).port
    names = (f"localhost:{port}", f"[::1]:{port}", "LOCALHOST", f"elsewhere.example:{port}", "")
    statuses = [client.get("/health", headers={"Host": name}).status_code for name in names]
    assert statuses == [200, 200, 200, 421, 421]


@pytest.mark.parametrize("path", ["/", "/health", "/nowhere"])
def test_every_response_has_headers_that_keep_it_to_this_server(client, path):
    headers = client.get(path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy and "http" not in policy
    assert (headers["x-content-type-options"], headers["cache-control"]) == ("nosniff", "no-store")
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert "access-control-allow-origin" not in headers


def test_a_failure_of_the_application_is_answered_in_json_and_logged(imdb):
    application = app.create(Predictor(imdb, threads=1), [])

    @application.get("/failing")
    async def failing():
        raise ValueError("secret")

    async def request(logged):
        transport = httpx.ASGITransport(application, raise_app_exceptions=logged)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            return await client.get("/failing")

    response = asyncio.run(request(logged=False))
    assert response.status_code == 500
    assert response.json() == {"detail": "the server has failed; see its log"}
    assert {name.decode() for name in SAFE_HEADERS} <= set(response.headers)
    with pytest.raises(ValueError, match="secret"):  # this is how uvicorn gets the traceback
        asyncio.run(request(logged=True))
