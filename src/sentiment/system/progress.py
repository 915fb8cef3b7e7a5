"""Progress bars on standard error."""

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
    """Yield `items` under a progress bar of `total`."""
    with _bar() as bar:
        yield from bar.track(items, description=description, total=total)


@contextmanager
def counter(description: str, total: int, done: int = 0) -> Iterator[Callable[[int], None]]:
    """Show progress from `done` to `total` with its rate; yield a function that adds to it.

    Ctrl-C takes effect at the next call of that function: raised anywhere else, it could leave a lock taken
    for which the bar's thread or a worker process would wait forever.
    """
    interrupts: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, _: interrupts.append(number))

    def advance(count: int) -> None:
        bar.advance(task, count)
        if interrupts:
            raise KeyboardInterrupt

    try:
        with _bar(_Rate()) as bar:
            task = bar.add_task(description, total=total, completed=done, before=done)
            yield advance
    finally:
        signal.signal(signal.SIGINT, before)
    if interrupts:
        raise KeyboardInterrupt


class _Rate(ProgressColumn):
    """Items per second since the start of the bar."""

    def render(self, task: Task) -> Text:
        done = task.completed - task.fields["before"]
        return Text(f"{done / task.elapsed:,.0f}/s" if done and task.elapsed else "")


def _bar(*columns: ProgressColumn) -> Progress:
    first = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn()
    return Progress(*first, *columns, TimeRemainingColumn(), console=Console(stderr=True))
