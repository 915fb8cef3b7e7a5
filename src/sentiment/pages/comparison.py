"""The page of a comparison: one HTML file that needs nothing else."""

from pathlib import Path

from sentiment.data.labels import NAMES
from sentiment.pages import shell
from sentiment.reports.comparison import Comparison
from sentiment.system import files


def write(found: Comparison, page: Path) -> None:
    """Write the comparison to `page`, with all reviews that changed sides in full."""
    text = shell.render("comparison.html.j2", found=found, labels=NAMES, shares=_shares(found))
    with files.replacing(page) as part:
        part.write_text(text, "utf-8")


def _shares(found: Comparison) -> list[tuple[str, int]]:
    """How many reviews both runs, one of them, or none is right on."""
    first, second = found.names
    first_right, second_right = found.reviews["first_right"], found.reviews["second_right"]
    return [
        ("both right", int((first_right & second_right).sum())),
        (f"only “{first}” right", found.mcnemar.only_first_right),
        (f"only “{second}” right", found.mcnemar.only_second_right),
        ("both wrong", int((~first_right & ~second_right).sum())),
    ]
