"""Reviews of a few words with opinions, for the tests of what turns opinions round."""

import numpy as np

from sentiment.data import dataset
from sentiment.data.dataset import Reviews
from sentiment.data.vocabulary import Vocabulary
from sentiment.training.opinions import Opinions
from sentiment.training.reversal import Reverser

WORDS = (
    *("the", "a", "film", "music", "is", "was", "i", "and", "but", ",", ".", "!", "always", "do"),
    *("not", "never", "hardly", "isn't", "don't", "without", "with", "although"),
    *("good", "bad", "great", "terrible", "better", "worse"),  # pairs of antonyms.txt
    *("amused", "annoyed", "smiling", "crying", "war"),  # in no pair: the reviews must bear them out
)
VOCABULARY = Vocabulary("regexp", True, 400, 0.5, WORDS)


def made(*texts: str, labels: tuple[int, ...] = (), vocabulary: Vocabulary = VOCABULARY) -> Reviews:
    """Reviews of the words in a vocabulary, in rows 10, 11, ...; all of them negative without `labels`."""
    ids = [vocabulary.encode(text.split()) for text in texts]
    return dataset.ragged(ids, np.array(labels or [0] * len(ids)), 10 + np.arange(len(ids)))


def texts(reviews: Reviews, vocabulary: Vocabulary = VOCABULARY) -> list[str]:
    """What `made` made them of."""
    return [" ".join(vocabulary.names[id] for id in reviews[index]) for index in range(len(reviews))]


# Nobody's opinion: what turns round by it are the pairs of antonyms.txt alone.
PLAIN = made(*["the film .", "the music ."] * 5, labels=(1, 0) * 5)


def reverser(negated: float, vocabulary: Vocabulary = VOCABULARY, train: Reviews = PLAIN) -> Reverser:
    """The rule for the words in a vocabulary."""
    return Reverser(vocabulary, Opinions.learn(vocabulary, train), negated)
