"""The download, from real servers on this machine, by the command that dvc.yaml runs."""

import hashlib
import io
import os
import subprocess
import tarfile
import threading
import time
import zipfile
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from conftest import run as run_command
from conftest import small_params

from sentiment.data.imdb_archives import MAX_BYTES, kaggle_csv, stanford_csv
from sentiment.errors import UserError
from sentiment.stages.download import Source, fetch
from sentiment.system import files

ROWS = 4
TIMEOUT = 2  # seconds: more than a busy machine takes to answer
HEADER, *ROWS_OF_KAGGLE = (
    "review,sentiment\n",
    '"A ""great"" film,<br /><br />really",positive\n',
    "Not good\x85 at all,negative\n",
    "Café society at its best,positive\n",
    "Dull,negative\n",
)
KAGGLE = "".join([HEADER, *ROWS_OF_KAGGLE]).encode()
STANFORD = "".join([HEADER, ROWS_OF_KAGGLE[3], *ROWS_OF_KAGGLE[:3]]).encode()


def zipped(content: bytes, name: str = "IMDB Dataset.csv") -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return file.getvalue()


def bomb(size: int) -> bytes:
    """A zip that says of its member, which has 100,000 bytes, that it has `size`."""
    content = zipped(bytes(100_000))
    directory = content.index(b"PK\1\2")
    sizes = [number.to_bytes(4, "little") for number in (100_000, size)]
    return content[:directory] + content[directory:].replace(*sizes)


def tarred(reviews: dict[str, str]) -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w:gz") as archive:
        for name, review in reviews.items():
            member = tarfile.TarInfo(name)
            member.size = len(review.encode())
            archive.addfile(member, io.BytesIO(review.encode()))
        link = tarfile.TarInfo("aclImdb/test/pos/7_7.txt")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
    return file.getvalue()


def tar_bomb() -> bytes:
    """A tar whose only member says that it is larger than what is allowed."""
    file, header = io.BytesIO(), tarfile.TarInfo("aclImdb/train/pos/0_9.txt")
    header.size = MAX_BYTES + 1
    with tarfile.open(fileobj=file, mode="w:gz") as archive:
        archive.fileobj.write(header.tobuf())
    return file.getvalue()


