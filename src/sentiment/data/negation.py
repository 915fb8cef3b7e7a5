"""Which tokens are negated: those after a negator, up to the end of its clause.

As in Pang, Lee & Vaithyanathan 2002, Thumbs up?, https://aclanthology.org/W02-1011, and in NLTK's
`mark_negation`, but on token ids, and for no more than a few tokens: English negates what is near.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from sentiment.data.dataset import Reviews
from sentiment.data.vocabulary import Vocabulary

NEGATORS = frozenset(
    (
        *("no", "not", "never", "none", "nobody", "nothing", "neither", "nor", "nowhere", "without"),
        *("cannot", "hardly", "barely", "scarcely"),
        *("aint", "arent", "cant", "couldnt", "didnt", "doesnt", "dont", "hadnt", "hasnt", "havent", "isnt"),
        *("shouldnt", "wasnt", "wont", "wouldnt"),
    )
)
CONJUNCTIONS = frozenset(("but", "although", "however"))
PUNCTUATION = re.compile(r"""[.!?,;:()\[\]"]+""")


def negates(word: str) -> bool:
    """Whether a word, in lower case, negates those after it."""
    return word in NEGATORS or word.endswith("n't")


def ends_clause(word: str) -> bool:
    """Whether a word or a punctuation mark ends a clause, and with it the scope of a negator."""
    return word in CONJUNCTIONS or PUNCTUATION.fullmatch(word) is not None


@dataclass(frozen=True)
class Negation:
    """What negates, by token id, and how far.

    negators: bool (ids), tokens that negate those after them.
    ends: bool (ids), tokens that end a clause.
    scope: the number of tokens after a negator that it can reach; 0 for no negation at all.
    """

    negators: np.ndarray
    ends: np.ndarray
    scope: int

    @classmethod
    def of(cls, vocabulary: Vocabulary, scope: int, negates: Callable[[str], bool] = negates) -> "Negation":
        """The negation of English: a vocabulary without its words, or of buckets, negates nothing."""
        names = [name.lower() for name in vocabulary.names]
        negators, ends = (np.array(list(map(is_one, names)), bool) for is_one in (negates, ends_clause))
        return cls(negators, ends, scope)

    @property
    def ids(self) -> int:
        """The number of ids that `mark` can give to tokens."""
        return len(self.negators) * (2 if self.scope else 1)

    def mark(self, reviews: Reviews) -> Reviews:
        """The same reviews, each negated token with an id of its own, beyond those of the vocabulary."""
        if not self.scope:
            return reviews
        marked = reviews.ids + len(self.negators) * self.negated(reviews)
        return replace(reviews, ids=marked.astype(np.int32))

    def negated(self, reviews: Reviews) -> np.ndarray:
        """Which tokens a negator before them reaches, negators and ends of clauses aside: bool (tokens)."""
        place = np.arange(len(reviews.ids))
        is_negator, is_end = self.negators[reviews.ids], self.ends[reviews.ids]
        negator = np.maximum.accumulate(np.where(is_negator, place, -self.scope - 1))
        end = np.where(is_end, place, 0)
        end[reviews.offsets[:-1]] = reviews.offsets[:-1]  # nor does a negator reach into the next review
        reached = (negator >= np.maximum.accumulate(end)) & (place - negator <= self.scope)
        return reached & ~is_negator & ~is_end
