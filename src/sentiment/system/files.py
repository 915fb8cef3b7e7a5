"""Files that appear whole or not at all, and their checksums."""

import fcntl
import glob
import hashlib
import io
import json
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import numpy as np

from sentiment.system import full_disk, untrusted

CHUNK = 2**20  # bytes read at once
PART = ".part-"  # how names of unfinished files begin; git and DVC ignore these


@full_disk.told
@contextmanager
def replacing(path: str | Path) -> Iterator[Path]:
    """Yield a temporary path beside `path` for a file or a folder, and move it to `path` at the end.

    The move happens only if the block raises nothing, and after everything is synced to disk. So a crash
    leaves either the old content or the new; of a folder, which takes two moves, possibly neither, but never
    a part. The temporary path has the same name, by whose suffix some writers choose their format, in a
    folder of its own, which no other process writes to or removes.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    with _own_folder(path) as folder:
        part = folder / path.name
        yield part
        for file in [part, *part.rglob("*")] if part.is_dir() else [part]:
            _sync(file)
        if part.is_dir() and path.is_dir():  # os.replace refuses to replace a folder with content
            _replace_folder(part, path, _old(path, folder))
        else:
            os.replace(part, path)
        _sync(path.parent)


def write_json(path: str | Path, content: dict) -> None:
    """Write `content` as indented JSON; NaN and infinity, which JSON lacks, raise ValueError."""
    with replacing(path) as part:
        part.write_text(json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False) + "\n", "utf-8")


def read_json(path: str | Path) -> dict:
    """Return the content of a JSON file; raises ValueError if it is none, else as `untrusted.read` does."""
    try:
        return json.loads(untrusted.read(path, untrusted.JSON).decode("utf-8"))
    except RecursionError:
        raise ValueError("nested too deep") from None


def write_array(path: str | Path, array: np.ndarray) -> None:
    """Write `array` as a .npy file."""
    content = io.BytesIO()  # writing to a file, NumPy hides why a write failed
    np.save(content, array, allow_pickle=False)
    with replacing(path) as part:
        part.write_bytes(content.getbuffer())


def sha256(path: str | Path) -> str:
    """Return the SHA-256 of a file, of any size, in hexadecimal."""
    digest = hashlib.sha256()
    with Path(path).open("rb") as file:  # hashlib.file_digest needs Python 3.11
        while chunk := file.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def is_system_error(error: Exception) -> bool:
    """Return whether the system raised this; some libraries raise OSError for the content of a file, too."""
    return isinstance(error, OSError) and error.errno is not None


def copy_permissions(old: Path, new: Path) -> None:
    """Give `new` the mode of `old`, and its owner and group, as far as this user may."""
    with suppress(PermissionError):
        os.chown(new, old.stat().st_uid, old.stat().st_gid)
    shutil.copymode(old, new)


def remove(path: str | Path) -> None:
    """Remove a file or a folder; a crash leaves no part of it under its name."""
    path = Path(path)
    with _own_folder(path) as folder:
        path.rename(_old(path, folder))


def _replace_folder(part: Path, path: Path, old: Path) -> None:
    path.rename(old)
    try:
        os.replace(part, path)
    except BaseException:
        old.rename(path)
        raise


def _old(path: Path, folder: Path) -> Path:
    """Where in `folder` to put what is at `path`, out of the way."""
    return folder / f"old-{path.name}"


@contextmanager
def _own_folder(path: Path) -> Iterator[Path]:
    """Make a folder beside `path`, and remove it at the end; first, remove those of killed runs.

    Theirs are told by their lock, which the system has released.
    """
    for left in path.parent.glob(f"{PART}{'[0-9a-f]' * 8}-{glob.escape(path.name)}"):
        with suppress(BlockingIOError, FileNotFoundError), _locked(left):
            shutil.rmtree(left)
    folder = path.with_name(f"{PART}{secrets.token_hex(4)}-{path.name}")
    folder.mkdir()
    with _locked(folder):
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Hold the lock of a folder; raises BlockingIOError if another process does."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(descriptor)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
