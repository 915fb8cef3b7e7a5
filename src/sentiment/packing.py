"""Arrays of whole numbers as bytes that compress well."""

import numpy as np


def planes(numbers: np.ndarray) -> np.ndarray:
    """The lowest byte of each number, then the next of each, and so on: uint8 (8, numbers).

    Of small numbers most of these are all alike.
    """
    return np.ascontiguousarray(numbers.astype("<i8").view(np.uint8).reshape(-1, 8).T)


def numbers(planes: np.ndarray) -> np.ndarray:
    """What `planes` was made of: int64 (numbers); raises ValueError where it is of another kind."""
    if planes.dtype != np.uint8 or planes.ndim != 2 or len(planes) != 8:
        raise ValueError("not the bytes of whole numbers")
    return np.ascontiguousarray(planes.T).view("<i8")[:, 0].astype(np.int64)
