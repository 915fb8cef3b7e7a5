"""Arrays that are written a part at a time, so that they need not fit into memory."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
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
