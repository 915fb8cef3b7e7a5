"""The 50,000 labelled IMDb reviews in the archives of Kaggle and Stanford, as a CSV in Kaggle's format.

Stanford's also says which film each review is about.
"""

import csv
import hashlib
import io
import re
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

from sentiment.errors import UserError
from sentiment.system import progress

COLUMNS = ["review", "sentiment"]
MAX_BYTES = 500_000_000  # of an archive and of its content; the real ones have 84 and 66 million at most
LABELS = {"pos": "positive", "neg": "negative"}  # by Stanford's folder
# Part, folder and number of a review; train/unsup has no labels.
REVIEW = re.compile(r"aclImdb/(test|train)/(pos|neg)/(\d+)_\d+\.txt")
URLS = re.compile(r"aclImdb/(test|train)/urls_(pos|neg)\.txt")  # a line for each number, from 0 on
FILM = re.compile(r"/title/(tt\d+)")


def kaggle_csv(archive: Path) -> bytes:
    """Return the CSV in Kaggle's zip; raises UserError if there is none or it is too large."""
    with zipfile.ZipFile(archive) as content:
        try:
            member = content.getinfo("IMDB Dataset.csv")
        except KeyError:
            raise UserError("no IMDB Dataset.csv in the archive") from None
        if member.file_size > MAX_BYTES:  # zipfile reads no more of a member than this size
            raise UserError(f"more than {MAX_BYTES:,} bytes in the archive")
        return content.read(member)


def stanford_csv(archive: Path) -> bytes:
    """Return a CSV of the labelled reviews in Stanford's tar, sorted by their file names.

    Raises UserError if they are too large.
    """
    rows = [(match[0], text, LABELS[match[2]]) for match, text in _texts(archive, [REVIEW])]
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(row[1:] for row in sorted(rows))
    return text.getvalue().encode("utf-8")


def stanford_films(archive: Path) -> list[tuple[str, str, str]]:
    """Return checksum, film and part of each labelled review in Stanford's tar, sorted, none of them twice.

    The checksum is `review_checksum` of the review, the film its id at IMDb, such as tt0111161, the part
    train or test. A text that stands there several times can have several. Raises UserError if a review has
    no film, or all are too large.
    """
    reviews, lines = [], {}
    for match, text in _texts(archive, [REVIEW, URLS]):
        if match.re is REVIEW:
            reviews.append((match[1], match[2], int(match[3]), review_checksum(text)))
        else:
            lines[match[1], match[2]] = text.splitlines()
    found = set()
    for part, folder, number, checksum in reviews:
        film = FILM.search("".join(lines.get((part, folder), [])[number : number + 1]))
        if not film:
            raise UserError(f"no film of review {part}/{folder}/{number} in the archive")
        found.add((checksum, film[1], part))
    return sorted(found)


def review_checksum(text: str) -> str:
    """Return the first 16 hexadecimal digits of the SHA-256 of a raw review in UTF-8."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _texts(archive: Path, patterns: list[re.Pattern]) -> Iterator[tuple[re.Match, str]]:
    """Yield the texts in Stanford's tar whose names match one of `patterns`, with the match.

    Raises UserError if they are too large.
    """
    size = 0
    with progress.reading(archive, "reviews") as raw, tarfile.open(fileobj=raw, mode="r:gz") as content:
        for member in content:
            match = next(filter(None, (pattern.fullmatch(member.name) for pattern in patterns)), None)
            file = content.extractfile(member) if match and member.isfile() else None
            if match and file:
                size += member.size
                if size > MAX_BYTES:
                    raise UserError(f"more than {MAX_BYTES:,} bytes in the archive")
                yield match, file.read().decode("utf-8")
