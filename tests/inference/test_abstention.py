"""inference/abstention.py: which texts a model knows no word of, by the numbering of its vocabulary."""

import numpy as np
import pytest

from sentiment.data import dataset
from sentiment.data.vocabulary import Vocabulary
from sentiment.inference import abstention

TOKENS = (".", "film", "10", "3d", "\u0444\u0438\u043b\u044c\u043c")
TEXTS = ["", "Film", "xqzzy 10.", "3D", "\u0424\u0438\u043b\u044c\u043c!", "..."]


@pytest.mark.parametrize(
    ("numbering", "expected"),
    [
        ("frequency", [True, False, True, False, False, True]),
        ("imdb", [True, False, True, False, False, True]),
        ("hash", [True, False, False, False, False, False]),
    ],
)
def test_a_text_without_a_known_word(numbering, expected):
    vocabulary = Vocabulary("regexp", True, 60, 0.5, TOKENS, numbering)
    if numbering == "hash":
        vocabulary = vocabulary.fit([], size=5, min_count=1)
    words = abstention.word_ids(vocabulary)
    assert words.shape == (vocabulary.size,)
    ids = [vocabulary.encode(vocabulary.tokenize(text)) for text in TEXTS]
    reviews = dataset.ragged(ids, np.zeros(len(ids)), np.arange(len(ids)))
    assert abstention.abstains(reviews, words).tolist() == expected


def test_only_what_is_read_counts():
    vocabulary = Vocabulary("regexp", True, 2, 0.5, TOKENS)
    reviews = dataset.ragged([vocabulary.encode(["10", "film", "10"])], np.zeros(1), np.arange(1))
    assert abstention.abstains(reviews, abstention.word_ids(vocabulary)).tolist() == [True]
