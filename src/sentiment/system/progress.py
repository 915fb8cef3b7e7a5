"""Progress on standard error: a bar with rate and remaining time, or, in a log, a line every few seconds."""

import io
import signal
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.filesize import decimal
from rich.progress import BarColumn, Progress, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.text import Text

PAUSE = 5  # seconds between two lines in a log
BUFFER = 2**18  # bytes read at once from a file

Advance = Callable[[int], None]


def progress(items: Iterable, description: str, total: int) -> Iterator:
    """Yield `items`, of which there are `total`, and show how many have been worked on."""
    with bar(description, total) as advance:
        for item in items:
            yield item
            advance(1)


@contextmanager
def bar(description: str, total: int | None, done: int = 0, in_bytes: bool = False) -> Iterator[Advance]:
    """Show progress from `done` to `total`, if that is known; yield a function that adds to it."""
    console, shown = Console(stderr=True), decimal if in_bytes else _number
    if not console.is_terminal:
        lines = _Lines(description, total, done, shown)
        yield lines.advance
        lines.end()
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        _Count(shown),
        _Rate(shown),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console) as display:
        task = display.add_task(description, total=total, completed=done, before=done)
        yield lambda count: display.advance(task, count)


@contextmanager
def counter(description: str, total: int, done: int = 0) -> Iterator[Advance]:
    """A `bar` during which Ctrl-C takes effect at the next call of the function that it yields.

    Raised anywhere else, it could leave a lock taken for which the bar's thread or a worker process would
    wait forever.
    """
    interrupts: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, _: interrupts.append(number))
    try:
        with bar(description, total, done) as add:

            def advance(count: int) -> None:
                add(count)
                if interrupts:
                    raise KeyboardInterrupt

            yield advance
    finally:
        signal.signal(signal.SIGINT, before)
    if interrupts:
        raise KeyboardInterrupt


@contextmanager
def reading(path: Path, description: str) -> Iterator[io.BufferedReader]:
    """Open the file at `path` to be read, and show how much of it has been read."""
    size = path.stat().st_size
    with bar(description, size, in_bytes=True) as advance, _Watched(path, advance) as file:
        yield io.BufferedReader(file, BUFFER)


class _Watched(io.FileIO):
    """A file that tells how many bytes are read."""

    def __init__(self, path: Path, advance: Advance) -> None:
        super().__init__(path)
        self.advance = advance

    def readinto(self, buffer: Any) -> int:
        count = super().readinto(buffer) or 0
        self.advance(count)
        return count


class _Lines:
    """Progress in a log."""

    def __init__(self, description: str, total: int | None, done: int, shown: Callable) -> None:
        self.description, self.total, self.shown = description, total, shown
        self.before = self.done = done
        self.start = self.told = time.monotonic()
        self.said = -1  # how much of it the last line told

    def advance(self, count: int) -> None:
        self.done += count
        if time.monotonic() - self.told >= PAUSE:
            self.tell()

    def end(self) -> None:
        """Say how long it took, unless that was said, or no time at all."""
        if self.said != self.done and time.monotonic() - self.start >= 1:
            self.tell()

    def tell(self) -> None:
        self.told, self.said = time.monotonic(), self.done
        seconds = self.told - self.start
        rate = (self.done - self.before) / seconds if seconds else 0
        parts = [f"{self.description}: {self.shown(self.done)}"]
        if self.total is not None:
            parts[0] += f" of {self.shown(self.total)}"
        parts += [f"{self.shown(rate)}/s", f"{seconds:.0f} s"]
        if rate and self.total is not None and self.done < self.total:
            parts.append(f"{(self.total - self.done) / rate:.0f} s left")
        print(", ".join(parts), file=sys.stderr, flush=True)


class _Count(ProgressColumn):
    """How much is done, of how much."""

    def __init__(self, shown: Callable) -> None:
        super().__init__()
        self.shown = shown

    def render(self, task: Task) -> Text:
        total = "" if task.total is None else f"/{self.shown(task.total)}"
        return Text(f"{self.shown(task.completed)}{total}")


class _Rate(_Count):
    """How much is done in a second, since the start of the bar."""

    def render(self, task: Task) -> Text:
        done = task.completed - task.fields["before"]
        return Text(f"{self.shown(done / task.elapsed)}/s" if done and task.elapsed else "")


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 10 or value == int(value) else f"{value:.1f}"
