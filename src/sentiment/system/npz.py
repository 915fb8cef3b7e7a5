"""Load .npz files that may be damaged or hostile, and store integers so that they compress well."""

import io
import math
from pathlib import Path

import numpy as np

from sentiment.errors import UserError
from sentiment.system import files, untrusted

PACKED, UNPACKED = 2**27, 2**28  # bytes of a file at most, and of its arrays: ours have 1 and 60 million


def load(path: Path, kinds: dict[str, tuple[str, int]]) -> dict[str, np.ndarray]:
    """Return the arrays of an .npz file by name; `kinds` maps names to dtypes and numbers of dimensions.

    What it unpacks to is known before it is unpacked, and what an array takes before it is made. Raises
    OSError, UserError as `untrusted.opened` does, or ValueError if the file is damaged, no .npz file, or
    holds other arrays.
    """
    try:
        with untrusted.zipped(path, PACKED) as archive:
            if sum(member.file_size for member in archive.infolist()) > UNPACKED:
                raise ValueError("too large")
            arrays = {name: array(untrusted.read_member(archive, f"{name}.npy", UNPACKED)) for name in kinds}
    except (UserError, MemoryError):
        raise
    except Exception as error:  # NumPy and zipfile raise a dozen types
        if files.is_system_error(error):
            raise
        raise ValueError("unreadable") from error
    if any(arrays[name].dtype != dtype or arrays[name].ndim != ndim for name, (dtype, ndim) in kinds.items()):
        raise ValueError("arrays of another kind")
    return arrays


def array(content: bytes) -> np.ndarray:
    """The array in a .npy file; raises ValueError where the rest is not as long as its shape says."""
    file = io.BytesIO(content)
    np.lib.format.read_magic(file)
    shape, by_columns, dtype = np.lib.format.read_array_header_1_0(file)
    if by_columns or math.prod(shape) * dtype.itemsize != len(content) - file.tell():
        raise ValueError("another shape")
    return np.frombuffer(content, dtype, offset=file.tell()).reshape(shape)


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
