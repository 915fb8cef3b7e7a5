"""What the reader learns from besides the training reviews: reversed copies of them, and short sentences."""

from dataclasses import dataclass

import numpy as np

from sentiment import params
from sentiment.data import dataset
from sentiment.data.dataset import Reviews
from sentiment.data.vocabulary import Vocabulary
from sentiment.training import sentences
from sentiment.training.opinions import Opinions
from sentiment.training.reversal import Reverser


@dataclass(frozen=True)
class Reading:
    """Texts that are drawn anew for each epoch.

    reviews: the training reviews, `copies` of which are reversed.
    opinions: sentences from them with a verdict, `pairs` of which are read as they are and reversed.
    plain: sentences without a verdict, half as many of which are read as they are.
    """

    reverser: Reverser
    reviews: Reviews
    copies: int
    opinions: Reviews
    pairs: int
    plain: Reviews

    @classmethod
    def learn(cls, vocabulary: Vocabulary, train: Reviews, config: params.Train) -> "Reading":
        """Learn opinion words from the training part; raises UserError where one of its labels is missing."""
        opinion_words = Opinions.learn(vocabulary, train)
        opinions, plain = sentences.cut(train, vocabulary, opinion_words)
        copies, pairs = round(config.reversed * len(train)), round(config.sentences * len(train))
        reverser = Reverser(vocabulary, opinion_words, config.negated)
        return cls(reverser, train, copies, opinions, pairs, plain)

    def __len__(self) -> int:
        """The number of texts for an epoch, at most: some cannot be reversed, and there may be fewer."""
        return self.copies + 2 * self.pairs + self.pairs // 2

    def draw(self, random: np.random.Generator) -> Reviews:
        """The texts for an epoch."""
        copies = self.reverser.copies(_some(self.reviews, self.copies, random), random)
        opinions = _some(self.opinions, self.pairs, random)
        plain = _some(self.plain, self.pairs // 2, random)
        return dataset.concatenate(copies, opinions, self.reverser.copies(opinions, random), plain)

    def held_out(self, reviews: Reviews, config: params.Train) -> tuple[Reviews, np.ndarray]:
        """The reviews of another part, and their reversed copies; and the weight of each, float64 (texts)."""
        copies = self.reverser.copies(reviews, np.random.default_rng(config.seed))
        weights = np.repeat([1.0, config.reversed_weight], [len(reviews), len(copies)])
        return dataset.concatenate(reviews, copies), weights


def _some(reviews: Reviews, number: int, random: np.random.Generator) -> Reviews:
    """That many of the `reviews`, drawn at random, or all if there are fewer."""
    return reviews.take(np.sort(random.permutation(len(reviews))[:number]))
