"""What a git revision or a DVC experiment holds, whether git or DVC keeps it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sentiment.errors import UserError

WORKSPACE = "workspace"  # DVC's name for the files as they are now


@contextmanager
def files(name: str, *paths: str) -> Iterator[Path]:
    """Yield a temporary folder with the files and folders at `paths` of revision `name`, or the WORKSPACE.

    Raises UserError where there is no such revision, or it lacks one of them.
    """
    # DVC takes seconds to import: only what reads revisions needs it.
    from dvc.api import DVCFileSystem

    with TemporaryDirectory() as folder:
        for path in paths:
            with reading(name, path):
                source = DVCFileSystem(rev=_rev(name))
                source.get(path, f"{folder}/{path}", recursive=source.isdir(path))
        yield Path(folder)


def params(name: str) -> dict[str, Any]:
    """The parameters of a revision, such as `train.epochs`, by name; raises UserError as `files` does."""
    import dvc.api

    with reading(name, "params.yaml"):
        sections = dvc.api.params_show(rev=_rev(name))
    return {
        f"{section}.{key}": value
        for section, values in sections.items()
        for key, value in (values.items() if isinstance(values, dict) else [("", values)])
    }


def _rev(name: str) -> str | None:
    return None if name == WORKSPACE else name


@contextmanager
def reading(name: str, path: str) -> Iterator[None]:
    """Turn DVC's and git's errors into a UserError about `path` in revision `name`."""
    from dvc.exceptions import DvcException
    from scmrepo.exceptions import SCMError  # of an empty repository

    try:
        yield
    except FileNotFoundError:
        where = "the folder or DVC's cache" if name == WORKSPACE else "git or DVC's cache"
        remedy = "`dvc repro`" if name == WORKSPACE else "`dvc fetch --all-commits`, or `dvc repro` there"
        raise UserError(f"no results of {name!r} here: {path} is not in {where}; run {remedy}") from None
    except (DvcException, SCMError, OSError) as error:
        raise UserError(f"no results of {name!r} here: {error}") from None
