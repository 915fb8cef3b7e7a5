"""Reviews with their verdict reversed by rule: what a network must read to tell from the originals.

Opinion words turn into their opposites, or get a negator; a negator with an opinion word in its scope goes,
and the word stays; "but" turns into "and". People wrote such reviews for Kaushik et al. 2020, Learning the
Difference that Makes a Difference with Counterfactually-Augmented Data, https://arxiv.org/abs/1909.12434.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from sentiment.data import dataset
from sentiment.data.dataset import Reviews
from sentiment.data.negation import ends_clause
from sentiment.data.vocabulary import Vocabulary
from sentiment.training import polarity
from sentiment.training.opinions import Opinions
from sentiment.training.polarity import COMPARATIVES

REACH = 12  # words before an opinion word in which a negator can be put, within the clause
AUXILIARIES = frozenset(
    (
        *("is", "was", "are", "were", "be", "been", "being", "do", "did", "does", "have", "has", "had"),
        *("can", "could", "will", "would", "should"),
        *("it's", "that's", "he's", "she's", "there's", "i'm", "you're", "they're"),
    )
)
SUBJECTS = frozenset(("i", "we", "you", "they", "he", "she", "it", "who", "that", "people"))
DETERMINERS = frozenset(("a", "an", "the", "any"))
# What is put beside an opinion word to negate it, and what further in front of it; how often each.
NEAR = {
    **{"not": 0.4, "never": 0.15, "hardly": 0.1, "scarcely": 0.05, "nothing": 0.05, "barely": 0.05},
    **{"far from": 0.1, "anything but": 0.05, "by no means": 0.05},
}
FAR = {
    **{"not": 0.2, "never": 0.15, "don't": 0.15, "didn't": 0.1, "can't": 0.1},
    **{"nothing": 0.1, "no": 0.1, "nobody": 0.1},
}
FAR_SHARE = 0.4  # of negators that are put further in front, half of them at the start of the clause
BUT = 0.5  # of "but" turns into "and"
# What is left of negators that go; of all others, nothing.
LEFT = {
    **{"can't": "can", "cannot": "can", "won't": "will", "ain't": "is", "never": "always", "without": "with"},
    **{"nothing": "everything", "nobody": "everybody", "none": "all", "neither": "both", "nor": "and"},
    **{"hardly": "really", "barely": "really"},
}


@dataclass(frozen=True)
class Reverser:
    """The rule for the opinion words of a vocabulary.

    negated: the fraction of opinion words that are negated instead of swapped.
    """

    vocabulary: Vocabulary
    opinions: Opinions
    negated: float

    def copies(self, reviews: Reviews, random: np.random.Generator) -> Reviews:
        """Reversed copies of those of the `reviews` that hold an opinion word."""
        names, ids, unknown = self.vocabulary.names, self.vocabulary.ids, self.vocabulary.unknown
        copies = (self.reverse([names[id] for id in reviews[index]], random) for index in range(len(reviews)))
        found = [(index, words) for index, words in enumerate(copies) if words is not None]
        arrays = [np.array([ids.get(word, unknown) for word in words], np.int32) for _, words in found]
        kept = np.array([index for index, _ in found], int)
        return dataset.ragged(arrays, 1 - reviews.labels[kept], reviews.rows[kept])

    def reverse(self, words: list[str], random: np.random.Generator) -> list[str] | None:
        """The words of a review with the verdict reversed; None where no opinion word is in it."""
        found = polarity.find(words, self.opinions.polarity)
        negators = dict(one.negators[-1] for one in found if one.negators)
        swapped = {one.place for one in found if not one.negators}
        result: list[str] = []
        place = 0
        while place < len(words):
            word, length = words[place], negators.get(place, 1)
            if place in negators:
                result += [one for one in [left(word)] if length == 1 and one in self.vocabulary.ids]
            elif place in swapped:
                result += self._reversed(word, result, random)
            else:
                turns = word == "but" and "and" in self.vocabulary.ids and random.random() < BUT
                result.append("and" if turns else word)
            place += length
        return result if found else None

    def _reversed(self, word: str, before: list[str], random: np.random.Generator) -> list[str]:
        """The opposite of an opinion word, or the word itself and a negator among the words `before` it."""
        if "not" not in self.vocabulary.ids or random.random() >= self.negated:
            return [self.opinions.opposites[word]]
        if word in COMPARATIVES:
            return ["not", word]
        clause = clause_length(before)
        if clause > 1 and random.random() < FAR_SHARE:
            distance = clause if random.random() < 0.5 else int(random.integers(1, clause + 1))
            before.insert(len(before) - distance, self._draw(FAR, random))
        else:
            distance = distance_to_verb(before[len(before) - min(clause, 3) :])
            place = len(before) - distance
            before[place:place] = self._draw(NEAR, random).split()
        return [word]

    def _draw(self, chances: Mapping[str, float], random: np.random.Generator) -> str:
        """One of the words that the vocabulary knows, "not" among them, by their chances."""
        known = [word for word in chances if self.vocabulary.ids.keys() >= set(word.split())]
        weights = np.cumsum([chances[word] for word in known])
        return known[int(np.searchsorted(weights, random.random() * weights[-1]))]


def left(negator: str) -> str:
    """What is left of a word once it negates no longer: "did" of "didn't", nothing of "not"."""
    return LEFT.get(negator, negator.removesuffix("n't") if negator.endswith("n't") else "")


def clause_length(words: list[str]) -> int:
    """The number of words at the end of `words` that belong to one clause, at most REACH."""
    tail = words[: -REACH - 1 : -1]
    return next((count for count, word in enumerate(tail) if ends_clause(word)), len(tail))


def distance_to_verb(words: list[str]) -> int:
    """How many of the last `words` before an opinion word a negator goes before.

    It goes behind an auxiliary or a subject ("is not very good", "i never liked"), or before a determiner
    ("not a good film").
    """
    for count, word in enumerate(reversed(words)):
        if word in AUXILIARIES or word in SUBJECTS:
            return count
    return int(bool(words) and words[-1] in DETERMINERS)
