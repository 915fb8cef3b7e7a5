"""What the benchmark `reading` reads: reviews, their films, and what people made of some to reverse them.

Kaushik, Hovy & Lipton 2020, Learning the Difference that Makes a Difference with Counterfactually-Augmented
Data, https://openreview.net/forum?id=Sklgs0NFvr.
"""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pooch

from benchmarks import edits
from benchmarks.reading_corpus import with_films, without_pairs
from sentiment import params
from sentiment.data import corpus
from sentiment.data.imdb_archives import COLUMNS, stanford_films
from sentiment.data.label_values import Labels
from sentiment.data.layout import Layout
from sentiment.errors import UserError

SOURCE = (
    "https://raw.githubusercontent.com/acmi-lab/counterfactually-augmented-data/"
    "6f232a1d2a11462a30ce08fb4825b734ab30828e/sentiment/combined/paired"
)
HASHES = {
    "dev_paired.tsv": "sha256:4c2d8a70cbce23eba27fb1f0bb5043cf044811912435cf8d10c3ea6fc7a51363",
    "train_paired.tsv": "sha256:7ac50ca3d70890f80e11ee59955cdbfc43f26b5078d0603717817ab224d2af18",
}
FILMS = ["sha256_of_review", "film", "part"]


@dataclass(frozen=True)
class Inputs:
    """Reviews, and pairs of reviews that people made.

    reviews: text (str, raw), label (1 is positive), film, and part_film such as test/tt0111161; all of them.
    rest: the reviews that stand in no pair.
    pairs: by set, dev and train: original and reversed (str, raw), the reversed one's label, and its length
    and the kinds of its edit, as in `edits`.
    """

    reviews: pd.DataFrame
    rest: pd.DataFrame
    pairs: dict[str, pd.DataFrame]


def read(path: Path, films: Path | None, folder: Path | None) -> Inputs:
    """Read the CSV of reviews at `path`, and films and pairs from files or where they are published.

    Raises UserError where something is missing, or belongs to other reviews.
    """
    tables = {name: read_pairs(file) for name, file in pair_files(folder).items()}
    pairs = {name.partition("_")[0]: edits.describe(table) for name, table in tables.items()}
    reviews = with_films(corpus.read(path, Layout(COLUMNS[0], COLUMNS[1])), read_films(films), path)
    return Inputs(reviews, without_pairs(reviews, list(pairs.values()), path), pairs)


def fetched(url: str, known_hash: str) -> Path:
    """The file at `url`, downloaded once; raises UserError where that fails or its hash is another one."""
    try:
        return Path(pooch.retrieve(url, known_hash, path=pooch.os_cache("sentiment")))
    except (OSError, ValueError) as error:
        raise UserError(f"{url}: {error}; get it another way, and name it by --films or --reversed") from None


def pair_files(folder: Path | None) -> dict[str, Path]:
    """The files of pairs by name: in `folder`, or downloaded."""
    if folder:
        return {name: folder / name for name in HASHES}
    return {name: fetched(f"{SOURCE}/{name}", known_hash) for name, known_hash in HASHES.items()}


def read_pairs(path: Path) -> pd.DataFrame:
    """The pairs in a file: original and reversed (str), and label (int), which is the reversed one's.

    The file is tab-separated, with quotes as in a CSV; each original is followed by its reverse. Raises
    UserError where it is not like that.
    """
    try:
        rows = pd.read_csv(path, sep="\t", dtype=str, keep_default_na=False)
        first, second = rows[::2].reset_index(drop=True), rows[1::2].reset_index(drop=True)
        if (
            not first["batch_id"].equals(second["batch_id"])
            or (first["Sentiment"] == second["Sentiment"]).any()
        ):
            raise ValueError("not pairs")
        label = [Labels().parse(name) for name in second["Sentiment"]]
        return pd.DataFrame({"original": first["Text"], "reversed": second["Text"], "label": label})
    except FileNotFoundError:
        raise UserError(
            f"{path}: no such file; --reversed names the folder of {' and '.join(HASHES)}"
        ) from None
    except (ValueError, KeyError):
        raise UserError(f"{path}: not pairs of reviews as in {SOURCE}") from None


def read_films(path: Path | None) -> pd.DataFrame:
    """The columns FILMS of the CSV file at `path`, or else of the original archive."""
    if path is None:
        source = params.load("download").download
        return pd.DataFrame(stanford_films(fetched(source.stanford, source.stanford_hash)), columns=FILMS)
    try:
        return pd.read_csv(path, dtype=str)[FILMS]
    except FileNotFoundError:
        raise UserError(
            f"{path}: no such file; --films names a CSV with the columns {','.join(FILMS)}"
        ) from None
    except (ValueError, KeyError):
        raise UserError(f"{path}: expected a CSV with the columns {','.join(FILMS)}") from None
