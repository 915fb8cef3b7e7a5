"""Which sentences are cut out of reviews, by hand."""

from dataclasses import replace

import numpy as np
import pytest
from opinionated import VOCABULARY, made, reverser, texts

from sentiment.training import sentences
from sentiment.training.sentences import Sentence


def cut(*reviews, labels, weights=None, votes=None):
    """The simple, the turned and the plain sentences, as text and label; words without `weights` have 0."""
    array = np.zeros(VOCABULARY.size, np.float32)
    for word, weight in (weights or {}).items():
        array[VOCABULARY.ids[word]] = weight
    opinions = replace(reverser(negated=0.0).opinions, weights=array)
    found = sentences.cut(made(*reviews, labels=labels), VOCABULARY, opinions, votes)
    return tuple(
        [(" ".join(one.words), one.label) for one in some]
        for some in (found.simple, found.turned, found.plain)
    )


def test_a_review_is_cut_at_the_ends_of_sentences():
    text = "the film is good . i was great music ! the film , the music"
    found = cut(text, labels=(1,), weights={"film": 0.3, "music": 0.3})
    assert found == (
        [("the film is good .", 1), ("i was great music !", 1)],
        [],
        [("the film , the music", 1)],
    )


def test_labels_are_those_of_the_reviews():
    reviews = "the film is good . the music is the music .", "the film . the film is bad"
    found = cut(*reviews, labels=(1, 0), weights={"music": 0.3, "film": -0.6})
    assert found == (
        [("the film is good .", 1), ("the film is bad", 0)],
        [],
        [("the music is the music .", 1), ("the film .", 0)],
    )


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("the film is good .", 1),
        ("the film is bad .", 0),
        ("not the film , good .", 1),
        ("the good film is bad and terrible .", 0),
        ("although the music is great , the film is good .", 1),
    ],
)
def test_simple_ones_say_what_their_opinion_words_say(text, label):
    assert cut(text, labels=(label,)) == ([(text, label)], [], [])
    assert cut(text, labels=(1 - label,)) == ([], [], [])


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("the film is not good .", 0),
        ("the film is not a bad film .", 1),
        ("the music is bad but the film is good .", 1),
        ("good , good but bad .", 0),
        ("although the music is bad and terrible , the film is good .", 1),
    ],
)
def test_turned_ones_say_something_else(text, label):
    assert cut(text, labels=(label,)) == ([], [(text, label)], [])
    assert cut(text, labels=(1 - label,)) == ([], [], [])


@pytest.mark.parametrize("text", ["the film is good and bad .", "the film is the music .", "not the film ."])
def test_a_sentence_without_a_verdict_is_plain_if_its_words_bear_out_the_label(text):
    for label, weight in ((1, 0.6), (0, -0.6)):
        assert cut(text, labels=(label,), weights={"film": weight}) == ([], [], [(text, label)])
        assert cut(text, labels=(label,), weights={"film": weight / 2}) == ([], [], [])
        assert cut(text, labels=(1 - label,), weights={"film": weight}) == ([], [], [])


def test_votes_stand_in_place_of_weights():
    votes = np.array([[0.2, 0.0], [0.2, 0.2], [0.0, 0.0], [0.2, -0.2], [0.2, 0.1]], np.float16)
    found = cut(
        "the film . the music .", labels=(1,), weights={"music": 2}, votes=np.vstack([votes, [[0, 0]]])
    )
    assert found == ([], [], [("the film .", 1)])


def test_so_is_one_whose_opinion_words_say_something_else():
    text = "the film is not bad music ."
    assert cut(text, labels=(0,), weights={"music": -0.6}) == ([], [], [(text, 0)])
    assert cut(text, labels=(1,), weights={"music": -0.6}) == ([], [(text, 1)], [])


@pytest.mark.parametrize("text", ["good .", f"{'the film ' * 100}is good ."], ids=["short", "long"])
def test_sentences_of_a_word_and_those_without_an_end_are_left_out(text):
    assert cut(text, labels=(1,)) == ([], [], [])
    assert cut(text, labels=(0,), weights={"good": -0.6}) == ([], [], [])


def test_no_sentence_reaches_from_one_review_into_the_next():
    """Nor does a negator."""
    reviews = "the film was not", "good music is good", "the music"
    found = cut(*reviews, labels=(1, 1, 1), weights={"film": 0.6})
    assert found == ([("good music is good", 1)], [], [("the film was not", 1)])


def test_encoded_they_are_reviews_of_no_row():
    reviews = sentences.encode([Sentence(["good", "film"], 1), Sentence(["frobnicated"], 0)], VOCABULARY)
    assert texts(reviews) == ["good film", "<unknown>"]
    assert (reviews.labels.tolist(), reviews.rows.tolist()) == ([1, 0], [-1, -1])
    assert (reviews.ids.dtype, reviews.labels.dtype, reviews.rows.dtype) == (np.int32, np.int8, np.int32)


def test_nothing_may_be_left():
    assert cut("good .", ". .", labels=(1, 0)) == ([], [], [])
    none = sentences.encode([], VOCABULARY)
    assert (len(none), none.offsets.tolist(), none.ids.dtype) == (0, [0], np.int32)
