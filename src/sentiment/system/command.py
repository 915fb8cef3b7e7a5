"""What all command lines share: `-h`, and errors in one line."""

import os
import sys
from collections.abc import Callable
from pathlib import Path

import typer

from sentiment.errors import UserError, printable
from sentiment.system import full_disk, memory

CONTEXT = {"help_option_names": ["-h", "--help"]}


def run(command: Callable) -> None:
    """Run `command` as a command line: a function, whose signature Typer reads, or a Typer app.

    A UserError, or an error of the operating system such as a full disk or too little memory, ends in one
    line on standard error and exit status 1, a closed pipe in status 1 alone, wrong usage in status 2. Any
    other error is a bug of ours and keeps its traceback.
    """
    app = command
    if not isinstance(app, typer.Typer):
        app = typer.Typer(context_settings=CONTEXT, add_completion=False, pretty_exceptions_enable=False)
        app.command()(command)
    try:
        try:
            app()
        except SystemExit:  # how it ends without an error
            _flush()
            raise
    except BrokenPipeError:
        pass  # as in Typer
    except Exception as error:
        if (line := _one_line(error)) is None:
            raise
        print(f"error: {printable(' '.join(line.split()))}", file=sys.stderr)
    _flush_or_drop()
    sys.exit(1)


def _one_line(error: Exception) -> str | None:
    """What to tell the user of an error; None if it is a bug of ours."""
    if isinstance(error, UserError):
        return str(error)
    if full_disk.is_full(error):
        name = getattr(error, "filename", None)
        return full_disk.message(Path(name) if isinstance(name, str) else None, error)
    if memory.is_exhausted(error):
        free = min(memory.available(), memory.address_space()) / memory.GIGABYTE
        return f"not enough memory ({free:.1f} GB are free); close other programs, or work on less at once"
    return str(error) if isinstance(error, OSError) else None


def _flush() -> None:
    """Flush standard output; raises OSError where that fails."""
    print(end="", flush=True)  # unlike sys.stdout.flush, works if there is none


def _flush_or_drop() -> None:
    """Flush standard output or drop it: the interpreter would try again, and end in status 120."""
    try:
        _flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
