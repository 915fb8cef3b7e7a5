"""Score a table of texts: `sentiment score in.csv out.csv`."""

import sys
from pathlib import Path
from typing import Annotated

import typer


def score(
    source: Annotated[Path, typer.Argument(metavar="IN", help="A .csv, .jsonl or .parquet file.")],
    output: Annotated[Path, typer.Argument(metavar="OUT", help="The file to write, of the same kind.")],
    model: Annotated[Path | None, typer.Option(help="Folder of an exported model.")] = None,
    text_column: Annotated[str | None, typer.Option(help="Default: what the model was trained on.")] = None,
    label_column: Annotated[
        str | None, typer.Option(help="Default: what the model was trained on, if IN has it; '' for none.")
    ] = None,
) -> None:
    """Write the table IN to OUT with two columns more, probability and predicted.

    Uses all cores. What a killed run has scored, the same command does not score again.
    """
    from sentiment.scoring import run  # numpy and more: not for the other subcommands to wait for

    try:
        run.run(source, output, model, text_column, label_column)
    except KeyboardInterrupt:
        print(f"stopped; the same command goes on from there, and then writes {output}", file=sys.stderr)
        raise typer.Exit(130) from None
