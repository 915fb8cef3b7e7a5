"""Keras's own file of the IMDb reviews, `imdb.npz`: words as their ranks by frequency, 25,000 of each part.

https://storage.googleapis.com/tensorflow/tf-keras-datasets/imdb.npz, which keras.datasets.imdb.load_data
reads. Its arrays of reviews are pickles, and a pickle can run anything. So NumPy is not let near them: they
are unpickled with nothing but the inert classes below in place of NumPy's, and any other name is refused.
"""

import pickle
import zipfile
from pathlib import Path
from typing import IO

import numpy as np

from sentiment.errors import UserError

PARTS = ("train", "test")


def read(path: str | Path) -> dict[str, tuple[list[list[int]], np.ndarray]]:
    """The reviews of each of PARTS, each a list of ranks from 1 for the most frequent word, and their labels.

    The labels are int8, 1 for positive. Raises UserError where `path` does not hold that.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            parts = {part: (_reviews(archive, part), _labels(archive, part)) for part in PARTS}
    except FileNotFoundError:
        raise UserError(f"{path}: no such file") from None
    except Exception as error:  # a damaged pickle raises whatever it likes
        raise UserError(f"{path}: not Keras's imdb.npz: {error}") from None
    for part, (reviews, labels) in parts.items():
        if len(reviews) != len(labels):
            raise UserError(f"{path}: {len(reviews)} reviews but {len(labels)} labels in its part {part}")
    return parts


def _labels(archive: zipfile.ZipFile, part: str) -> np.ndarray:
    with archive.open(f"y_{part}.npy") as file:
        labels = np.lib.format.read_array(file, allow_pickle=False)
    if labels.ndim != 1 or not np.isin(labels, (0, 1)).all():
        raise ValueError(f"y_{part} holds other labels than 0 and 1")
    return labels.astype(np.int8)


def _reviews(archive: zipfile.ZipFile, part: str) -> list[list[int]]:
    with archive.open(f"x_{part}.npy") as file:
        _skip_header(file)
        array = _Unpickler(file, encoding="latin1").load()
    reviews = getattr(array, "items", None)
    if not isinstance(reviews, list) or not all(map(_is_review, reviews)):
        raise ValueError(f"x_{part} holds other things than lists of ranks")
    return reviews


def _is_review(review: object) -> bool:
    return isinstance(review, list) and all(type(rank) is int and rank > 0 for rank in review)


def _skip_header(file: IO[bytes]) -> None:
    version = np.lib.format.read_magic(file)
    header = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}
    header[version](file)


class _Array:
    """Stands for a pickled array of objects: its items, and no more."""

    def __setstate__(self, state: tuple) -> None:
        *_, self.items = state


class _Type:
    """Stands for NumPy's types, which a pickled array names."""

    def __init__(self, *_):
        pass

    def __setstate__(self, state: object) -> None:
        pass


class _Unpickler(pickle.Unpickler):
    """Makes lists, numbers and _Array, and knows no other name than those that NumPy writes."""

    KNOWN = {  # noqa: RUF012
        "ndarray": _Type,
        "dtype": _Type,
        "_reconstruct": lambda *_: _Array(),
        "encode": lambda text, codec: text.encode("latin1"),  # how pickles of protocol 2 write bytes
    }
    MODULES = ("numpy", "numpy.core.multiarray", "numpy._core.multiarray", "_codecs")

    def find_class(self, module: str, name: str) -> object:
        if module not in self.MODULES or name not in self.KNOWN:
            raise pickle.UnpicklingError(f"it asks for {module}.{name}, which no such file needs")
        return self.KNOWN[name]
