"""What people changed to reverse a review, by a diff of its tokens."""

from collections import Counter
from difflib import SequenceMatcher

import pandas as pd

from sentiment.data.negation import NEGATORS
from sentiment.data.text import clean, tokenizer

REWRITE = 0.25  # changed tokens, as a fraction of the original's, from which on an edit is a rewrite
INSERTED, DROPPED = "negator inserted", "negator dropped"
EXCHANGED, REWRITTEN = "`but` and `and` exchanged", "a quarter or more rewritten"
WORDS = "other words only"
KINDS = {
    INSERTED: "in some place of the diff there are more negators, such as `not` or `didn't`, than before",
    DROPPED: "in some place there are fewer",
    EXCHANGED: "in some place there is a `but` more and an `and` less, or the reverse",
    REWRITTEN: f"tokens inserted, dropped or replaced are {REWRITE:.0%} of the original's or more",
    WORDS: "none of these: mostly words of opinion, such as `good` for `bad`",
}
LENGTHS = {100: "up to 100", 200: "101 to 200", 300: "201 to 300"}  # tokens, by the highest number
LONGER = "more than 300"

tokenize = tokenizer("regexp", lowercase=True)


def describe(pairs: pd.DataFrame) -> pd.DataFrame:
    """`pairs` with two columns more: the length of the reversed review, and the kinds of edit."""
    before, after = (list(map(tokens, pairs[side])) for side in ("original", "reversed"))
    return pairs.assign(length=list(map(length, after)), kinds=list(map(kinds, before, after)))


def tokens(text: str) -> list[str]:
    """The tokens of a raw review, always the same ones whatever params.yaml says."""
    return tokenize(clean(text))


def kinds(original: list[str], reversed_: list[str]) -> list[str]:
    """All of the KINDS that the edit from the tokens of an original to those of its reverse is of."""
    matcher = SequenceMatcher(None, original, reversed_, autojunk=False)
    found, changed = set(), 0
    for what, start, end, new_start, new_end in matcher.get_opcodes():
        if what != "equal":
            changed += max(end - start, new_end - new_start)
            found |= in_one_place(original[start:end], reversed_[new_start:new_end])
    if changed >= REWRITE * len(original):
        found.add(REWRITTEN)
    return [kind for kind in KINDS if kind in (found or {WORDS})]


def in_one_place(before: list[str], after: list[str]) -> set[str]:
    """The KINDS of an edit that replaces the tokens `before` by those `after`."""
    more, less = Counter(after), Counter(before)
    found = set()
    if negators := sum(map(is_negator, after)) - sum(map(is_negator, before)):
        found.add(INSERTED if negators > 0 else DROPPED)
    if (more["but"] - less["but"]) * (more["and"] - less["and"]) < 0:
        found.add(EXCHANGED)
    return found


def is_negator(token: str) -> bool:
    """Whether a token negates what follows it."""
    return token in NEGATORS or token.endswith("n't")


def length(review: list[str]) -> str:
    """The class of length of a review's tokens."""
    return next((name for most, name in LENGTHS.items() if len(review) <= most), LONGER)
