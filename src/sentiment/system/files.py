"""Files that appear whole or not at all, and their checksums."""

import hashlib
import io
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import numpy as np

from sentiment.system import full_disk, untrusted

CHUNK = 2**20  # bytes read at once


@full_disk.told
@contextmanager
def replacing(path: str | Path) -> Iterator[Path]:
    """Yield a temporary path beside `path` for a file or a folder, and move it to `path` at the end.

    The move happens only if the block raises nothing, and after everything is synced to disk. So a crash
    leaves either the old content or the new; of a folder, which takes two moves, possibly neither, but never
    a part. The temporary name keeps the suffix, by which some writers choose their format.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    part = _part(path)
    _remove(part)  # left by an earlier, killed run
    try:
        yield part
        for file in [part, *part.rglob("*")] if part.is_dir() else [part]:
            _sync(file)
        if part.is_dir():
            _replace_folder(part, path)
        else:
            os.replace(part, path)
        _sync(path.parent)
    finally:
        _remove(part)


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
    part = _part(Path(path))
    _remove(part)
    Path(path).rename(part)
    _remove(part)


def _replace_folder(part: Path, path: Path) -> None:
    """Move the folder `part` to `path`, even over a folder with content, which os.replace refuses."""
    old = path.with_name(f".part-old-{path.name}")
    _remove(old)  # left by an earlier, killed run
    if path.is_dir():
        path.rename(old)
    try:
        os.replace(part, path)
    except BaseException:
        if old.exists():
            old.rename(path)
        raise
    _remove(old)


def _part(path: Path) -> Path:
    return path.with_name(f".part-{path.name}")


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
