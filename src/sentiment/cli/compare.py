"""`sentiment compare`: two runs of the pipeline on the same reviews."""

from pathlib import Path
from typing import Annotated

import typer

from sentiment.errors import UserError

REVISION = "A git revision, a DVC experiment, or `workspace`."


def compare(
    first: Annotated[str, typer.Argument(metavar="A", help=REVISION)] = "HEAD",
    second: Annotated[str, typer.Argument(metavar="B", help=REVISION)] = "workspace",
    page: Annotated[Path, typer.Option(help="The page to write.")] = Path("comparison.html"),
) -> None:
    """Compare two runs: their parameters, their scores, and the reviews that changed sides.

    Both are scored on the test reviews that they have in common. The page shows what is printed, and in full
    all reviews that changed sides.
    """
    try:  # slow imports, which other subcommands do not need
        from sentiment import params
        from sentiment.cli import comparison_tables
        from sentiment.pages import comparison as comparison_page
        from sentiment.reports import comparison
    except ModuleNotFoundError as error:
        raise UserError(f"comparing runs needs {error.name}; install the extra `train`") from None
    settings = params.load("evaluate").evaluate
    found = comparison.compare(comparison.read(first), comparison.read(second), settings)
    comparison_page.write(found, page)
    comparison_tables.show(found)
    print(f"\nAll of them, in full: {page}")
