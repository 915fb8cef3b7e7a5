"""TensorFlow's log lines: silenced, unless TF_CPP_MIN_LOG_LEVEL in the environment asks for them."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType

from sentiment.errors import UserError
from sentiment.system import memory

LEVEL = "TF_CPP_MIN_LOG_LEVEL"  # from 3 on, neither information, nor warnings, nor errors
SILENT = "3"
TOUCHED, RESERVED = 0.7e9, 1.6e9  # bytes that TensorFlow takes at once, and that it maps besides


def silence() -> None:
    """Silence TensorFlow in this process; call it before TensorFlow is imported.

    Its import then ends the process, in one line, where there is not enough memory for it.
    """
    if os.environ.setdefault(LEVEL, SILENT) == SILENT and sys.stderr is not None:
        sys.meta_path.insert(0, _QuietImport())


class _QuietImport(MetaPathFinder):
    """Imports TensorFlow with standard error muted: its libraries log while they load, whatever LEVEL is."""

    def find_spec(self, name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        spec = PathFinder.find_spec(name) if name == "tensorflow" else None
        if spec and spec.loader:
            execute = spec.loader.exec_module

            def muted(module: ModuleType) -> None:
                _require_memory()
                with _without_stderr():
                    execute(module)

            spec.loader.exec_module = muted  # type: ignore[method-assign]
        return spec


def _require_memory() -> None:
    try:
        memory.require(TOUCHED, "TensorFlow", "close other programs", RESERVED)
    except UserError as error:
        sys.exit(f"error: {error}")  # as a stage is being imported, there is nobody yet to tell it


@contextmanager
def _without_stderr() -> Iterator[None]:
    """Discard what is written to file descriptor 2, where C++ writes."""
    saved, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(saved, 2)
        os.close(saved)
        os.close(nowhere)
