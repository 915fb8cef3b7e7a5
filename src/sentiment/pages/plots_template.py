"""Write the page that `dvc plots show` and `dvc plots diff` fill: .dvc/plots.html, which needs no network.

python -m sentiment.pages.plots_template          # after a change in src/sentiment/pages
python -m sentiment.pages.plots_template --check  # is .dvc/plots.html up to date?
"""

from pathlib import Path
from typing import Annotated

import typer

from sentiment.errors import UserError
from sentiment.pages import shell
from sentiment.system import command, files

TEMPLATE = Path(".dvc/plots.html")


def main(
    check: Annotated[bool, typer.Option("--check", help="Change nothing; fail if it would.")] = False,
) -> None:
    """Write .dvc/plots.html."""
    page = shell.render("plots.html.j2")
    if not check:
        with files.replacing(TEMPLATE) as part:
            part.write_text(page, "utf-8")
    elif not TEMPLATE.is_file() or TEMPLATE.read_text("utf-8") != page:
        raise UserError(f"{TEMPLATE}: not up to date; run `python -m sentiment.pages.plots_template`")


if __name__ == "__main__":
    command.run(main)
