"""An explanation in the terminal: coloured words, and the strongest of them in a list."""

import sys

from rich.console import Console
from rich.text import Text

from sentiment.errors import printable

STRONGEST = 8  # words listed for each side


def show(answer: dict) -> None:
    """Print what `sentiment predict --json --explain` says of a text, to be read by a person.

    Colours only where they can be seen: not in a file, nor where NO_COLOR is set. Lines are wrapped for a
    terminal alone.
    """
    # Rich reads no markup in a Text, so that none in a review counts.
    console = Console(highlight=False, soft_wrap=not sys.stdout.isatty())
    cut = ", cut" if answer["truncated"] else ""
    console.print(
        Text.assemble(
            (answer["label"], f"bold {_colour(answer['logit'])}"),
            f"  P(positive) {answer['probability']:.1%}, {answer['unknown_share']:.0%} of the words unknown",
            f"{cut}  ({printable(answer['source'])})",
        )
    )
    largest = max((abs(piece["contribution"]) for piece in answer["pieces"]), default=0)
    console.print(Text.assemble(*((piece["text"], _style(piece, largest)) for piece in answer["pieces"])))
    for sign, side in ((1, "positive"), (-1, "negative")):
        console.print(f"for {side}: {_strongest(answer['pieces'], sign)}", markup=False)
    start, words = f"{answer['base']:+.2f}", f"{answer['logit'] - answer['base']:+.2f}"
    console.print(f"logit {answer['logit']:+.2f}: {start} if no word were known, {words} by the words\n")


def _strongest(pieces: list[dict], sign: int) -> str:
    """The pieces that say most for one side, the strongest first."""
    speaking = [piece for piece in pieces if sign * piece["contribution"] >= 0.005]
    speaking.sort(key=lambda piece: -abs(piece["contribution"]))
    said = [f"{piece['text']} {piece['contribution']:+.2f}" for piece in speaking[:STRONGEST]]
    return ", ".join(said) or "nothing"


def _style(piece: dict, largest: float) -> str:
    """A colour where a piece says something beside the `largest` contribution, bold where it says much."""
    share = abs(piece["contribution"]) / largest if largest else 0
    if share < 0.05:
        return ""
    return f"{'bold ' if share >= 0.4 else ''}{_colour(piece['contribution'])}"


def _colour(value: float) -> str:
    return "green" if value > 0 else "red"
