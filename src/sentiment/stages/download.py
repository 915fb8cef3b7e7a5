"""Get the 50,000 reviews: the file that is there, else from Kaggle, else from Stanford."""

import csv
import io
import re
import shutil
import sys
import tarfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pooch
import requests
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from sentiment import params
from sentiment.data import corpus
from sentiment.errors import UserError
from sentiment.system import command, files

COLUMNS = ["review", "sentiment"]
MAX_BYTES = 500_000_000  # of a download and of its content; the honest ones have 84 and 66 million at most
REVIEW = re.compile(r"aclImdb/(?:test|train)/(pos|neg)/\d+_\d+\.txt")  # train/unsup has no labels
PAGE = "https://www.kaggle.com/datasets/lakshmi25npathi/imdb-dataset-of-50k-movie-reviews"


def main(path: Path) -> None:
    """Put the reviews at PATH as a CSV in Kaggle's format, checked; a file that is there is kept."""
    settings = params.load("download").download
    if path.exists():
        try:
            verify(path, settings.rows)
        except UserError as error:
            raise UserError(
                f"{error}; the file is left as it is: put the CSV of {PAGE} in its place, move it away "
                "and run again to download it, or name a corpus of your own in params.yaml, data.csv"
            ) from None
        print(f"{path} is there already, with the {settings.rows:,} reviews it should have")
        return
    failures = []
    for name, url, known_hash, read in (
        ("Kaggle", settings.kaggle, None, kaggle_csv),
        ("Stanford", settings.stanford, settings.stanford_hash, stanford_csv),
    ):
        try:
            download(url, known_hash, settings.timeout, read, path, settings.rows)
        except UserError as error:
            failures.append(f"{name}: {error}")
            print(failures[-1], file=sys.stderr)
        else:
            print(f"{path} has {settings.rows:,} reviews from {name}")
            return
    raise UserError(
        f"{path}: no source is in reach ({'; '.join(failures)}); put the CSV of {PAGE} there, or get it "
        "from a remote that has it: `dvc pull`, or use another corpus: "
        "`dvc exp run -S data.csv=data/sample.csv evaluate` (`dvc repro evaluate` if params.yaml names yours)"
    )


def download(url: str, known_hash: str | None, timeout: float, read, path: Path, rows: int) -> None:
    """Put the reviews of the archive at `url` at `path`; raises UserError with the reason if it can't.

    `read` makes the content of the CSV from the archive. Until all is checked, the archive and the
    CSV lie beside `path`, under names that git and DVC ignore and that the next run cleans up.
    """
    folder = path.with_name(f".part-{path.stem}")
    shutil.rmtree(folder, ignore_errors=True)  # what an earlier, killed run left behind
    folder.mkdir(parents=True)
    try:
        archive = fetch(url, known_hash, timeout, folder)
        try:
            content = read(archive)
        except UserError:
            raise
        except Exception as error:  # which ones a broken archive raises is no closed list
            raise UserError(f"the archive is broken ({type(error).__name__})") from error
        with files.replacing(path) as part:
            part.write_bytes(content)
            try:
                verify(part, rows)
            except UserError as error:
                raise UserError(str(error).replace(str(part), "its CSV")) from error
    finally:
        shutil.rmtree(folder)


def fetch(url: str, known_hash: str | None, timeout: float, folder: Path) -> Path:
    """Download `url` into `folder`; raises UserError after `timeout` seconds in which nothing came."""
    pooch.get_logger().setLevel("ERROR")  # else it tells of paths and of checksums
    print(f"downloading {url}", file=sys.stderr)
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        downloader = pooch.HTTPDownloader(
            progressbar=Bar(progress, progress.add_task("download", visible=False)),
            chunk_size=2**16,
            timeout=timeout,
            headers={"Accept-Encoding": "identity"},  # .tar.gz is gzip enough: keep its checksum
        )
        try:
            return Path(pooch.retrieve(url, known_hash, "archive", folder, downloader=downloader))
        except (requests.RequestException, ValueError) as error:
            raise UserError(explain(error, timeout)) from error


def explain(error: Exception, timeout: float) -> str:
    """Put an error of requests or of pooch in few words."""
    if isinstance(error, requests.HTTPError):
        return f"HTTP status {error.response.status_code}"
    if isinstance(error, requests.Timeout) or "timed out" in str(error):
        return f"no answer for {timeout:g} seconds"
    if isinstance(error, requests.exceptions.ChunkedEncodingError):
        return "the connection broke off"
    if type(error) is requests.ConnectionError:
        return "no connection"
    if "hash" in str(error):
        return "another checksum than params.yaml's"
    return type(error).__name__


@dataclass
class Bar:
    """The progress bar that pooch drives, which also bounds what a server may send."""

    progress: Progress
    task: TaskID
    received: int = 0  # bytes
    total: int = 0  # bytes, set by pooch; 0 if the server does not say

    def update(self, size: int) -> None:
        """Count `size` more bytes; raises UserError when there are too many, or will be."""
        self.received += size
        if max(self.received, self.total) > MAX_BYTES:
            raise UserError(f"more than {MAX_BYTES:,} bytes")
        self.progress.update(self.task, visible=True, completed=self.received, total=self.total or None)

    def reset(self) -> None:
        """Called at the end, before pooch adds the total as a whole."""
        if self.total:
            self.received = 0

    def close(self) -> None:
        """Called at the very end."""


def kaggle_csv(archive: Path) -> bytes:
    """The CSV in Kaggle's zip."""
    with zipfile.ZipFile(archive) as content:
        try:
            member = content.getinfo("IMDB Dataset.csv")
        except KeyError:
            raise UserError("no IMDB Dataset.csv in the archive") from None
        if member.file_size > MAX_BYTES:  # a member never reads as more than it says
            raise UserError(f"more than {MAX_BYTES:,} bytes in the archive")
        return content.read(member)


def stanford_csv(archive: Path) -> bytes:
    """A CSV like Kaggle's of the labelled reviews in Stanford's tar, in the order of their names."""
    size, rows = 0, []
    with tarfile.open(archive, "r:gz") as content:
        for member in content:
            match = REVIEW.fullmatch(member.name)
            if match and member.isfile():
                size += member.size
                if size > MAX_BYTES:
                    raise UserError(f"more than {MAX_BYTES:,} bytes in the archive")
                review = content.extractfile(member).read().decode("utf-8")
                rows.append((member.name, review, {"pos": "positive", "neg": "negative"}[match[1]]))
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(row[1:] for row in sorted(rows))
    return text.getvalue().encode("utf-8")


def verify(path: Path, rows: int) -> None:
    """Raise UserError unless the CSV at `path` has `rows` reviews, half of them of each label."""
    labels = corpus.read(path, *COLUMNS)["label"]
    with path.open(encoding="utf-8-sig", newline="") as file:
        header = next(csv.reader(file))
    if header != COLUMNS:
        raise UserError(f"{path}: line 1: expected the columns review,sentiment, not {','.join(header)}")
    positive = int(labels.sum())
    if (len(labels), 2 * positive) != (rows, rows):
        raise UserError(
            f"{path}: {len(labels):,} reviews, {positive:,} of them positive; expected {rows:,}, half of them"
        )


if __name__ == "__main__":
    command.run(main)
