"""Arrays on disk that need not fit into memory: written a part at a time, read by memory map."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from mmap import MADV_DONTNEED, mmap
from pathlib import Path

import numpy as np

from sentiment.system import files

Append = Callable[[np.ndarray], None]


@contextmanager
def growing(path: str | Path, dtype: type, *row: int) -> Iterator[Append]:
    """Yield a function that appends rows, each of shape `row`, to a .npy file, which appears at the end.

    The bytes are those of `np.save`.
    """
    rows = 0

    def write_header() -> None:
        header = {"descr": np.lib.format.dtype_to_descr(np.dtype(dtype)), "fortran_order": False}
        np.lib.format.write_array_header_1_0(file, header | {"shape": (rows, *row)})

    def append(array: np.ndarray) -> None:
        nonlocal rows
        file.write(np.ascontiguousarray(array, dtype).data)
        rows += len(array)

    with files.replacing(path) as part, part.open("wb") as file:
        write_header()
        yield append
        file.seek(0)  # NumPy leaves room for any number of rows
        write_header()


def give_back(array: np.ndarray) -> None:
    """Give the pages of a mapped array back to the system, where they count as memory of this process."""
    if isinstance(array.base, mmap):
        array.base.madvise(MADV_DONTNEED)
