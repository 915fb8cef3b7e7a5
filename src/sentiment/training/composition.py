"""Sentences made of others, whose verdict follows from how they are put together.

A sentence after "I don't think that" is denied, however long it is; before a "but" it is conceded; what
others say may be disputed; what could have been great was not. The sentences themselves are cut out of
reviews, and as various as they are.
"""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import TypeVar

import numpy as np

from sentiment.data.negation import ends_clause
from sentiment.training.sentences import END, Sentence

One = TypeVar("One")

LONGEST = 16  # words of a sentence that another is made of
SUBJECTS = frozenset(
    (
        *("the", "a", "an", "this", "that", "these", "all", "most", "every", "everything", "one", "there"),
        *("i", "we", "you", "he", "she", "it", "they", "it's", "my", "his", "her", "their", "its"),
    )
)
LEADING = frozenset(("and", "but", "so", "or", "yet", "however", ",", "-"))

PEOPLE = ("i", "we", "you", "they", "he", "she")
CANNOT = ("don't", "didn't", "can't", "couldn't", "won't", "wouldn't", "never", "could never", "cannot")
NOBODY = ("nobody", "no one", "none of us", "few people", "hardly anyone", "not one of them")
WILL = ("will", "would", "could", "can")
THINK = (
    *("think", "believe", "say", "feel", "find", "imagine", "claim", "agree", "pretend", "argue", "admit"),
    *("suggest", "tell you"),
)
DENIALS = (
    *("i doubt", "i'm not sure", "i refuse to believe", "don't believe", "it's hard to believe"),
    *("there's no way", "it's not as if", "it is not true", "not once did i feel", "at no point did i think"),
)
OTHERS = (
    *("critics", "the critics", "people", "my friends", "everyone", "others", "reviewers", "they", "some"),
    *("many", "my wife", "my brother"),
)
CLAIM = ("say", "said", "think", "thought", "claim", "insist", "believe", "told me")
WRONG = (
    *("they are wrong", "they're mistaken", "i disagree", "i don't agree", "i don't think so"),
    *("that is not true", "don't listen to them", "nonsense"),
)
RIGHT = ("they are right", "they're right", "i agree", "i think so too", "it's true")
HOPES = (
    *("i expected", "i thought", "i hoped", "i was told", "i'd heard", "i used to think", "i assumed"),
    *("i was afraid", "at first"),
)
# How two sentences are joined, of which only {counts} gives the verdict.
JOINTS = (
    *("{other} , but {counts}", "{other} but {counts}", "{other} , yet {counts}"),
    *("{other} ; still , {counts}", "{other} . however , {counts}", "{other} . nevertheless {counts}"),
    "granted , {other} . {counts}",
    *("although {other} , {counts}", "though {other} , {counts}", "even though {other} , {counts}"),
    *("while {other} , {counts}", "even if {other} , {counts}", "despite the fact that {other} , {counts}"),
    *("{counts} , although {other}", "{counts} even though {other}", "{counts} , even if {other}"),
    *("{hope} {other} , but {counts}", "{hope} {other} . {counts}", "{hope} {other} ; instead {counts}"),
    *("{hope} {other} , now {counts}", "{hope} {other} . in the end {counts}"),
    *("{others} {claim} {other} , but {counts}", "{others} {claim} {other} . {counts}"),
    *("{others} {claim} {other} ; i think {counts}", "unlike what {others} {claim} , {counts}"),
)
BE = frozenset(("is", "was", "are", "were"))
UTMOST = ("could not be more", "couldn't be more", "could not have been more", "has never been more")
UNREAL = (
    *("could have been", "should have been", "would have been", "might have been", "could be", "should be"),
    *("was supposed to be", "tries to be", "wants to be", "was meant to be"),
)


