"""`sentiment score`: add predictions to a table of texts, or to a folder of them."""

import sys
from enum import Enum
from pathlib import Path
from typing import Annotated

import typer

from sentiment.cli import options
from sentiment.errors import UserError


class EngineName(str, Enum):
    """Where the parts of a folder are scored."""

    local = "local"
    dask = "dask"


def score(
    source: Annotated[
        str,
        typer.Argument(metavar="IN", help="A .csv, .jsonl or .parquet file; or a folder, or s3://, of them."),
    ],
    output: Annotated[
        str, typer.Argument(metavar="OUT", help="The file to write, in the same format; or the folder.")
    ],
    model: options.Model = None,
    text_column: Annotated[
        str | None, typer.Option(help="Column with the texts. Default: as in the training data.")
    ] = None,
    label_column: Annotated[
        str | None,
        typer.Option(help="Column with the labels, '' for none. Default: as in the training data."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace OUT, if there is such a file.")] = False,
    engine: Annotated[
        EngineName, typer.Option(help="Of a folder: the cores of this machine, or a Dask cluster.")
    ] = EngineName.local,
    scheduler: Annotated[
        str, typer.Option(help="Of dask: the address, such as tcp://host:8786. Default: a cluster here.")
    ] = "",
    workers: Annotated[int, typer.Option(min=1, help="Of dask: workers of a cluster here.")] = 2,
) -> None:
    """Add `probability` and `predicted` columns to a CSV, JSON Lines or Parquet file, or to a folder of them.

    `predicted` is empty for a text of which the model knows no word.
    Of a folder, each file becomes one of the same name.
    Uses all cores. Run the same command again to resume an interrupted run.
    """
    try:
        if source.startswith("s3://") or Path(source).is_dir():
            if force:
                raise UserError(f"--force is for one file; remove {output} instead, or name another folder")
            if scheduler and engine is EngineName.local:
                raise UserError(f"--scheduler {scheduler}: add --engine dask")
            from sentiment.engine import choice
            from sentiment.scoring import parts  # slow imports, which other subcommands do not need

            columns = parts.Columns(text_column, label_column)
            with choice.opened(engine.value, scheduler, workers, "auto") as chosen:
                parts.score(source, output, model, columns, chosen)
        elif engine is EngineName.dask:
            raise UserError(f"{source}: no folder; --engine dask scores the files in one, each as a whole")
        else:
            from sentiment.scoring import run

            run.run(Path(source), Path(output), model, text_column, label_column, force)
    except KeyboardInterrupt:
        print("stopped; run the same command again to resume", file=sys.stderr)
        raise typer.Exit(130) from None
