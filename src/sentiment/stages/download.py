"""Get the 50,000 reviews: keep the existing file, else download it from Kaggle, else from Stanford."""

import csv
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sentiment import params
from sentiment.data import corpus
from sentiment.data.imdb_archives import COLUMNS, MAX_BYTES, kaggle_csv, stanford_csv
from sentiment.data.layout import Layout
from sentiment.errors import UserError
from sentiment.system import command, one_writer
from sentiment.system.http_download import download

PAGE = "https://www.kaggle.com/datasets/lakshmi25npathi/imdb-dataset-of-50k-movie-reviews"


@dataclass(frozen=True)
class Source:
    """An archive of the reviews at `url`, and the function that makes a CSV of it."""

    name: str
    url: str
    known_hash: str | None
    to_csv: Callable[[Path], bytes]


def main(path: Path) -> None:
    """Put the reviews at PATH as a CSV in Kaggle's format, verified; an existing file is kept."""
    if path.exists():
        check_existing(path, params.load("download").download.rows)
        return
    with one_writer.replacing([path], [], lambda: params.load("download")) as (settings, (part,)):
        source = fetch_first(settings.download, part, path)
    print(f"{path} has {settings.download.rows:,} reviews from {source}")


def fetch_first(config: params.Download, part: Path, path: Path) -> str:
    """Write the reviews to `part`, from the first source that has them, and return its name.

    Raises UserError, which tells the ways to get them to `path`, if none has.
    """
    failures = []
    for source in (
        Source("Kaggle", config.kaggle, None, kaggle_csv),
        Source("Stanford", config.stanford, config.stanford_hash, stanford_csv),
    ):
        try:
            fetch(source, part, config.timeout, config.rows)
        except UserError as error:
            failures.append(f"{source.name}: {error}")
            print(failures[-1], file=sys.stderr)
        else:
            return source.name
    raise UserError(
        f"{path}: no download succeeded ({'; '.join(failures)}); put the CSV of {PAGE} there, or get it "
        "from a remote that has it: `dvc pull`, or use another corpus: "
        "`dvc exp run -S data.csv=data/sample.csv -S 'data.download=[]'`"
    )


def check_existing(path: Path, rows: int) -> None:
    """Raise UserError, which says how to proceed, unless the file at `path` has the expected reviews."""
    try:
        verify(path, rows)
    except UserError as error:
        raise UserError(
            f"{error}; the file is left as it is: put the CSV of {PAGE} in its place, move it away "
            "and run again to download it, or name a corpus of your own in params.yaml, data.csv"
        ) from None
    print(f"{path} is there already, with the {rows:,} reviews it should have")


def fetch(source: Source, part: Path, timeout: float, rows: int) -> None:
    """Write the reviews of `source` to `part`, verified; raises UserError with the reason if that fails."""
    print(f"downloading {source.url}", file=sys.stderr)
    archive = part.with_name("archive")
    checksum = download(source.url, archive, timeout, MAX_BYTES)
    if source.known_hash not in (None, f"sha256:{checksum}"):
        raise UserError("another checksum than params.yaml's")
    part.write_bytes(extract(source, archive))
    try:
        verify(part, rows)
    except UserError as error:
        raise UserError(str(error).replace(str(part), "its CSV")) from error


def extract(source: Source, archive: Path) -> bytes:
    """Return the CSV made of the archive; raises UserError if the archive is broken."""
    try:
        return source.to_csv(archive)
    except UserError:
        raise
    except Exception as error:  # a broken archive raises many types
        raise UserError(f"the archive is broken ({type(error).__name__})") from error


def verify(path: Path, rows: int) -> None:
    """Raise UserError unless the CSV at `path` has `rows` reviews, half of them of each label."""
    labels = corpus.read(path, Layout(COLUMNS[0], COLUMNS[1]))["label"]
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
