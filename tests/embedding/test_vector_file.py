"""Word vectors by URL, from a real server; test_word_vectors tests the file formats."""

import gzip
import re
from functools import partial
from http.server import SimpleHTTPRequestHandler

import pytest

from sentiment.embedding import vector_file
from sentiment.errors import UserError
from sentiment.system import progress

TEXT = b"the 0.5 -1 2e-1\nGood 1 2 3\n"


class Handler(SimpleHTTPRequestHandler):
    def log_request(self, *_: object) -> None:
        self.server.asked.append(self.path)


@pytest.fixture
def server(web_server, tmp_path, monkeypatch):
    """A server of the files in tmp_path/site; downloads go to tmp_path/cache."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "v.txt.gz").write_bytes(gzip.compress(TEXT, mtime=0))
    web_server.RequestHandlerClass = partial(Handler, directory=tmp_path / "site")
    return web_server


@pytest.mark.parametrize("page", ["/v.txt.gz", "/v.txt.gz?download=true"])
def test_a_url_is_downloaded_once(server, tmp_path, page, capfd, monkeypatch):
    monkeypatch.setattr(progress, "PAUSE", 0)
    path = vector_file.locate(server.url + page)
    assert path.is_relative_to(tmp_path / "cache" / "sentiment")
    assert [line for _, line in vector_file.lines(path, 3)] == TEXT.decode().splitlines()
    log = capfd.readouterr().err
    assert re.search(r"^download: (\d+ bytes) of \1", log, re.M)
    assert re.search(r"^word vectors: (\d+ bytes) of \1", log, re.M)
    assert vector_file.locate(server.url + page) == path
    assert server.asked == [page]


def test_a_download_that_fails_leaves_nothing(server, tmp_path):
    with pytest.raises(UserError, match=r"/none: cannot be downloaded \(HTTP status 404\)"):
        vector_file.locate(f"{server.url}/none")
    assert [path for path in (tmp_path / "cache").rglob("*") if path.is_file()] == []
