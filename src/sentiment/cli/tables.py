"""Tables in the terminal."""

from collections.abc import Iterable, Sequence

from rich import box
from rich.table import Table
from rich.text import Text

from sentiment.errors import printable


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> Table:
    """A table without vertical lines; control characters in its cells cannot reach the terminal."""
    content = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in header:
        content.add_column(Text(name))
    for row in rows:
        content.add_row(*(Text(printable(cell)) for cell in row))  # rich reads no markup in a Text
    return content
