"""The command `sentiment`. Each subcommand imports what is slow to import when it runs."""

import io
import os
import sys
from typing import Annotated

import typer

from sentiment.cli import arguments, compare, experiments, init, predict, score, serve
from sentiment.system import command

app = typer.Typer(context_settings=command.CONTEXT, pretty_exceptions_enable=False, no_args_is_help=True)
app.command(cls=arguments.TextCommand)(predict.predict)
app.command()(score.score)
app.command()(serve.serve)
app.command()(init.init)
app.command()(compare.compare)
app.command()(experiments.experiments)


def _print_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        print(f"sentiment {version('sentiment')}")
        raise typer.Exit


VERSION = typer.Option("--version", callback=_print_version, is_eager=True, help="Show the version and exit.")


@app.callback()
def options(version: Annotated[bool, VERSION] = False) -> None:
    """Classify reviews as positive or negative."""


def main() -> None:
    """Run the command line."""
    for name, mode in {"stdin": "r", "stdout": "w", "stderr": "w"}.items():
        if getattr(sys, name) is None:  # closed by the caller; no file of ours must get its number
            setattr(sys, name, os.fdopen(os.open(os.devnull, os.O_RDWR), mode))
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # not every terminal can show every character
    command.run(app)


if __name__ == "__main__":
    main()
