"""Sentences that compare: what "could not be better" is good, and what "could have been better" is not.

A comparative says little by itself: who is compared, and whether it is denied or wished for, decides. In
reviews, "better" stands in as many complaints as in praise.
"""

from collections.abc import Container, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from sentiment.training import drawing, phrases
from sentiment.training.polarity import Words
from sentiment.training.sentences import Sentence

BEST = ((["better"], 1), (["worse"], -1))
PLAIN = 0.4  # of comparatives, those of BEST
MORE = (("more", 1), ("less", -1))


@dataclass(frozen=True)
class Comparer:
    """Makes sentences that compare.

    subjects: what is compared, such as "the music".
    comparatives: such as "funnier", besides those of BEST, and their polarity, 1 or -1.
    """

    subjects: Sequence[list[str]]
    comparatives: Words
    random: np.random.Generator

    def compare(self, as_said: bool) -> Sentence:
        """A sentence of one of the forms in `phrases`."""
        pick = partial(drawing.one, self.random)
        best = self.random.random() < PLAIN or not self.comparatives
        words, sign = pick(BEST if best else self.comparatives)
        filled = {"{so}": words, "{it}": pick(self.subjects)}
        filled |= {"{film}": [pick(phrases.FILMS)], "{others}": pick(phrases.COMPARED).split()}
        form = pick(phrases.AS_SAID if as_said else phrases.OTHERWISE).split()
        made = [word for part in form for word in filled.get(part, [part])]
        return Sentence(made, int((sign > 0) == as_said))


def comparatives(adjectives: Words, known: Container[str]) -> Words:
    """Those of `adjectives`: "more" and "less funny", and, if `known`, "funnier"."""
    found: Words = []
    for (word,), sign in adjectives:
        found += [([degree, word], sign * direction) for degree, direction in MORE]
        stem = word[:-1] + "i" if word.endswith("y") else word.removesuffix("e")
        forms = (f"{stem}er", f"{stem}{stem[-1:]}er")
        found += 2 * [([form], sign) for form in forms if form in known]
    return found
