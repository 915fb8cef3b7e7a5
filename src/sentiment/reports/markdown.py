"""Markdown: tables, a sentence, and pages in which sections between two markers are generated."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from sentiment.errors import UserError
from sentiment.metrics import McNemar
from sentiment.system import files


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table, without a line end after its last row."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def mcnemar(first: str, second: str, test: McNemar) -> str:
    """McNemar's test of two classifiers, by name, in a sentence about "them": the reviews."""
    p = "p < 0.0001" if test.p_value < 0.0001 else f"p = {test.p_value:.2g}"
    difference = "a significant difference" if test.p_value < 0.05 else "no significant difference"
    return (
        f"Only {first} is right on {test.only_first_right:,} of them, only {second} on "
        f"{test.only_second_right:,}: {difference} (McNemar's exact test, {p})."
    )


def update(page: Path, sections: dict[str, str], module: str, check: bool) -> None:
    """Replace each of the `sections` of `page`: the text between the two markers of its name.

    With `check`, raise UserError instead if that changes the page; it names the `module` to run. Raises
    UserError where a marker is missing, too.
    """
    old = new = page.read_text("utf-8")
    for name, content in sections.items():
        new = replace(new, name, content, page)
    if new == old:
        return
    if check:
        raise UserError(f"{page}: not the results of the last run; run `python -m {module}`")
    with files.replacing(page) as part:
        part.write_text(new, "utf-8")


def replace(text: str, name: str, content: str, page: Path) -> str:
    """Return the `text` of `page` with `content` between its two markers `name`, on lines of its own.

    Raises UserError unless there is one of each, in this order.
    """
    opening, closing = f"<!-- {name} -->", f"<!-- /{name} -->"
    head, begin, rest = text.partition(opening)
    _, end, tail = rest.partition(closing)
    if not (begin and end) or opening in tail or closing in head + tail:
        raise UserError(f"{page}: needs one line {opening} and, after it, one line {closing}")
    return f"{head}{opening}\n{content}\n{closing}{tail}"
