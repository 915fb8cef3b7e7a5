"""Show a comparison of two runs in the terminal."""

from rich.console import Console
from rich.text import Text

from sentiment.cli.tables import table
from sentiment.data.labels import NAMES
from sentiment.errors import printable
from sentiment.reports.comparison import Comparison

LISTED = 5  # reviews of each kind


def show(found: Comparison) -> None:
    """Print what differs, what came of it, and the reviews whose probability changed most."""
    console, (first, second) = Console(highlight=False), map(printable, found.names)
    if found.params:
        console.print(table(["parameter", first, second], found.params))
    else:
        console.print("No parameter differs.\n")
    console.print(table(["score (95% interval)", first, second, "difference"], found.scores))
    console.print(Text(printable(found.summary()) + "\n"))
    for right, name in ((True, second), (False, first)):
        reviews = found.changed(right)
        plural = "" if len(reviews) == 1 else "s"
        console.print(Text(f"{len(reviews):,} review{plural} on which only “{name}” is right", style="bold"))
        for one in reviews.head(LISTED).itertuples():
            change = f"{one.first:.0%} → {one.second:.0%}"
            line = Text(f"{NAMES[one.label]}  {change:11}  {printable(one.text)}")
            console.print(line, no_wrap=True, overflow="ellipsis")
