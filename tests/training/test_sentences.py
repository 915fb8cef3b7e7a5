"""Which sentences are cut out of reviews, by hand."""

import numpy as np
import pytest
from opinionated import VOCABULARY, made, reverser, texts

from sentiment.training import sentences


def cut(*reviews, labels):
    """The sentences with an opinion that bears the label out, and those without one."""
    return sentences.cut(made(*reviews, labels=labels), VOCABULARY, reverser(negated=0.0).opinions)


def words(some):
    return tuple(map(texts, some))


def test_a_review_is_cut_at_the_ends_of_sentences():
    found = cut("the film is good . i was great music ! the film , the music", labels=(1,))
    assert words(found) == (["the film is good .", "i was great music !"], ["the film , the music"])


def test_labels_and_rows_are_those_of_the_reviews():
    opinions, plain = cut(
        "the film is good . the music is the music .",
        "the film . the film is bad",
        "was good",
        labels=(1, 0, 1),
    )
    assert words((opinions, plain)) == (
        ["the film is good .", "the film is bad"],
        ["the music is the music .", "the film ."],
    )
    assert (opinions.labels.tolist(), opinions.rows.tolist()) == ([1, 0], [10, 11])
    assert (plain.labels.tolist(), plain.rows.tolist()) == ([1, 0], [10, 11])
    assert (opinions.ids.dtype, opinions.labels.dtype) == (np.int32, np.int8)


@pytest.mark.parametrize(
    ("text", "positive"),
    [
        ("the film is good .", True),
        ("the film is bad .", False),
        ("the film is not good .", False),
        ("the film is not a bad film .", True),
        ("not the film , good .", True),
        ("the good film is bad and terrible .", False),
        ("the film is good and bad .", None),
        ("the film is not better .", False),
        ("the film was never better .", True),
        ("the film was never good .", False),
        # what comes after a "but", or is not conceded, decides
        ("the music is bad but the film is great and good .", True),
        ("good , good but bad .", False),
        ("although the music is bad and terrible , the film is good .", True),
    ],
)
def test_a_sentence_must_bear_out_the_label_of_its_review(text, positive):
    """Its opinion words add up to a verdict, those turned round that are negated."""
    for label in (0, 1):
        opinions, plain = cut(text, labels=(label,))
        assert texts(opinions) == ([text] if positive is not None and positive == label else [])
        assert texts(plain) == []


@pytest.mark.parametrize("text", ["good .", f"{'the film ' * 100}is good ."], ids=["short", "long"])
def test_sentences_of_a_word_and_those_without_an_end_are_left_out(text):
    assert words(cut(text, labels=(1,))) == ([], [])
    plain = text.replace("good", "the")
    assert words(cut(plain, labels=(1,))) == ([], [])


def test_no_sentence_reaches_from_one_review_into_the_next():
    """Nor does a negator."""
    found = cut("the film was not", "good music is good", "the music", labels=(1, 1, 1))
    assert words(found) == (["good music is good"], ["the film was not"])


def test_nothing_may_be_left():
    opinions, plain = cut("good .", ". .", labels=(1, 0))
    assert len(opinions) == len(plain) == 0
    assert opinions.offsets.tolist() == plain.offsets.tolist() == [0]
