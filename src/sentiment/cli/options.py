"""Options that several subcommands share."""

from pathlib import Path
from typing import Annotated

import typer

Model = Annotated[
    Path | None,
    typer.Option(help="Folder of an exported model. Default: your last export, or else the published model."),
]
