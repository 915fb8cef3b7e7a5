"""Progress bars on standard error; apart from `console`, for rich takes a tenth of a second to import."""

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
    """Show how many of `total` are done, and how many a second; yield what adds to them."""
    with _bar(_Rate()) as bar:
        task = bar.add_task(description, total=total, completed=done, before=done)
        yield lambda count: bar.advance(task, count)


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
