"""What all our commands share at the terminal: errors in one line, and progress bars."""

import sys
from collections.abc import Callable, Iterable

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn


class UserError(Exception):
    """A mistake of the user's: the message says what, where and what to do, in one line."""


def run(command: Callable) -> None:
    """Run `command` as a command line (typer reads its signature).

    A UserError, or an error of the operating system such as a full disk, ends in one line on
    standard error and exit status 1; wrong usage in exit status 2. Anything else is a bug of
    ours and keeps its traceback.
    """
    app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
    app.command()(command)
    try:
        app()
    except (UserError, OSError) as error:
        print(f"error: {' '.join(str(error).split())}", file=sys.stderr)
        sys.exit(1)


def progress(items: Iterable, description: str, total: int) -> Iterable:
    """Yield `items`, showing on standard error how many of `total` are done."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as bar:
        yield from bar.track(items, description=description, total=total)
