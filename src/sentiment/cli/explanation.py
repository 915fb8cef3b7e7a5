"""Show an explanation in the terminal: coloured words, and a list of the strongest."""

import sys

import numpy as np
from rich.console import Console
from rich.text import Text

from sentiment.data.labels import decide
from sentiment.errors import printable
from sentiment.inference.abstention import UNTOLD

STRONGEST = 8  # words listed for each label
COLORS = ("red", "green")  # of negative and positive


def show(answer: dict, names: np.ndarray) -> None:
    """Print an answer of `sentiment predict --json --explain` for people; `names` are the two labels'.

    Colours and line wrapping are for terminals alone; NO_COLOR turns colours off.
    """
    # Rich reads no markup in a Text, so that a review cannot contain any.
    console = Console(highlight=False, soft_wrap=not sys.stdout.isatty())
    label = answer["label"] or f"{UNTOLD}: no known word"
    cut = ", cut" if answer["truncated"] else ""
    probability = f"P({names[1]}) {answer['probability']:.1%}"
    console.print(
        Text.assemble(
            (label, f"bold {COLORS[decide(answer['probability'])] if answer['label'] else 'default'}"),
            f"  {probability}, {answer['unknown_share']:.0%} of the words unknown",
            f"{cut}  ({printable(answer['source'])})",
        )
    )
    largest = max((abs(piece["contribution"]) for piece in answer["pieces"]), default=0)
    console.print(Text.assemble(*((piece["text"], _style(piece, largest)) for piece in answer["pieces"])))
    for sign, label in ((1, names[1]), (-1, names[0])):
        console.print(f"for {label}: {_strongest(answer['pieces'], sign)}", markup=False)
    base, words = f"{answer['base']:+.2f}", f"{answer['logit'] - answer['base']:+.2f}"
    console.print(f"logit {answer['logit']:+.2f}: {base} with all words unknown, {words} from the words\n")


def _strongest(pieces: list[dict], sign: int) -> str:
    """List the pieces that contribute most to one label."""
    pieces = [piece for piece in pieces if sign * piece["contribution"] >= 0.005]
    pieces.sort(key=lambda piece: -abs(piece["contribution"]))
    listed = [f"{piece['text']} {piece['contribution']:+.2f}" for piece in pieces[:STRONGEST]]
    return ", ".join(listed) or "nothing"


def _style(piece: dict, largest: float) -> str:
    """Return a colour unless the contribution is small beside the `largest`; bold if it is large."""
    share = abs(piece["contribution"]) / largest if largest else 0
    if share < 0.05:
        return ""
    color = COLORS[piece["contribution"] > 0]
    return f"bold {color}" if share >= 0.4 else color
