"""When a model gives a text no label: where it knows no word of it. Defined here alone.

A word is a token with a letter. An empty text has none; one in another alphabet has none that has an id.
Punctuation marks and figures may have ids, but a probability by these alone says nothing of the text.
"""

import numpy as np

from sentiment.data.dataset import Reviews
from sentiment.data.vocabulary import Vocabulary


def word_ids(vocabulary: Vocabulary) -> np.ndarray:
    """Which ids are those of words: bool (vocabulary.size).

    With the numbering hash, every bucket is one: nothing is kept of the tokens that fall into it.
    """
    hashed = vocabulary.numbering == "hash"
    words = [hashed or any(map(str.isalpha, token)) for token in vocabulary.tokens]
    return np.array([False] * vocabulary.first + words)


def abstains(reviews: Reviews, words: np.ndarray) -> np.ndarray:
    """Which of the n reviews have none of the `words`, a result of `word_ids`: bool (n)."""
    return np.array([not words[reviews[index]].any() for index in range(len(reviews))], bool)
