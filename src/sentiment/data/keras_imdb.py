"""Keras's file of the IMDb reviews, `imdb.npz`: words as ranks by frequency, 25,000 reviews in each part.

keras.datasets.imdb.load_data reads it from
https://storage.googleapis.com/tensorflow/tf-keras-datasets/imdb.npz. Its arrays of reviews are pickles, which
can run any code when NumPy loads them. So they are unpickled here with inert classes in place of NumPy's, and
every other class or function is refused.
"""

import io
import pickle
import zipfile
from pathlib import Path
from typing import IO, Any

import numpy as np

from sentiment.errors import UserError
from sentiment.system import npz, untrusted

PARTS = ("train", "test")
MOST = 2**27  # bytes of the file, and of each part of it unpacked; Keras's has 17 million, and 28


def read(path: str | Path) -> dict[str, tuple[list[list[int]], np.ndarray]]:
    """Return the reviews and labels of each of PARTS.

    A review is a list of ranks, 1 for the most frequent word; labels are int8 (reviews), 1 for positive.
    Raises UserError if the file is missing or has other content.
    """
    try:
        with untrusted.zipped(path, MOST) as archive:
            parts = {part: (_reviews(archive, part), _labels(archive, part)) for part in PARTS}
    except FileNotFoundError:
        raise UserError(f"{path}: no such file") from None
    except (UserError, MemoryError):
        raise
    except Exception as error:  # a damaged pickle raises anything
        raise UserError(f"{path}: not Keras's imdb.npz: {error}") from None
    for part, (reviews, labels) in parts.items():
        if len(reviews) != len(labels):
            raise UserError(f"{path}: {len(reviews)} reviews but {len(labels)} labels in its part {part}")
    return parts


def _labels(archive: zipfile.ZipFile, part: str) -> np.ndarray:
    labels = npz.array(untrusted.read_member(archive, f"y_{part}.npy", MOST))
    if labels.ndim != 1 or not np.isin(labels, (0, 1)).all():
        raise ValueError(f"y_{part} holds other labels than 0 and 1")
    return labels.astype(np.int8)


def _reviews(archive: zipfile.ZipFile, part: str) -> list[list[int]]:
    file = io.BytesIO(untrusted.read_member(archive, f"x_{part}.npy", MOST))
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
    readers = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}
    readers[version](file)


class _Array:
    """Replaces a pickled array of objects; it only keeps the items."""

    def __setstate__(self, state: tuple) -> None:
        *_, self.items = state


class _Type:
    """Replaces NumPy's types, to which a pickled array refers."""

    def __init__(self, *_: object):
        pass

    def __setstate__(self, state: object) -> None:
        pass


class _Unpickler(pickle.Unpickler):
    """Allows lists, numbers and the names that NumPy's pickles contain, with inert replacements."""

    ALLOWED: dict[str, Any] = {  # noqa: RUF012
        "ndarray": _Type,
        "dtype": _Type,
        "_reconstruct": lambda *_: _Array(),
        "encode": lambda text, codec: text.encode("latin1"),  # bytes in pickles of protocol 2
    }
    MODULES = ("numpy", "numpy.core.multiarray", "numpy._core.multiarray", "_codecs")

    def find_class(self, module: str, name: str) -> Any:
        if module not in self.MODULES or name not in self.ALLOWED:
            raise pickle.UnpicklingError(f"it asks for {module}.{name}, which no such file needs")
        return self.ALLOWED[name]
