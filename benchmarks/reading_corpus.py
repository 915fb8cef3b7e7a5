"""Reviews with their films, and which of them people have reversed."""

import csv
from collections import defaultdict
from pathlib import Path

import pandas as pd

from benchmarks.results import parallel_map
from sentiment.data import labels
from sentiment.data.imdb_archives import COLUMNS, review_checksum
from sentiment.data.text import clean
from sentiment.errors import UserError
from sentiment.system import files

END = 40  # letters and digits at the start or the end of a review by which it is found


def with_films(reviews: pd.DataFrame, films: pd.DataFrame, path: Path) -> pd.DataFrame:
    """`reviews` with the columns film and part_film.

    A text that is there with several films is given the first by name, and is in the test part if it is in
    both: so nothing that is tested has been trained on. Raises UserError if a review has no film.
    """
    both = films.assign(part_film=films["part"] + "/" + films["film"])
    first = both.groupby("sha256_of_review")[["film", "part_film"]].min()
    found = first.reindex([review_checksum(text) for text in reviews["text"]]).reset_index(drop=True)
    if missing := int(found["film"].isna().sum()):
        raise UserError(
            f"{path}: {missing:,} of {len(reviews):,} reviews have no film; is it another corpus?"
        )
    return pd.concat([reviews, found], axis=1)


def without_pairs(reviews: pd.DataFrame, pairs: list[pd.DataFrame], path: Path) -> pd.DataFrame:
    """Those of the `reviews` that are in no pair, by their letters and digits.

    Where an original is not found, any review with its first or last letters and digits counts as it. Raises
    UserError if there is none.
    """
    keys = parallel_map(letters, reviews["text"].tolist(), "Matching")
    by_end = defaultdict(set)
    for key in keys:
        by_end[key[:END], ""].add(key)
        by_end["", key[-END:]].add(key)
    known, taken, missing = set(keys), set(), 0
    for table in pairs:
        taken |= known & set(map(letters, table["reversed"]))
        for key in map(letters, table["original"]):
            found = {key} & known or by_end[key[:END], ""] | by_end["", key[-END:]]
            missing += not found
            taken |= found
    if missing:
        raise UserError(
            f"{path}: {missing:,} of the reversed reviews' originals are missing; is it another corpus?"
        )
    return reviews[[key not in taken for key in keys]]


def letters(text: str) -> str:
    """The letters and digits of a raw review, in lower case."""
    return "".join(filter(str.isalnum, clean(text).lower()))


def write_csv(path: Path, reviews: pd.DataFrame, group: str) -> None:
    """Write text, label and the column `group` of `reviews` as the columns review, sentiment, film."""
    with files.replacing(path) as part, part.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([*COLUMNS, "film"])
        names = labels.NAMES[reviews["label"]]
        writer.writerows(zip(reviews["text"], names, reviews[group], strict=True))
