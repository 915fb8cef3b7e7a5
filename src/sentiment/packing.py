"""Arrays of whole numbers as bytes that compress well, and what reading a damaged file of them raises."""

import zipfile
import zlib

import numpy as np

# By NumPy, zipfile and what is done with arrays of another kind, for a bit that fell over or a hostile hand.
UNREADABLE = (
    *(ValueError, TypeError, KeyError, IndexError, AttributeError, EOFError, OSError, RuntimeError),
    *(OverflowError, MemoryError, NotImplementedError, zipfile.BadZipFile, zlib.error),
)


def planes(numbers: np.ndarray) -> np.ndarray:
    """The lowest byte of each number, then the next of each, and so on: uint8 (8, numbers).

    Of numbers near zero most of these are zero. The sign comes last in the lowest byte, for in the highest it
    would change them all.
    """
    numbers = numbers.astype("<i8")
    folded = (numbers << 1) ^ (numbers >> 63)
    return np.ascontiguousarray(folded.view(np.uint8).reshape(-1, 8).T)


def numbers(planes: np.ndarray) -> np.ndarray:
    """What `planes` was made of: int64 (numbers); raises ValueError where it is of another kind."""
    if planes.dtype != np.uint8 or planes.ndim != 2 or len(planes) != 8:
        raise ValueError("not the bytes of whole numbers")
    folded = np.ascontiguousarray(planes.T).view("<u8")[:, 0]
    return (folded >> 1).astype(np.int64) ^ -(folded & 1).astype(np.int64)
