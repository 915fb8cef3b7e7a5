"""Reviews with their verdict reversed by rule: what a network must read to tell from the originals.

Opinion words turn into their opposites, or get a negator; a negator with an opinion word in its scope goes,
and the word stays; "but" turns into "and". People wrote such reviews for Kaushik et al. 2020, Learning the
Difference that Makes a Difference with Counterfactually-Augmented Data, https://arxiv.org/abs/1909.12434.
"""

from dataclasses import dataclass, replace

import numpy as np

from sentiment.data import dataset
from sentiment.data.dataset import Reviews
from sentiment.data.negation import Negation
from sentiment.data.vocabulary import PADDING, Vocabulary
from sentiment.training.opinions import Opinions

SCOPE = 4  # tokens after a negator in which it negates an opinion word, or goes with it
REACH = 12  # tokens before an opinion word where a negator may be inserted, within the clause
AUXILIARIES = frozenset(
    (
        *("is", "was", "are", "were", "be", "been", "being", "do", "did", "does", "have", "has", "had"),
        *("can", "could", "will", "would", "should"),
        *("it's", "that's", "he's", "she's", "there's", "i'm", "you're", "they're"),
    )
)
SUBJECTS = frozenset(("i", "we", "you", "they", "he", "she", "it", "who", "that", "people"))
DETERMINERS = frozenset(("a", "an", "the", "any"))
# What negates in a copy, and how often.
NEGATORS = {"not": 0.55, "never": 0.2, "hardly": 0.1, "nothing": 0.08, "barely": 0.04, "neither": 0.03}
FAR = 0.5  # of them stand anywhere in the clause before the opinion word
BUT = 0.5  # of "but" turns into "and"
DENIALS = frozenset(("not", "no", "nor", "neither", "isn't", "wasn't", "aren't", "weren't"))
# What is left of negators that go; of all others, nothing.
LEFT = {
    **{"can't": "can", "cannot": "can", "won't": "will", "ain't": "is", "never": "always", "without": "with"},
    **{"nothing": "everything", "nobody": "everybody", "none": "all", "neither": "both", "nor": "and"},
    **{"hardly": "really", "barely": "really"},
}


@dataclass(frozen=True)
class Reverser:
    """The rule for the words of one vocabulary: which they are, by token id.

    opinions: the opinion words, of which no negator is one.
    negation: what negates, and where a clause ends.
    denials: those negators that turn a comparative round.
    left: int32 (ids), what is left of a negator that goes, or PADDING for nothing.
    before: bool (3, ids), auxiliaries, subjects, determiners: where a negator can stand beside one.
    negators: int32 (n), those to insert, and `chances`, float64 (n), how often each, summed up.
    but, and_: these two words, or PADDING.
    negated: the share of opinion words that are negated instead of swapped.
    """

    opinions: Opinions
    negation: Negation
    denials: Negation
    left: np.ndarray
    before: np.ndarray
    negators: np.ndarray
    chances: np.ndarray
    but: int
    and_: int
    negated: float

    @classmethod
    def learn(cls, vocabulary: Vocabulary, train: Reviews, negated: float) -> "Reverser":
        """The rule for a `vocabulary`, its opinion words learned from the training part.

        Raises UserError where one of the two labels is missing.
        """
        negation, ids = Negation.of(vocabulary, SCOPE), vocabulary.ids
        names = vocabulary.names
        known = {word: chance for word, chance in NEGATORS.items() if word in ids}
        return cls(
            opinions=Opinions.learn(vocabulary, train),
            negation=negation,
            denials=replace(negation, negators=np.array([name in DENIALS for name in names])),
            left=np.array([ids.get(_left(name), PADDING) for name in names], np.int32),
            before=np.array(
                [[name in words for name in names] for words in (AUXILIARIES, SUBJECTS, DETERMINERS)]
            ),
            negators=np.array([ids[word] for word in known], np.int32),
            chances=np.cumsum(list(known.values())) / (sum(known.values()) or 1),
            but=ids.get("but", PADDING),
            and_=ids.get("and", PADDING),
            negated=negated if known else 0.0,
        )

    def copies(self, reviews: Reviews, random: np.random.Generator) -> Reviews:
        """Reversed copies of those of the `reviews` that hold an opinion word."""
        ids = [self.reverse(reviews[index].tolist(), random) for index in range(len(reviews))]
        changed = np.array([bool(some) for some in ids], bool)
        arrays = [np.array(some, np.int32) for some in ids if some]
        return dataset.ragged(arrays, 1 - reviews.labels[changed], reviews.rows[changed])

    def reverse(self, ids: list[int], random: np.random.Generator) -> list[int] | None:
        """The token ids of a review with the verdict reversed; None where nothing changes it."""
        result: list[int] = []
        spared, changed = -1, False  # the place of an opinion word that has lost its negator
        for place, token in enumerate(ids):
            if self.negation.negators[token] and (target := self._negated(ids, place)):
                spared, changed = target, True
                result += [self.left[token]] if self.left[token] else []
            elif place == spared or not self.opinions.polarity[token]:
                turns = token == self.but and random.random() < BUT
                result.append(self.and_ if turns else token)
            elif random.random() < self.negated:
                changed = True
                self._insert_negator(result, token, random)
                result.append(token)
            else:
                changed = True
                result.append(int(self.opinions.opposites[token]))
        return result if changed else None

    def _negated(self, ids: list[int], place: int) -> int | None:
        """The place of the first opinion word that a negator at `place` negates."""
        for later in range(place + 1, min(place + 1 + SCOPE, len(ids))):
            if self.negation.ends[ids[later]]:
                return None
            if self.opinions.polarity[ids[later]] and self._flips(ids[place], ids[later]):
                return later
        return None

    def _flips(self, negator: int, word: int) -> bool:
        """Whether a negator turns an opinion word round: "not better" is worse, "never better" is best."""
        return not self.opinions.comparatives[word] or bool(self.denials.negators[negator])

    def _insert_negator(self, result: list[int], word: int, random: np.random.Generator) -> None:
        """Insert a negator into `result`, so that it negates the opinion word that comes next."""
        negator = int(self.negators[np.searchsorted(self.chances, random.random())])
        if self.opinions.comparatives[word]:
            result.append(int(self.negators[0]))
            return
        clause = self._clause(result)
        place = len(result)
        if clause > 1 and random.random() < FAR:
            place -= int(random.integers(1, clause + 1))
        else:
            place -= self._distance(result[len(result) - min(clause, 3) :])
        result.insert(place, negator)

    def _clause(self, ids: list[int]) -> int:
        """The number of tokens at the end of `ids` that belong to one clause, at most REACH."""
        tail = ids[: -REACH - 1 : -1]
        return next((count for count, token in enumerate(tail) if self.negation.ends[token]), len(tail))

    def _distance(self, tail: list[int]) -> int:
        """How many of the tokens before an opinion word, its `tail`, a negator stands before.

        It stands behind an auxiliary or a subject ("is not very good", "i never liked"), or before a
        determiner ("not a good film").
        """
        auxiliaries, subjects, determiners = self.before
        for count, token in enumerate(reversed(tail)):
            if auxiliaries[token] or subjects[token]:
                return count
        return int(bool(tail) and bool(determiners[tail[-1]]))


def _left(negator: str) -> str:
    """What is left of a word once it negates no longer."""
    return LEFT.get(negator, negator.removesuffix("n't") if negator.endswith("n't") else "")
