"""What all our commands share at the terminal: errors in one line."""

import sys
from collections.abc import Callable

import typer


class UserError(Exception):
    """A mistake of the user's: the message says what, where and what to do, in one line."""


def run(command: Callable) -> None:
    """Run `command` as a command line: a function, whose signature typer reads, or an app of several.

    A UserError, or an error of the operating system such as a full disk, ends in one line on
    standard error and exit status 1; wrong usage in exit status 2. Anything else is a bug of
    ours and keeps its traceback.
    """
    app = command
    if not isinstance(app, typer.Typer):
        app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
        app.command()(command)
    try:
        app()
    except (UserError, OSError) as error:
        print(f"error: {printable(' '.join(str(error).split()))}", file=sys.stderr)
        sys.exit(1)


def printable(text: str) -> str:
    """`text` without what would steer a terminal, such as the escape sequences in a hostile file's name."""
    return "".join(sign if sign.isprintable() else "?" for sign in text)
