"""A full disk, told in one line: the file that did not fit, and where to make room."""

import errno
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import wraps
from pathlib import Path
from typing import TypeVar

from sentiment.errors import UserError

T = TypeVar("T")
FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}  # the disk, the user's share of it, the size of a file


def is_full(error: BaseException) -> bool:
    """Return whether an error means this; HDF5 and TensorFlow say so in words only."""
    return getattr(error, "errno", None) in FULL or os.strerror(errno.ENOSPC) in str(error)


@contextmanager
def naming(path: str | Path) -> Iterator[None]:
    """Raise UserError, which names `path`, where the disk turns out to be full while it is written."""
    try:
        yield
    except Exception as error:
        if isinstance(error, UserError) or not is_full(error):
            raise
        raise UserError(message(Path(path), error)) from None


def told(
    manager: Callable[[str | Path], AbstractContextManager[T]],
) -> Callable[[str | Path], AbstractContextManager[T]]:
    """Make `manager`, a context manager that writes to the path it is given, do as `naming` does."""

    @wraps(manager)
    @contextmanager
    def named(path: str | Path) -> Iterator[T]:
        with naming(path), manager(path) as value:
            yield value

    return named


def message(path: Path | None, error: BaseException) -> str:
    """Return what to tell the user; without a `path`, what has not been written is not known."""
    reason = os.strerror(getattr(error, "errno", None) or errno.ENOSPC)
    if path is None:
        places = f"{Path.cwd()}, {tempfile.gettempdir()} or where the output goes"
        return f"{reason}: free some in {places}, and run the same command again"
    if getattr(error, "errno", None) == errno.EFBIG:
        return f"{path}: {reason}: larger than files may be here; raise the limit (`ulimit -f`)"
    # Not a folder of unfinished files, which is gone by now.
    folder = next(one for one in path.absolute().parents if one.exists() and ".part-" not in str(one))
    room = f"it takes more than the {shutil.disk_usage(folder).free:,} bytes that are free in {folder}"
    return f"{path}: {reason}: {room}; free some there, or by `dvc gc`, and run the same command again"
