"""Files on this machine, or objects at URLs such as s3://bucket/key: found, read and compared alike."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO

from sentiment.errors import UserError
from sentiment.system import files, untrusted

S3 = "s3://"


def is_remote(name: str | Path) -> bool:
    """Whether `name` is a URL of object storage, not a path."""
    return str(name).startswith(S3)


def suffix(name: str | Path) -> str:
    """The ending of a file's name, such as .csv, in lower case."""
    return PurePosixPath(name).suffix.lower()


def listed(name: str | Path) -> list[str]:
    """What there is at `name`, in the order of the names: a file, or all within a folder or with a prefix."""
    if is_remote(name):
        with told(name):
            system = _system(name)
            return sorted(S3 + key for key in system.find(str(name)) if not key.endswith("/"))
    path = Path(name)
    if path.is_dir():
        return sorted(str(file) for file in path.rglob("*") if file.is_file())
    return [str(name)] if path.exists() else []


def opened(name: str | Path) -> BinaryIO:
    """Open a file to be read; raises as `untrusted.opened` does, and for what is remote as `told`."""
    if not is_remote(name):
        return untrusted.opened(name)
    with told(name):
        return _system(name).open(str(name), "rb")


def size(name: str | Path) -> int:
    """The bytes of all that is `listed`."""
    if is_remote(name):
        with told(name):
            return sum(_system(name).info(file)["size"] for file in listed(name))
    return sum(Path(file).stat().st_size for file in listed(name))


def checksums(name: str | Path) -> dict[str, str]:
    """The SHA-256 of each file that is `listed`; of what is remote, the tag that changes with its content."""
    if is_remote(name):
        with told(name):
            return {file: _system(name).info(file)["ETag"] for file in listed(name)}
    return {file: files.sha256(file) for file in listed(name) if Path(file).is_file()}


@contextmanager
def told(name: str | Path) -> Iterator[None]:
    """Raise UserError where what is remote cannot be read; nothing else changes."""
    if not is_remote(name):
        yield
        return
    try:
        from botocore.exceptions import BotoCoreError
    except ImportError:
        raise UserError(f"{name}: S3 needs s3fs: pip install '.[cluster]'") from None
    try:
        yield
    except (OSError, BotoCoreError) as error:
        raise UserError(f"{name}: {error}") from None


def _system(name: str | Path) -> Any:
    """Object storage as fsspec gives it, with no memory of what it has listed before."""
    import fsspec

    system, _ = fsspec.url_to_fs(str(name))
    system.invalidate_cache()
    return system
