"""The command `sentiment`: ask an exported model.

One function a subcommand, each in its own module; what takes long to import, they import when they run.
"""

import os
import sys

import typer

from sentiment.cli import predict, score, serve
from sentiment.system import command

app = typer.Typer(
    add_completion=False, pretty_exceptions_enable=False, no_args_is_help=True, help="Is a review positive?"
)
app.command()(predict.predict)
app.command()(score.score)
app.command()(serve.serve)


def main() -> None:
    """Run it."""
    for name, mode in {"stdin": "r", "stdout": "w", "stderr": "w"}.items():
        if getattr(sys, name) is None:  # closed by who called; a file of ours must not get its number
            setattr(sys, name, os.fdopen(os.open(os.devnull, os.O_RDWR), mode))
    sys.stdout.reconfigure(errors="backslashreplace")  # not every terminal has every sign
    command.run(app)


if __name__ == "__main__":
    main()
