"""Load .npz files that may be damaged or hostile, and store integers so that they compress well."""

from pathlib import Path

import numpy as np


def load(path: Path, kinds: dict[str, tuple[str, int]]) -> dict[str, np.ndarray]:
    """Return the arrays of an .npz file by name; `kinds` maps names to dtypes and numbers of dimensions.

    Raises FileNotFoundError, or ValueError if the file is damaged, no .npz file, or holds other arrays.
    """
    try:
        with np.load(path, allow_pickle=False) as content:
            arrays = {name: np.asarray(content[name]) for name in kinds}
    except FileNotFoundError:
        raise
    except Exception as error:  # NumPy and zipfile raise a dozen types
        raise ValueError("unreadable") from error
    if any(arrays[name].dtype != dtype or arrays[name].ndim != ndim for name, (dtype, ndim) in kinds.items()):
        raise ValueError("arrays of another kind")
    return arrays


def to_byte_planes(integers: np.ndarray) -> np.ndarray:
    """Split integers into bytes: uint8 (8, n), the lowest byte of each first, then the next, and so on.

    For numbers near zero most of these bytes are zero, so they compress well. The sign moves to the lowest
    bit (zigzag coding): in two's complement, all high bytes of a negative number near zero are ones.
    """
    integers = integers.astype("<i8")
    zigzag = (integers << 1) ^ (integers >> 63)
    return np.ascontiguousarray(zigzag.view(np.uint8).reshape(-1, 8).T)


def from_byte_planes(planes: np.ndarray) -> np.ndarray:
    """Undo `to_byte_planes`: int64 (n); raises ValueError unless `planes` has 8 rows."""
    if len(planes) != 8:
        raise ValueError("expected 8 byte planes")
    zigzag = np.ascontiguousarray(planes.T).view("<u8")[:, 0]
    return (zigzag >> 1).astype(np.int64) ^ -(zigzag & 1).astype(np.int64)