TAR = tarred(
    {
        "aclImdb/train/pos/0_9.txt": "Café society at its best",
        "aclImdb/train/unsup/0_0.txt": "without a label",
        "aclImdb/test/pos/1_10.txt": 'A "great" film,<br /><br />really',
        "aclImdb/test/neg/0_2.txt": "Dull",
        "aclImdb/train/neg/3_1.txt": "Not good\x85 at all",
        "aclImdb/README": "about",
        "../aclImdb/train/pos/1_9.txt": "outside",
        "/aclImdb/train/pos/2_9.txt": "outside",
        "aclImdb/train/pos/../3_9.txt": "outside",
    }
)
BODIES = {
    "/kaggle": zipped(KAGGLE),
    "/stanford": TAR,
    "/page": b"<!DOCTYPE html><title>Sign in</title>",
    "/other-member": zipped(KAGGLE, "../IMDB Dataset.csv"),
    "/too-few": zipped(KAGGLE.rsplit(b"Dull")[0]),
    "/unbalanced": zipped(KAGGLE.replace(b"Dull,negative", b"Dull,positive")),
    "/more-columns": zipped(KAGGLE.replace(b"\n", b",1\n").replace(b"sentiment,1", b"sentiment,stars")),
    "/bad-csv": zipped(KAGGLE.replace(b'really"', b"really")),
    "/bomb": bomb(MAX_BYTES + 1),
    "/false-size": bomb(1000),
    "/tar-bomb": tar_bomb(),
    "/bad-zip": zipped(KAGGLE)[:60] + b"\0\0\0\0" + zipped(KAGGLE)[64:],
}


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        if self.path == "/stalls":
            self.server.over.wait()
        elif self.path == "/redirect":
            self.answer(b"", status=302, Location="/kaggle")
        elif self.path == "/truncated":
            self.answer(BODIES["/kaggle"][:50], length=len(BODIES["/kaggle"]))
        elif self.path == "/stalls-halfway":
            self.answer(BODIES["/kaggle"][:50], length=len(BODIES["/kaggle"]))
            self.wfile.flush()
            self.server.over.wait()
        elif self.path == "/too-large":
            self.answer(b"PK" * 2**16, length=MAX_BYTES + 1)
        elif self.path in BODIES:
            self.answer(BODIES[self.path])
        else:
            self.send_error(404)

    def answer(self, body: bytes, status: int = 200, length: int | None = None, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def server(web_server):
    web_server.RequestHandlerClass, web_server.over = Handler, threading.Event()
    yield web_server
    web_server.over.set()


@pytest.fixture
def csv(tmp_path) -> Path:
    """Where the reviews go."""
    (tmp_path / "data").mkdir()
    return tmp_path / "data" / "IMDB Dataset.csv"


def run(csv: Path, kaggle: str, stanford: str, archive: bytes = TAR) -> subprocess.CompletedProcess:
    """Run the stage where `csv` is, with params.yaml naming these sources and the checksum of `archive`."""
    folder = csv.parents[1]
    stanford_hash = f"sha256:{hashlib.sha256(archive).hexdigest()}"
    sources = {"kaggle": kaggle, "stanford": stanford, "stanford_hash": stanford_hash}
    small_params(folder, download={**sources, "timeout": TIMEOUT, "rows": ROWS})
    command = ("python", "-m", "sentiment.stages.download", f"data/{csv.name}")
    return run_command(*command, cwd=folder, check=False)


def the_error(result: subprocess.CompletedProcess) -> str:
    """The one line that starts with `error:`, which ends what the command said."""
    assert result.returncode == 1
    assert "Traceback" not in result.stderr
    *before, last = result.stderr.splitlines()
    assert last.startswith("error: ")
    assert not any(line.startswith("error") for line in before)
    return last


def test_kaggle_comes_first_and_is_taken_as_it_is(server, csv):
    left = csv.parent / f".part-01234567-{csv.name}"
    left.mkdir()
    (left / "archive").write_bytes(b"left by a killed run")
    result = run(csv, f"{server.url}/redirect", f"{server.url}/stanford")
    assert result.returncode == 0, result.stderr
    assert csv.read_bytes() == KAGGLE
    assert server.asked == ["/redirect", "/kaggle"]
    assert list(csv.parent.iterdir()) == [csv]
    assert result.stdout == f"data/{csv.name} has 4 reviews from Kaggle\n"


def test_stanford_comes_second_and_is_made_into_the_same_format(server, csv):
    result = run(csv, f"{server.url}/missing", f"{server.url}/stanford")
    assert result.returncode == 0, result.stderr
    assert csv.read_bytes() == STANFORD
    assert server.asked == ["/missing", "/stanford"]
    assert list(csv.parent.iterdir()) == [csv]
    assert "Kaggle: HTTP status 404" in result.stderr.splitlines()
    (csv.parent / "usual").touch()
    assert csv.stat().st_mode == (csv.parent / "usual").stat().st_mode


def test_a_source_that_stalls_is_given_up(server, csv):
    start = time.monotonic()
    result = run(csv, f"{server.url}/stalls", f"{server.url}/stalls-halfway")
    assert time.monotonic() - start < 20
    error = the_error(result)
    assert "(Kaggle: no answer for 2 seconds; Stanford: no answer for 2 seconds)" in error
    assert list(csv.parent.iterdir()) == []


def test_without_a_source_one_line_names_the_three_ways(server, csv):
    result = run(csv, "http://127.0.0.1:1/refused", f"{server.url}/stanford", archive=b"another")
    error = the_error(result)
    assert "Kaggle: no connection; Stanford: another checksum than params.yaml's" in error
    assert "https://www.kaggle.com/datasets/lakshmi25npathi/imdb-dataset-of-50k-movie-reviews" in error
    assert "`dvc pull`" in error
    assert "`dvc exp run -S data.csv=data/sample.csv -S 'data.download=[]'`" in error
    assert list(csv.parent.iterdir()) == []


@pytest.mark.parametrize("content", [KAGGLE, KAGGLE.rsplit(b"Dull")[0]], ids=["right", "wrong"])
def test_a_file_that_is_there_is_kept(server, csv, content):
    csv.write_bytes(content)
    os.utime(csv, (1_000_000_000, 1_000_000_000))
    result = run(csv, f"{server.url}/kaggle", f"{server.url}/stanford")
    if content == KAGGLE:
        assert result.returncode == 0, result.stderr
    else:
        wrong = f"error: data/{csv.name}: 3 reviews, 2 of them positive; expected 4, half of them; "
        assert the_error(result).startswith(wrong + "the file is left as it is")
    assert (csv.read_bytes(), csv.stat().st_mtime) == (content, 1_000_000_000)
    assert list(csv.parent.iterdir()) == [csv]
    assert server.asked == []


def test_a_folder_in_the_way_is_kept_too(server, csv):
    (csv / "mine").mkdir(parents=True)
    the_error(run(csv, f"{server.url}/kaggle", f"{server.url}/stanford"))
    assert (csv / "mine").is_dir()


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("/truncated", "the connection broke off|the archive is broken"),
        ("/too-large", "more than 500,000,000 bytes"),
        ("/bomb", "more than 500,000,000 bytes in the archive"),
        ("/tar-bomb", "more than 500,000,000 bytes in the archive"),
        ("/false-size", "the archive is broken"),
        ("/page", "the archive is broken"),
        ("/bad-zip", "the archive is broken"),
        ("/other-member", "no IMDB Dataset.csv in the archive"),
        ("/too-few", "^its CSV: 3 reviews, 2 of them positive"),
        ("/unbalanced", "4 reviews, 3 of them positive"),
        ("/more-columns", "expected the columns review,sentiment, not review,sentiment,stars"),
        ("/bad-csv", "^its CSV: line"),
    ],
)
def test_what_is_not_the_reviews_leaves_nothing(server, csv, source, message):
    to_csv = stanford_csv if "tar" in source else kaggle_csv
    with pytest.raises(UserError, match=message), files.replacing(csv) as part:
        fetch(Source("a server", server.url + source, None, to_csv), part, TIMEOUT, ROWS)
    assert list(csv.parent.iterdir()) == []
