"""`sentiment init`: params.yaml for a file of reviews of your own."""

from pathlib import Path
from typing import Annotated

import typer

from sentiment.errors import UserError


def init(
    path: Annotated[
        Path, typer.Argument(metavar="FILE", help="Labelled reviews: CSV, JSON Lines or Parquet.")
    ],
    text_column: Annotated[
        str | None, typer.Option(help="Column with the texts. Default: the longest.")
    ] = None,
    label_column: Annotated[
        str | None, typer.Option(help="Column with the labels. Default: the one that looks like it.")
    ] = None,
    positive: Annotated[
        list[str] | None, typer.Option(metavar="VALUE", help="A value that means positive. May be repeated.")
    ] = None,
    negative: Annotated[
        list[str] | None, typer.Option(metavar="VALUE", help="A value that means negative. May be repeated.")
    ] = None,
    encoding: Annotated[str, typer.Option(help="Encoding of a text file, such as cp1252.")] = "utf-8",
) -> None:
    """Look at a FILE of labelled reviews, and set params.yaml for it.

    Then `dvc repro evaluate` trains a model on it, which `sentiment predict` uses.
    Reviews with other labels are dropped. `make restore` brings params.yaml back.
    """
    try:
        from sentiment import params
    except ImportError:
        raise UserError("init needs what training needs: pip install '.[train]' in the project") from None
    from sentiment.data import proposal
    from sentiment.data.layout import Layout

    told = Layout(
        text_column or "", label_column or "", "", positive or (), negative or (), encoding=encoding
    )
    changes, seen = proposal.propose(path, told)
    print(seen)
    for change in params.update(changes):
        print(f"params.yaml: {change}")
    print("next: dvc repro evaluate; then: sentiment predict TEXT")
