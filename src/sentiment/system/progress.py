"""Progress bars on standard error; apart from `console`, for rich takes a tenth of a second to import."""

import signal
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text


def progress(items: Iterable, description: str, total: int) -> Iterable:
    """Yield `items`, showing how many of `total` are done."""
    with _bar() as bar:
        yield from bar.track(items, description=description, total=total)


@contextmanager
def counter(description: str, total: int, done: int = 0) -> Iterator[Callable[[int], None]]:
    """Show how many of `total` are done, and how many a second; yield what adds to them.

    Ctrl-C waits for the next time that this is called: raised anywhere, it may leave a lock taken that
    the thread of the bar, or a process at work, then waits for.
    """
    pressed = []
    before = signal.signal(signal.SIGINT, lambda *_: pressed.append(True))

    def advance(count: int) -> None:
        bar.advance(task, count)
        if pressed:
            raise KeyboardInterrupt

    try:
        with _bar(_Rate()) as bar:
            task = bar.add_task(description, total=total, completed=done, before=done)
            yield advance
    finally:
        signal.signal(signal.SIGINT, before)
    if pressed:
        raise KeyboardInterrupt


class _Rate(ProgressColumn):
    """How many a second, since the bar is there."""

    def render(self, task: Task) -> Text:
        done = task.completed - task.fields["before"]
        return Text(f"{done / task.elapsed:,.0f}/s" if done and task.elapsed else "")


def _bar(*columns: ProgressColumn) -> Progress:
    shown = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        *columns,
        TimeRemainingColumn(),
    )
    return Progress(*shown, console=Console(stderr=True))
