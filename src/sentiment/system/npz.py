"""Arrays in an .npz file that anybody may have written, and whole numbers as bytes that compress well."""

from pathlib import Path

import numpy as np


def load(path: Path, kinds: dict[str, tuple[str, int]]) -> dict[str, np.ndarray]:
    """The arrays of an .npz file by name, each of the dtype and the number of dimensions that `kinds` says.

    Raises FileNotFoundError, or ValueError where the file holds anything else, is damaged or no .npz file.
    """
    try:
        with np.load(path, allow_pickle=False) as content:
            arrays = {name: np.asarray(content[name]) for name in kinds}
    except FileNotFoundError:
        raise
    except Exception as error:  # of a dozen types, by what of the file NumPy and zipfile stumble on
        raise ValueError("unreadable") from error
    if any((arrays[name].dtype, arrays[name].ndim) != kind for name, kind in kinds.items()):
        raise ValueError("arrays of another kind")
    return arrays


def planes(numbers: np.ndarray) -> np.ndarray:
    """The lowest byte of each number, then the next of each, and so on: uint8 (8, numbers).

    Of numbers near zero most of these are zero. The sign becomes the lowest bit: in two's complement, a
    negative number near zero has ones in all its high bytes.
    """
    numbers = numbers.astype("<i8")
    folded = (numbers << 1) ^ (numbers >> 63)
    return np.ascontiguousarray(folded.view(np.uint8).reshape(-1, 8).T)


def numbers(planes: np.ndarray) -> np.ndarray:
    """What `planes` was made of: int64 (numbers); raises ValueError where it is of another shape."""
    if len(planes) != 8:
        raise ValueError("not the bytes of whole numbers")
    folded = np.ascontiguousarray(planes.T).view("<u8")[:, 0]
    return (folded >> 1).astype(np.int64) ^ -(folded & 1).astype(np.int64)
