"""What the reader learns from besides the training reviews: reversed copies of them, and short sentences."""

from dataclasses import dataclass, replace

import numpy as np

from sentiment import params
from sentiment.data import dataset
from sentiment.data.dataset import Reviews
from sentiment.data.vocabulary import Vocabulary
from sentiment.training import drawing, sentences
from sentiment.training.composition import Composer
from sentiment.training.opinions import Opinions
from sentiment.training.reversal import Reverser
from sentiment.training.sentences import Sentence, Sentences

COMPOSED = 2  # sentences made of others, for each that is read as it is and reversed


@dataclass(frozen=True)
class Reading:
    """Texts that are drawn anew for each epoch.

    reviews: the training reviews, `copies` of which are reversed.
    sentences: those of the training reviews. `pairs` with a verdict, half of them turned ones, are read as
        they are and reversed; COMPOSED times as many are made of them; half as many have no verdict.
    """

    reverser: Reverser
    reviews: Reviews
    copies: int
    sentences: Sentences
    pairs: int

    @classmethod
    def learn(cls, vocabulary: Vocabulary, train: Reviews, config: params.Train) -> "Reading":
        """Learn opinion words from the training part; raises UserError where one of its labels is missing."""
        opinions = Opinions.learn(vocabulary, train)
        copies, pairs = round(config.reversed * len(train)), round(config.sentences * len(train))
        reverser = Reverser(vocabulary, opinions, config.negated)
        return cls(reverser, train, copies, sentences.cut(train, vocabulary, opinions), pairs)

    def __len__(self) -> int:
        """The number of texts for an epoch, at most: some cannot be reversed, and there may be fewer."""
        return self.copies + (2 + COMPOSED) * self.pairs + self.pairs // 2

    def draw(self, random: np.random.Generator) -> Reviews:
        """The texts for an epoch."""
        reviews = self.reviews.take(np.sort(random.permutation(len(self.reviews))[: self.copies]))
        copies = self.reverser.copies(reviews, random)
        return dataset.concatenate(copies, sentences.encode(self.short(random), self.reverser.vocabulary))

    def short(self, random: np.random.Generator) -> list[Sentence]:
        """The sentences for an epoch."""
        turned = drawing.some(random, self.sentences.turned, self.pairs // 2)
        chosen = [*turned, *drawing.some(random, self.sentences.simple, self.pairs - len(turned))]
        copies = ((self.reverser.reverse(one.words, random), 1 - one.label) for one in chosen)
        both = [*chosen, *(Sentence(words, label) for words, label in copies if words)]
        polarity, known = self.reverser.opinions.polarity, self.reverser.vocabulary.ids
        composed = Composer(both, polarity, known, random).compose(COMPOSED * self.pairs)
        return [*both, *composed, *drawing.some(random, self.sentences.plain, self.pairs // 2)]

    def held_out(self, reviews: Reviews, config: params.Train) -> tuple[Reviews, np.ndarray]:
        """The reviews of another part, their reversed copies and sentences; weights, float64 (texts)."""
        random, vocabulary = np.random.default_rng(config.seed), self.reverser.vocabulary
        copies = self.reverser.copies(reviews, random)
        found = sentences.cut(reviews, vocabulary, self.reverser.opinions)
        theirs = replace(self, sentences=found, pairs=round(config.sentences * len(reviews)))
        others = dataset.concatenate(copies, sentences.encode(theirs.short(random), vocabulary))
        weights = np.repeat([1.0, config.reversed_weight], [len(reviews), len(others)])
        return dataset.concatenate(reviews, others), weights
