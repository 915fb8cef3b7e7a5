"""Tokenized reviews on disk: ragged int32 arrays that load by memory map."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sentiment.errors import UserError
from sentiment.system import array_file, untrusted

PARTS = ("train", "validation", "test")
DTYPES = {"ids": np.int32, "offsets": np.int64, "labels": np.int8, "rows": np.int32}
BLOCK = 4096  # reviews that are in memory together where all of them need not be


@dataclass(frozen=True)
class Reviews:
    """n reviews as ragged arrays.

    ids: int32 (tokens), the token ids of all reviews, concatenated.
    offsets: int64 (n + 1), review i is `ids[offsets[i]:offsets[i + 1]]`.
    labels: int8 (n), 1 for positive and 0 for negative.
    rows: int32 (n), the row of each review in data/clean.parquet.
    """

    ids: np.ndarray
    offsets: np.ndarray
    labels: np.ndarray
    rows: np.ndarray

    def __len__(self) -> int:
        return len(self.labels)

    def __getitem__(self, index: int) -> np.ndarray:
        """The token ids of one review, int32 (tokens)."""
        return self.ids[self.offsets[index] : self.offsets[index + 1]]

    @property
    def lengths(self) -> np.ndarray:
        """The number of tokens in each review, int64 (n)."""
        return np.diff(self.offsets)

    def take(self, indices: np.ndarray) -> "Reviews":
        """The reviews at `indices`, int (n), in that order."""
        return ragged([self[index] for index in indices], self.labels[indices], self.rows[indices])

    def padded(self, indices: np.ndarray, values: np.ndarray | None = None) -> np.ndarray:
        """Return the reviews at `indices`, padded with 0 on the right to the longest: int32 (indices, steps).

        If `values` (tokens, ...) are given, one for each token, they are returned in place of the ids.
        """
        values = self.ids if values is None else values
        starts, ends = self.offsets[indices], self.offsets[indices + 1]
        batch = np.zeros((len(indices), (ends - starts).max(), *values.shape[1:]), values.dtype)
        for row, start, end in zip(batch, starts, ends, strict=True):
            row[: end - start] = values[start:end]
        return batch

    def blocks(self) -> Iterator["Reviews"]:
        """BLOCK reviews at a time, in memory, in their order."""
        for start in range(0, len(self), BLOCK):
            end = min(start + BLOCK, len(self))
            first, last = self.offsets[[start, end]]
            arrays = self.ids[first:last], self.offsets[start : end + 1] - first
            yield Reviews(*map(np.array, (*arrays, self.labels[start:end], self.rows[start:end])))
            array_file.give_back(self.ids)

    def save(self, folder: Path) -> None:
        """Write each array as a .npy file into `folder`."""
        with growing(folder) as append:
            append(self)


def concatenate(*several: Reviews) -> Reviews:
    """The reviews of all, one after the other."""
    offsets = np.cumsum(np.concatenate([[0], *(some.lengths for some in several)]))
    ids, labels, rows = (
        np.concatenate([getattr(some, name) for some in several]) for name in ("ids", "labels", "rows")
    )
    return Reviews(ids, offsets, labels, rows)


def ragged(reviews: Sequence[np.ndarray], labels: np.ndarray, rows: np.ndarray) -> Reviews:
    """Concatenate `reviews`, each an int32 array of token ids, into one Reviews."""
    offsets = np.concatenate([[0], np.cumsum([len(review) for review in reviews])]).astype(np.int64)
    ids = np.concatenate([np.zeros(0, np.int32), *reviews])
    return Reviews(ids, offsets, labels.astype(np.int8), rows.astype(np.int32))


@contextmanager
def growing(folder: Path) -> Iterator[Callable[[Reviews], None]]:
    """Yield a function that appends reviews to those in `folder`, which need not fit into memory together."""
    with ExitStack() as stack:
        ids, offsets, labels, rows = (
            stack.enter_context(array_file.growing(folder / f"{name}.npy", dtype))
            for name, dtype in DTYPES.items()
        )
        end = np.zeros(1, np.int64)
        offsets(end)

        def append(reviews: Reviews) -> None:
            ids(reviews.ids)
            offsets(reviews.offsets[1:] + end)
            labels(reviews.labels)
            rows(reviews.rows)
            end[:] += reviews.offsets[-1]

        yield append


def load(folder: str | Path) -> Reviews:
    """Memory-map the reviews that `Reviews.save` wrote; raises UserError if they are missing or damaged."""
    try:
        arrays = {name: _load(Path(folder) / f"{name}.npy") for name in DTYPES}
    except (FileNotFoundError, ValueError, EOFError):
        raise UserError(f"{folder}: no tokenized reviews; run `dvc repro tokenize` or `dvc pull`") from None
    if not _fit(**arrays):
        raise UserError(f"{folder}: damaged tokens; run `dvc repro tokenize` or `dvc pull`")
    return Reviews(**arrays)


def _load(path: Path) -> np.ndarray:
    untrusted.check(path)
    return np.load(path, mmap_mode="r", allow_pickle=False)


def _fit(ids: np.ndarray, offsets: np.ndarray, labels: np.ndarray, rows: np.ndarray) -> bool:
    """Whether these arrays are of the kinds that `Reviews` has, and belong together."""
    arrays = ids, offsets, labels, rows
    if [array.dtype for array in arrays] != [*DTYPES.values()] or any(array.ndim != 1 for array in arrays):
        return False
    if not (len(labels) == len(rows) == len(offsets) - 1 and offsets[0] == 0 and offsets[-1] == len(ids)):
        return False
    return bool((np.diff(offsets) > 0).all() and np.isin(labels, (0, 1)).all())