class Composer:
    """Makes sentences of `sentences`, all of which hold an opinion word, one of the keys of `polarity`."""

    def __init__(
        self, sentences: Sequence[Sentence], polarity: Mapping[str, int], random: np.random.Generator
    ):
        self.random, self.polarity = random, polarity
        stripped = (Sentence(strip(one.words), one.label) for one in sentences)
        self.whole = [one for one in stripped if is_clause(one.words)]
        self.predicates = [one for one in self.whole if self._predicate(one.words) is not None]
        self.by_label = [[one for one in self.whole if one.label == label] for label in (0, 1)]

    def compose(self, number: int) -> list[Sentence]:
        """That many sentences, or none if there is too little to make them of."""
        if not (self.predicates and all(self.by_label)):
            return []
        kinds = self.random.choice(4, number, p=(0.4, 0.4, 0.1, 0.1))
        makers = (self.denied, self.joined, self.disputed, self.modal)
        return [Sentence([*made.words, "."], made.label) for made in (makers[kind]() for kind in kinds)]

    def denied(self) -> Sentence:
        """A sentence with its denial far in front of it: "I don't think that ..."."""
        one, kind = self._pick(self.whole), self.random.random()
        if kind < 0.5:
            front = f"{self._pick(PEOPLE)} {self._pick(CANNOT)} {self._pick(THINK)}"
        elif kind < 0.75:
            front = f"{self._pick(NOBODY)} {self._pick(WILL)} {self._pick(THINK)}"
        else:
            front = self._pick(DENIALS)
        that = ["that"] if self.random.random() < 0.5 else []
        return Sentence([*front.split(), *that, *one.words], 1 - one.label)

    def joined(self) -> Sentence:
        """Two sentences of opposite verdicts, one of which counts: "Although ..., ..."."""
        label = int(self.random.integers(2))
        filled = {"{other}": self._pick(self.by_label[1 - label]).words}
        filled["{counts}"] = self._pick(self.by_label[label]).words
        for name, options in (("{hope}", HOPES), ("{others}", OTHERS), ("{claim}", CLAIM)):
            filled[name] = self._pick(options).split()
        joint = self._pick(JOINTS).split()
        return Sentence([word for part in joint for word in filled.get(part, [part])], label)

    def disputed(self) -> Sentence:
        """What others say, and whether they are right."""
        one, agrees = self._pick(self.whole), self.random.random() < 0.4
        end = self._pick(RIGHT if agrees else WRONG)
        mark = self._pick((".", ",", ";", ", but"))
        said = f"{self._pick(OTHERS)} {self._pick(CLAIM)}".split()
        return Sentence([*said, *one.words, *f"{mark} {end}".split()], one.label if agrees else 1 - one.label)

    def modal(self) -> Sentence:
        """A sentence with "could not be more" or "should have been" in place of its "is"."""
        one, holds = self._pick(self.predicates), self.random.random() < 0.5
        place = self._predicate(one.words) or 0
        verb = self._pick(UTMOST if holds else UNREAL).split()
        words = [*one.words[:place], *verb, *one.words[place + 1 :]]
        return Sentence(words, one.label if holds else 1 - one.label)

    def _predicate(self, words: list[str]) -> int | None:
        """The place of an "is" before an opinion word, if there is one."""
        pairs = enumerate(pairwise(words))
        return next((place for place, (verb, word) in pairs if verb in BE and word in self.polarity), None)

    def _pick(self, options: Sequence[One]) -> One:
        """One of the options, drawn at random."""
        return options[int(self.random.integers(len(options)))]


def strip(words: list[str]) -> list[str]:
    """A sentence without its last mark, and without an "and" or a "but" in front."""
    end = len(words) - (END.fullmatch(words[-1]) is not None)
    start = next((place for place, word in enumerate(words[:end]) if word not in LEADING), end)
    return words[start:end]


def is_clause(words: list[str]) -> bool:
    """Whether these words look like a single, short clause with its subject in front."""
    return 0 < len(words) <= LONGEST and words[0] in SUBJECTS and not any(map(ends_clause, words))
