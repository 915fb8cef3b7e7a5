"""What all our commands share at the terminal: errors in one line."""

import os
import sys
from collections.abc import Callable

import typer

from sentiment.errors import UserError, printable


def run(command: Callable) -> None:
    """Run `command` as a command line: a function, whose signature typer reads, or an app of several.

    A UserError, or an error of the operating system such as a full disk, ends in one line on
    standard error and exit status 1; wrong usage in exit status 2. Where who reads the output has
    gone, status 1 is all. Anything else is a bug of ours and keeps its traceback.
    """
    app = command
    if not isinstance(app, typer.Typer):
        app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
        app.command()(command)
    try:
        try:
            app()
        except SystemExit:  # as it always ends, but for an error
            _flush()
            raise
    except BrokenPipeError:
        pass  # typer, too, says nothing of it
    except (UserError, OSError) as error:
        print(f"error: {printable(' '.join(str(error).split()))}", file=sys.stderr)
    _settle()
    sys.exit(1)


def _flush() -> None:
    """Write out what standard output still holds; raises OSError where that fails."""
    print(end="", flush=True)  # unlike its method, does without a standard output


def _settle() -> None:
    """Write it out or, where that fails, drop it: the interpreter would try again, and end in status 120."""
    try:
        _flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
