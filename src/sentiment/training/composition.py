"""Sentences made of others, whose verdict follows from how they are put together.

A sentence after "I don't think that" is denied, however long it is; before a "but" it is conceded; what
others say may be disputed; what could have been great was not. The sentences themselves are cut out of
reviews, and as various as they are; statements and comparisons are made of their words.
"""

from collections.abc import Container, Mapping, Sequence
from functools import partial

import numpy as np

from sentiment.data.negation import ends_clause
from sentiment.training import drawing, phrases
from sentiment.training.comparison import Comparer, comparatives
from sentiment.training.polarity import find
from sentiment.training.sentences import END, Sentence
from sentiment.training.statements import BE, Statements, adjectives_in, opinions

LONGEST = 16  # words of a sentence that another is made of
LONGEST_SUBJECT = 5  # words that a comparison or a statement is about
SUBJECTS = frozenset(
    (
        *("the", "a", "an", "this", "that", "these", "all", "most", "every", "everything", "one", "there"),
        *("i", "we", "you", "he", "she", "it", "they", "it's", "my", "his", "her", "their", "its"),
    )
)
LEADING = frozenset(("and", "but", "so", "or", "yet", "however", ",", "-"))
ARTICLES = frozenset(("a", "an", "the"))


class Composer:
    """Makes sentences of `sentences`, all of which hold an opinion word, one of the keys of `polarity`."""

    def __init__(
        self,
        sentences: Sequence[Sentence],
        polarity: Mapping[str, int],
        known: Container[str],
        random: np.random.Generator,
    ):
        self.random, self.polarity = random, polarity
        self._pick = partial(drawing.one, random)
        stripped = [Sentence(strip(one.words), one.label) for one in sentences]
        self.whole = [one for one in stripped if is_clause(one.words) and is_of_one_mind(one, polarity)]
        found = ((one, self._predicate(one.words)) for one in self.whole)
        self.predicates = [(one, place) for one, place in found if place is not None]
        self.by_label = [[one for one in self.whole if one.label == label] for label in (0, 1)]
        texts = [one.words for one in sentences]
        subjects = [one.words[:place] for one, place in self.predicates if place <= LONGEST_SUBJECT]
        self.comparer = Comparer(subjects, comparatives(adjectives_in(texts, polarity), known), random)
        self.statements = Statements(subjects, opinions(texts, polarity), random)

    def compose(self, number: int) -> list[Sentence]:
        """That many sentences, or none if there is too little to make them of."""
        if not (self.statements.subjects and all(self.by_label)):
            return []
        makers = (self.denied, self.joined, self.disputed, self.qualified, self.compared, self.stated)
        kinds = self.random.choice(len(makers), number, p=(0.1, 0.15, 0.15, 0.1, 0.25, 0.25))
        return [Sentence([*made.words, "."], made.label) for made in (makers[kind]() for kind in kinds)]

    def denied(self) -> Sentence:
        """A sentence with its denial far in front of it: "I don't think that ..."."""
        one, kind = self._pick(self.whole), self.random.random()
        if kind < 0.5:
            front = f"{self._pick(phrases.PEOPLE)} {self._pick(phrases.CANNOT)} {self._pick(phrases.THINK)}"
        elif kind < 0.75:
            front = f"{self._pick(phrases.NOBODY)} {self._pick(phrases.WILL)} {self._pick(phrases.THINK)}"
        else:
            front = self._pick(phrases.DENIALS)
        that = ["that"] if self.random.random() < 0.5 else []
        return Sentence([*front.split(), *that, *one.words], 1 - one.label)

    def joined(self) -> Sentence:
        """Two sentences of opposite verdicts, one of which counts: "Although ..., ..."."""
        label = int(self.random.integers(2))
        filled = {"{other}": self._pick(self.by_label[1 - label]).words}
        filled["{counts}"] = self._pick(self.by_label[label]).words
        said = {"{hope}": phrases.HOPES, "{others}": phrases.OTHERS, "{claim}": phrases.CLAIM}
        filled |= {name: self._pick(options).split() for name, options in said.items()}
        joint = self._pick(phrases.JOINTS).split()
        return Sentence([word for part in joint for word in filled.get(part, [part])], label)

    def disputed(self) -> Sentence:
        """What others say, and whether they are right."""
        one, agrees = self._pick(self.whole), self.random.random() < 0.4
        end = self._pick(phrases.RIGHT if agrees else phrases.WRONG)
        mark = self._pick((".", ",", ";", ", but"))
        said = f"{self._pick(phrases.OTHERS)} {self._pick(phrases.CLAIM)}".split()
        return Sentence([*said, *one.words, *f"{mark} {end}".split()], one.label if agrees else 1 - one.label)

    def qualified(self) -> Sentence:
        """A sentence with "could not be more" or "should have been" in place of its "is"."""
        (one, place), holds = self._pick(self.predicates), self.random.random() < 0.4
        verbs: Sequence[str] = phrases.HOLDING if holds else phrases.FAILING
        if one.words[place + 1] in ARTICLES:
            verbs = [verb for verb in verbs if not verb.endswith("more")]
        words = [*one.words[:place], *self._pick(verbs).split(), *one.words[place + 1 :]]
        return Sentence(words, one.label if holds else 1 - one.label)

    def compared(self) -> Sentence:
        """A sentence with a comparative: "... could not be better"."""
        return self.comparer.compare(bool(self.random.random() < 0.5))

    def stated(self) -> Sentence:
        """A thing, a quality or a feeling, as it is or denied: "there isn't a dull scene in it"."""
        return self.statements.state(bool(self.random.random() < 0.7))

    def _predicate(self, words: list[str]) -> int | None:
        """The place of an "is" before an opinion word, perhaps with an article, if there is one."""
        for place, word in enumerate(words[:-1]):
            following = place + 1 + (words[place + 1] in ARTICLES)
            if word in BE and following < len(words) and words[following] in self.polarity:
                return place
        return None


def strip(words: list[str]) -> list[str]:
    """A sentence without its last mark, and without an "and" or a "but" in front."""
    end = len(words) - (END.fullmatch(words[-1]) is not None)
    start = next((place for place, word in enumerate(words[:end]) if word not in LEADING), end)
    return words[start:end]


def is_of_one_mind(one: Sentence, polarity: Mapping[str, int]) -> bool:
    """Whether all opinion words in a sentence, where they stand, give it its label."""
    return all((found.polarity > 0) == bool(one.label) for found in find(one.words, polarity))


def is_clause(words: list[str]) -> bool:
    """Whether these words look like a single, short clause with its subject in front."""
    return 0 < len(words) <= LONGEST and words[0] in SUBJECTS and not any(map(ends_clause, words))
