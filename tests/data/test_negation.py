"""Which tokens are negated, worked out by hand."""

import numpy as np
import pytest

from sentiment.data import dataset
from sentiment.data.negation import Negation
from sentiment.data.vocabulary import Vocabulary

WORDS = ("the", "film", "is", "good", "bad", "not", "never", "don't", "but", ",", "...", "and")
VOCABULARY = Vocabulary("regexp", True, 100, 0.5, WORDS)


def reviews(*texts):
    ids = [VOCABULARY.encode(text.split()) for text in texts]
    return dataset.ragged(ids, np.zeros(len(ids)), np.arange(len(ids)))


def negated(*texts, scope=8):
    """The words that are negated in each text."""
    some = reviews(*texts)
    flags = Negation.of(VOCABULARY, scope).negated(some)
    words = np.array(VOCABULARY.names, object)[some.ids]
    return [
        " ".join(words[start:end][flags[start:end]])
        for start, end in zip(some.offsets[:-1], some.offsets[1:], strict=True)
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("the film is good", ""),
        ("the film is not good", "good"),
        ("not the film", "the film"),
        ("the film is not good , and bad", "good"),
        ("not good but bad", "good"),
        ("never good ... bad", "good"),
        (", not bad", "bad"),
        ("not bad and never good and bad", "bad and good and bad"),
        ("don't the film", "the film"),
        ("not", ""),
        ("good", ""),
    ],
)
def test_negation_reaches_to_the_end_of_the_clause(text, expected):
    assert negated(text) == [expected]


def test_it_reaches_no_further_than_its_scope():
    assert negated("not the film is good and bad", scope=3) == ["the film is"]


def test_it_does_not_reach_into_the_next_review():
    assert negated("the film is not", "good film", ", bad") == ["", "", ""]


def test_negated_tokens_get_ids_of_their_own_and_no_other_array_changes():
    some = reviews("not good", "good")
    negation = Negation.of(VOCABULARY, 8)
    marked = negation.mark(some)
    good, no = VOCABULARY.ids["good"], VOCABULARY.ids["not"]
    assert marked.ids.tolist() == [no, good + VOCABULARY.size, good]
    assert marked.ids.dtype == np.int32
    assert negation.ids == 2 * VOCABULARY.size
    assert marked.offsets is some.offsets


def test_without_a_scope_nothing_is_marked():
    some = reviews("not good")
    negation = Negation.of(VOCABULARY, 0)
    assert negation.mark(some) is some
    assert negation.ids == VOCABULARY.size


def test_buckets_of_a_hash_negate_nothing():
    vocabulary = Vocabulary("regexp", True, 100, 0.5, numbering="hash").fit({}, 10, 1)
    assert not Negation.of(vocabulary, 8).negators.any()
