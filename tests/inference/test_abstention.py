"""inference/abstention.py: which texts a model knows no word of, by the numbering of its vocabulary."""

import pytest

from sentiment.data.vocabulary import Vocabulary
from sentiment.inference import abstention

TOKENS = (".", "film", "10", "3d", "\u0444\u0438\u043b\u044c\u043c")
TEXTS = ["", "Film", "xqzzy 10.", "3D", "\u0424\u0438\u043b\u044c\u043c!", "10 ... ."]


@pytest.mark.parametrize(
    ("numbering", "expected"),
    [
        ("frequency", [True, False, True, False, False, True]),
        ("imdb", [True, False, True, False, False, True]),
        ("hash", [True, False, False, False, False, True]),  # its buckets take in every token
    ],
)
def test_a_text_without_a_known_word(numbering, expected):
    vocabulary = Vocabulary("regexp", True, 60, 0.5, TOKENS, numbering)
    if numbering == "hash":
        vocabulary = vocabulary.fit({}, size=5, min_count=1)
    found = [abstention.abstains(vocabulary, vocabulary.tokenize(text)) for text in TEXTS]
    assert found == expected


@pytest.mark.parametrize(
    ("numbering", "expected"),
    [
        ("frequency", [False, True, False, False]),
        ("imdb", [True, True, False, False]),  # where the id of the start takes a token's place
    ],
)
def test_a_word_that_is_cut_does_not_count(numbering, expected):
    vocabulary = Vocabulary("regexp", True, 3, 1 / 3, TOKENS, numbering)
    texts = [["10"] * before + ["film"] + ["10"] * (3 - before) for before in range(4)]
    assert [abstention.abstains(vocabulary, tokens) for tokens in texts] == expected
    assert [vocabulary.ids["film"] not in vocabulary.encode(tokens) for tokens in texts] == expected
