"""Show a comparison of two runs in the terminal."""

from collections.abc import Iterable, Sequence

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from sentiment.data.labels import NAMES
from sentiment.errors import printable
from sentiment.reports.comparison import Comparison

LISTED = 5  # reviews of each kind


def show(found: Comparison) -> None:
    """Print what differs, what came of it, and the reviews whose probability changed most."""
    console, (first, second) = Console(highlight=False), map(printable, found.names)
    if found.params:
        console.print(_table(["parameter", first, second], found.params))
    else:
        console.print("No parameter differs.\n")
    console.print(_table(["on the same reviews", first, second, "difference"], found.scores))
    console.print(Text(printable(found.summary()) + "\n"))
    for right, name in ((True, second), (False, first)):
        reviews = found.changed(right)
        console.print(Text(f"{len(reviews):,} reviews on which only {name} is right", style="bold"))
        if len(reviews):
            rows = [
                (NAMES[one.label], f"{one.first:.0%} → {one.second:.0%}", one.text)
                for one in reviews.head(LISTED).itertuples()
            ]
            console.print(_table(["label", "P(positive)", "review"], rows))


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> Table:
    """A table in which a column of reviews is cut at the right edge of the terminal."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in header:
        cut = name == "review"
        table.add_column(Text(name), no_wrap=cut, overflow="ellipsis" if cut else "fold")
    for row in rows:
        table.add_row(*(Text(printable(cell)) for cell in row))  # rich reads no markup in a Text
    return table
