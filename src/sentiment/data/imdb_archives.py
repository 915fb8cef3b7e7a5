"""The 50,000 labelled IMDb reviews in the archives of Kaggle and Stanford, as a CSV in Kaggle's format."""

import csv
import io
import re
import tarfile
import zipfile
from pathlib import Path

from sentiment.errors import UserError

COLUMNS = ["review", "sentiment"]
MAX_BYTES = 500_000_000  # of an archive and of its content; the real ones have 84 and 66 million at most
LABELS = {"pos": "positive", "neg": "negative"}  # by Stanford's folder
REVIEW = re.compile(r"aclImdb/(?:test|train)/(pos|neg)/\d+_\d+\.txt")  # train/unsup has no labels


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
    rows, size = [], 0
    with tarfile.open(archive, "r:gz") as content:
        for member in content:
            match = REVIEW.fullmatch(member.name)
            file = content.extractfile(member) if match and member.isfile() else None
            if match and file:
                size += member.size
                if size > MAX_BYTES:
                    raise UserError(f"more than {MAX_BYTES:,} bytes in the archive")
                rows.append((member.name, file.read().decode("utf-8"), LABELS[match[1]]))
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(row[1:] for row in sorted(rows))
    return text.getvalue().encode("utf-8")
