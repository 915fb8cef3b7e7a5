"""The reviews that the stage `clean` wrote, read a part at a time: they need not fit into memory."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from sentiment.errors import UserError
from sentiment.system import files, untrusted

PART = 4096  # reviews


class CleanReviews:
    """n reviews in a Parquet file.

    labels: int8 (n), 1 for positive.
    groups: the group of each review, or None if the file has none.
    """

    def __init__(self, path: Path) -> None:
        """Read labels and groups; raises UserError if the file is missing or damaged."""
        self.path = path
        with _told(path):
            untrusted.check(path)
            names = pq.read_schema(path).names
            columns = ["label", "group"] if "group" in names else ["label"]
            table = pq.read_table(path, columns=columns)
            self.labels: np.ndarray = table["label"].to_numpy()
            self.groups: list[str] | None = table["group"].to_pylist() if "group" in names else None

    def __len__(self) -> int:
        return len(self.labels)

    def parts(self, rows: np.ndarray | None = None) -> Iterator[pa.StringArray]:
        """The texts of ascending `rows`, int, or of all, in their order, of PART rows of the file at a time.

        Raises UserError where the file is damaged.
        """
        start = 0
        with _told(self.path), pq.ParquetFile(self.path) as file:
            for batch in file.iter_batches(PART, columns=["text"]):
                texts = batch.column("text")
                if rows is not None:
                    first, end = np.searchsorted(rows, [start, start + len(texts)])
                    texts = texts.take(pa.array(rows[first:end] - start))
                start += len(batch)
                yield texts


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """Raise UserError for a file that is missing or damaged."""
    try:
        yield
    except FileNotFoundError:
        raise UserError(f"{path}: no such file; run `dvc repro clean` or `dvc pull`") from None
    except (pa.ArrowException, OSError, KeyError) as error:
        if files.is_system_error(error):
            raise
        raise UserError(f"{path}: not cleaned reviews, or damaged; run `dvc repro clean`") from None
