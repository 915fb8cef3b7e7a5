"""Model files and exported models that are hostile or damaged: sent by a stranger, or of a bad disk.

Each is a name and a function that writes it to a path, made of a whole one. The tests check that each is
refused in one line, within 5 seconds and 500 MiB.
"""

import os
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from benchmarks import hostile_export, hostile_keras

Hostile = tuple[str, Callable[[Path], object]]
HUGE = 2**42  # bytes of a file that takes none on disk


def keras_files(whole: Path) -> Iterator[Hostile]:
    """Yield hostile .keras files, made of a `whole` one."""
    content = whole.read_bytes()
    for name, write in no_files().items():
        yield f"{whole.name}: {name}", write
    for name, damaged in damages(content).items():
        yield f"{whole.name}: {name}", partial(_write, damaged)
    yield from hostile_keras.archives(content)


def exports(whole: Path) -> Iterator[Hostile]:
    """Yield hostile folders of an exported model, made of a `whole` one, whose other files they link to."""
    for file in sorted(whole.iterdir()):
        content = file.read_bytes()
        for name, write in no_files().items():
            yield f"{file.name}: {name}", _in_folder(whole, file.name, write)
        for name, damaged in damages(content).items():
            yield f"{file.name}: {name}", _in_folder(whole, file.name, partial(_write, damaged))
    yield from hostile_export.folders(whole)


def no_files() -> dict[str, Callable[[Path], object]]:
    """What may be in the place of a file, by name."""
    return {
        "missing": lambda path: None,
        "a folder": Path.mkdir,
        "a pipe": os.mkfifo,
        "endless": lambda path: path.symlink_to("/dev/zero"),
        "a link to itself": lambda path: path.symlink_to(path),
        "four terabytes": _sparse,
    }


def damages(content: bytes) -> dict[str, bytes]:
    """Damaged copies of a file, by name."""
    cut = {f"cut to {share:.0%}": content[: int(share * len(content))] for share in (0, 0.01, 0.5, 0.9, 0.99)}
    flipped = {}
    for share in (0.2, 0.4, 0.6, 0.8):
        place = int(share * len(content))
        flipped[f"a bit flipped at {share:.0%}"] = (
            content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]
        )
    return cut | flipped | {"zeros": bytes(len(content)), "twice": content + content}


def _write(content: bytes, path: Path) -> None:
    path.write_bytes(content)


def _sparse(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(HUGE)


def _in_folder(whole: Path, name: str, write: Callable[[Path], object]) -> Callable[[Path], object]:
    """A function that makes a folder like `whole`, but for the file `name`, which `write` writes."""

    def make(folder: Path) -> None:
        folder.mkdir()
        for file in whole.iterdir():
            if file.name != name:
                (folder / file.name).symlink_to(file.resolve())
        write(folder / name)

    return make
