"""What the stages' tests do not reach: a server that sends no length."""

import hashlib
from http.server import BaseHTTPRequestHandler

import pytest

from sentiment.errors import UserError
from sentiment.system.http_download import CHUNK, download

CONTENT = bytes(3 * CHUNK)


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(CONTENT)


def test_a_download_without_length_is_complete_and_bounded(web_server, tmp_path):
    web_server.RequestHandlerClass = Handler
    assert download(web_server.url, tmp_path / "file", timeout=9) == hashlib.sha256(CONTENT).hexdigest()
    assert (tmp_path / "file").read_bytes() == CONTENT
    with pytest.raises(UserError, match=r"^more than 100,000 bytes$"):
        download(web_server.url, tmp_path / "file", timeout=9, max_bytes=100_000)
    assert (tmp_path / "file").stat().st_size <= 100_000


@pytest.mark.parametrize("url", ["http://", "http://[", "nonsense"])
def test_an_invalid_url_is_refused(url, tmp_path):
    with pytest.raises(UserError, match=r"^(InvalidURL|MissingSchema|LocationParseError)$"):
        download(url, tmp_path / "file", timeout=9)
