"""`sentiment score`: add predictions to a table of texts."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from sentiment.cli import options


def score(
    source: Annotated[Path, typer.Argument(metavar="IN", help="A .csv, .jsonl or .parquet file.")],
    output: Annotated[Path, typer.Argument(metavar="OUT", help="The file to write, in the same format.")],
    model: options.Model = None,
    text_column: Annotated[
        str | None, typer.Option(help="Column with the texts. Default: as in the training data.")
    ] = None,
    label_column: Annotated[
        str | None,
        typer.Option(help="Column with the labels, '' for none. Default: as in the training data."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace OUT, if there is one.")] = False,
) -> None:
    """Add `probability` and `predicted` columns to a CSV, JSON Lines or Parquet file.

    `predicted` is empty for a text of which the model knows no word.
    Uses all cores. Run the same command again to resume an interrupted run.
    """
    from sentiment.scoring import run  # slow imports, which other subcommands do not need

    try:
        run.run(source, output, model, text_column, label_column, force)
    except KeyboardInterrupt:
        print("stopped; run the same command again to resume", file=sys.stderr)
        raise typer.Exit(130) from None
