"""`sentiment experiments`: the experiments on the last commit, side by side."""

from pathlib import Path
from typing import Annotated

import typer

from sentiment.errors import UserError


def experiments(
    page: Annotated[Path, typer.Option(help="The page to write.")] = Path("experiments.html"),
) -> None:
    """Show the experiments on the last commit: the parameters that differ, and the scores in validation.

    The page shows the same, and as parallel coordinates. The lowest loss comes first.
    """
    try:  # slow imports, which other subcommands do not need
        from rich.console import Console

        from sentiment.cli.tables import table
        from sentiment.pages import experiments as experiments_page
        from sentiment.reports import experiments as reports
    except ModuleNotFoundError as error:
        raise UserError(f"showing experiments needs {error.name}; install the extra `train`") from None
    found = reports.read()
    experiments_page.write(found, page)
    header, rows = found.table()
    narrow = [name.replace(".", ".\n").replace(" ", "\n") for name in header]
    Console(highlight=False).print(table(narrow, rows))
    for state, number in found.unfinished.items():
        print(f"{number} {state}; see `dvc queue status`, and `dvc queue logs NAME`")
    print(f"With parallel coordinates: {page}")
