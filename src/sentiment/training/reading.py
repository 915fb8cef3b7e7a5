"""What the LSTMs learn from besides the training reviews: reversed copies of them, and short sentences."""

from dataclasses import dataclass, replace

import numpy as np

from sentiment import params
from sentiment.data import dataset
from sentiment.data.dataset import Reviews
from sentiment.data.vocabulary import Vocabulary
from sentiment.ngrams.table import Classifier
from sentiment.training import drawing, sentences
from sentiment.training.composition import Composer
from sentiment.training.excerpts import Excerpts
from sentiment.training.opinions import Opinions
from sentiment.training.reversal import Reverser
from sentiment.training.sentences import Sentence, Sentences

WHOLE = 0.5  # of the reviews, those that the reader reads in an epoch; the LSTM beside it reads them all
# For each sentence that is read in both ways: sentences made of others, plain ones, and excerpts.
COMPOSED, PLAIN, EXCERPTS = 3, 1, 2


@dataclass(frozen=True)
class Reading:
    """The training reviews and what else is drawn anew for each epoch.

    reviews: the training reviews, some of which are read, and `copies` of which are reversed.
    sentences: those of the training reviews. `pairs` that are not plain, half of them turned ones, are read
        as they are and reversed; COMPOSED times as many are made of them, and PLAIN times as many are plain.
    """

    reverser: Reverser
    reviews: Reviews
    copies: int
    sentences: Sentences
    pairs: int

    @classmethod
    def learn(
        cls, vocabulary: Vocabulary, train: Reviews, votes: np.ndarray | None, config: params.Train
    ) -> "Reading":
        """Learn opinion words from the training part; raises UserError where one of its labels is missing.

        `votes` are as in `sentences.cut`.
        """
        opinions = Opinions.learn(vocabulary, train)
        copies, pairs = round(config.reversed * len(train)), round(config.sentences * len(train))
        reverser = Reverser(vocabulary, opinions, config.negated)
        return cls(reverser, train, copies, sentences.cut(train, vocabulary, opinions, votes), pairs)

    def __len__(self) -> int:
        """The number of texts for an epoch, at most: some cannot be reversed, and there may be fewer."""
        return self.whole + self.copies + self.most

    @property
    def whole(self) -> int:
        """The number of reviews that are read in an epoch."""
        return round(WHOLE * len(self.reviews))

    @property
    def most(self) -> int:
        """The number of sentences for an epoch, at most."""
        return (2 + COMPOSED + PLAIN) * self.pairs

    def draw(self, random: np.random.Generator) -> tuple[Reviews, None]:
        """The texts for an epoch, the reviews first; the reader takes no votes of n-grams."""
        order = random.permutation(len(self.reviews))
        whole, reversed_ = (self.reviews.take(np.sort(order[:end])) for end in (self.whole, self.copies))
        return dataset.concatenate(whole, self.reverser.copies(reversed_, random), self.encoded(random)), None

    def encoded(self, random: np.random.Generator) -> Reviews:
        """The sentences for an epoch, as reviews."""
        return sentences.encode(self.short(random), self.reverser.vocabulary)

    def short(self, random: np.random.Generator) -> list[Sentence]:
        """The sentences for an epoch."""
        turned = drawing.some(random, self.sentences.turned, self.pairs // 2)
        chosen = [*turned, *drawing.some(random, self.sentences.simple, self.pairs - len(turned))]
        copies = ((self.reverser.reverse(one.words, random), 1 - one.label) for one in chosen)
        both = [*chosen, *(Sentence(words, label) for words, label in copies if words)]
        polarity, known = self.reverser.opinions.polarity, self.reverser.vocabulary.ids
        composed = Composer(both, polarity, known, random).compose(COMPOSED * self.pairs)
        return [*both, *composed, *drawing.some(random, self.sentences.plain, PLAIN * self.pairs)]

    def held_out(
        self, reviews: Reviews, votes: np.ndarray | None, config: params.Train
    ) -> tuple[Reviews, np.ndarray]:
        """The reviews of another part, their reversed copies and sentences; weights, float64 (texts)."""
        random, vocabulary = np.random.default_rng(config.seed), self.reverser.vocabulary
        copies = self.reverser.copies(reviews, random)
        found = sentences.cut(reviews, vocabulary, self.reverser.opinions, votes)
        theirs = replace(self, sentences=found, pairs=round(config.sentences * len(reviews)))
        others = dataset.concatenate(copies, sentences.encode(theirs.short(random), vocabulary))
        weights = np.repeat([1.0, config.reversed_weight], [len(reviews), len(others)])
        return dataset.concatenate(reviews, others), weights


@dataclass(frozen=True)
class VotedReading:
    """For the LSTM that takes votes of n-grams: the training reviews, and sentences like the reader's.

    Some more, `excerpts`, are any of the reviews, with the label of their review, which is not always theirs.

    votes: float (tokens, max_ngram), those of the reviews; None if it takes none.
    classifier: gives the votes of the reader's sentences. It knows the reviews that they are made of, but
        not their verdict turned round, so that the LSTM learns to doubt it where it has to.
    """

    reading: Reading
    excerpts: Excerpts
    votes: np.ndarray | None
    classifier: Classifier | None

    @classmethod
    def half_of(
        cls, reading: Reading, votes: np.ndarray | None, classifier: Classifier | None
    ) -> "VotedReading":
        """With half as many of the sentences that the reader gets, and some excerpts."""
        half = replace(reading, copies=0, pairs=reading.pairs // 2)
        bounds = sentences.bounds(reading.reviews, reading.reverser.vocabulary)
        return cls(half, Excerpts(reading.reviews, bounds, EXCERPTS * half.pairs), votes, classifier)

    def __len__(self) -> int:
        """The number of texts for an epoch, at most."""
        return len(self.reading.reviews) + self.reading.most + self.excerpts.number

    def draw(self, random: np.random.Generator) -> tuple[Reviews, np.ndarray | None]:
        """The texts for an epoch, the reviews first, and their votes."""
        short = self.reading.encoded(random)
        excerpts, tokens = self.excerpts.draw(random)
        texts = dataset.concatenate(self.reading.reviews, short, excerpts)
        if self.votes is None or self.classifier is None:
            return texts, None
        votes, _ = self.classifier.votes_and_logits(short)
        return texts, np.concatenate([self.votes, votes.astype(self.votes.dtype), self.votes[tokens]])
