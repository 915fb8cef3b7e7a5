"""Short statements of a thing, a quality or a feeling, as they are or denied: "there isn't a dull scene".

Reviews deny praise often, and complaints seldom, mostly in reviews that complain all the same. So a network
takes the words of a complaint for one, whatever stands before them, unless it reads enough of such denials.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise

import numpy as np

from sentiment.training import drawing, phrases
from sentiment.training.polarity import COMPARATIVES, Words
from sentiment.training.sentences import Sentence

COMMON = 3  # sentences that must use a word in one way, for it to count
ADVERB, FEELING, THIRD_PERSON = "ly", "ed", "s"  # how such words end
# What stands in front of adjectives, of verbs and of those in the third person; and on both sides of a thing.
BE = frozenset(("is", "was", "are", "were"))
VERY = frozenset(("very", "so", "too", "quite", "really", "extremely", "pretty", "rather", "more", "most"))
TO = frozenset(("to", "don't", "didn't", "doesn't", "can't", "couldn't", "won't", "will", "can", "could"))
ACTORS = frozenset(("it", "film", "movie", "story", "plot", "which", "that", "this", "never", "he", "she"))
ARTICLES = frozenset(("a", "an"))
PREPOSITIONS = frozenset(("in", "of", "with", "and", "from", "by", "about", "for", "to", "that", "on", "at"))

GOOD_BAD: Words = [(["good"], 1), (["bad"], -1)]


@dataclass(frozen=True)
class Statements:
    """Makes statements.

    subjects: what they are about, such as "the music".
    words: what fills each slot of the forms in `phrases`, some of it positive and some negative.
    """

    subjects: Sequence[list[str]]
    words: Mapping[str, Words]
    random: np.random.Generator

    def state(self, denied: bool) -> Sentence:
        """A statement in one of the forms in `phrases`."""
        pick = partial(drawing.one, self.random)
        slot, sign = pick(list(self.words)), pick((1, -1))
        alike = [words for words, polarity in self.words[slot] if polarity == sign]
        filled = {slot: pick(alike), "{other}": pick(alike), "{it}": pick(self.subjects)}
        forms = [form for form in (phrases.DENIED if denied else phrases.STATED) if slot in form]
        made = [word for part in pick(forms).split() for word in filled.get(part, [part])]
        return Sentence(made, int((sign > 0) != denied))


def opinions(sentences: Sequence[list[str]], polarity: Mapping[str, int]) -> dict[str, Words]:
    """What fills each slot: opinion words, the keys of `polarity`, that `sentences` use in this way."""
    adjectives, verbs = adjectives_in(sentences, polarity), following(sentences, ACTORS, polarity)
    slots = {
        "{so}": [*GOOD_BAD, *adjectives],
        "{felt}": [one for one in adjectives if one[0][0].endswith(FEELING)],
        "{verb}": following(sentences, TO, polarity),
        "{verbs}": [one for one in verbs if one[0][0].endswith(THIRD_PERSON)],
        "{thing}": things(sentences, polarity),
    }
    return {slot: found for slot, found in slots.items() if len({sign for _, sign in found}) == 2}


def adjectives_in(sentences: Sequence[list[str]], polarity: Mapping[str, int]) -> Words:
    """The adjectives among the opinion words, neither comparatives nor in GOOD_BAD."""
    graded = following(sentences, VERY, polarity, least=1)
    return [
        one
        for one in following(sentences, BE, polarity)
        if one in graded
        and one not in GOOD_BAD
        and one[0][0] not in COMPARATIVES
        and not one[0][0].endswith(ADVERB)
    ]


def following(
    sentences: Sequence[list[str]], leaders: Collection[str], polarity: Mapping[str, int], least: int = COMMON
) -> Words:
    """The opinion words that at least so many times stand right behind one of `leaders`."""
    pairs = (pair for words in sentences for pair in pairwise(words))
    counts = Counter(word for leader, word in pairs if leader in leaders and word in polarity)
    return [([word], polarity[word]) for word, count in counts.items() if count >= least]


def things(sentences: Sequence[list[str]], polarity: Mapping[str, int]) -> Words:
    """An opinion word and the noun that it describes, as often as they are found: "dull scene"."""
    found = []
    for words in sentences:
        for article, word, noun, after in zip(words, words[1:], words[2:], words[3:], strict=False):
            is_noun = noun.isalpha() and noun not in polarity
            ends = after in PREPOSITIONS or not after.isalpha()
            if article in ARTICLES and word in polarity and is_noun and ends:
                found.append(([word, noun], polarity[word]))
    return found
