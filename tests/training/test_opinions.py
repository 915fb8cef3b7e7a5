"""Which words are opinion words, and what their opposites are."""

import numpy as np
import pytest
from opinionated import PLAIN, VOCABULARY, made

from sentiment.data.negation import negates
from sentiment.data.vocabulary import Vocabulary
from sentiment.errors import UserError
from sentiment.training import opinions
from sentiment.training.opinions import Opinions

# "war" is a word of praise here, "crying" one of complaint, and "smiling" in as many of both.
TRAIN = made(*["i was amused war smiling .", "i was annoyed crying smiling ."] * 20, labels=(1, 0) * 20)


def test_those_of_the_list_need_no_review():
    found = Opinions.learn(VOCABULARY, PLAIN)
    assert found.polarity == {"good": 1, "great": 1, "better": 1, "bad": -1, "terrible": -1, "worse": -1}
    for one, other in [("good", "bad"), ("great", "terrible"), ("better", "worse")]:
        assert (found.opposites[one], found.opposites[other]) == (other, one)


def test_others_are_those_that_lexicon_and_reviews_agree_on():
    valence = opinions.valence()
    assert valence["war"] < 0 < valence["smiling"]
    found = Opinions.learn(VOCABULARY, TRAIN).polarity
    assert (found["amused"], found["annoyed"]) == (1, -1)
    assert not {"war", "smiling", "i", "was", "."} & set(found)


def test_what_is_rare_is_left_out():
    few = made("i was amused", "i was annoyed", *["the film .", "the music ."] * 5, labels=(1, 0) * 6)
    assert not {"amused", "annoyed"} & set(Opinions.learn(VOCABULARY, few).polarity)


def test_an_opposite_is_a_word_of_the_same_form():
    """Of the words in the reviews, "crying" has no counterpart, and nothing to put in its place."""
    found = Opinions.learn(VOCABULARY, TRAIN)
    assert (found.opposites["amused"], found.opposites["annoyed"]) == ("annoyed", "amused")
    assert opinions.valence()["crying"] < 0
    assert "crying" not in found.polarity


def test_an_opposite_is_an_opinion_word_of_the_other_polarity():
    found = Opinions.learn(VOCABULARY, TRAIN)
    assert found.opposites.keys() == found.polarity.keys()
    assert all(found.polarity[other] == -found.polarity[word] for word, other in found.opposites.items())


def test_negators_are_none():
    """The lexicon calls "no" negative: a rule that swapped it would do the work of the one for negators."""
    vocabulary = Vocabulary("regexp", True, 400, 0.5, ("no", "yes", "film", "annoyed", "amused"))
    train = made(*["yes film amused", "no film annoyed"] * 20, labels=(1, 0) * 20, vocabulary=vocabulary)
    assert opinions.valence()["no"] < 0
    assert Opinions.learn(vocabulary, train).polarity == {"annoyed": -1, "amused": 1}


def test_word_vectors_get_a_dimension_that_tells_how_positive_a_word_is():
    learned = Opinions.learn(VOCABULARY, TRAIN)
    vectors = np.random.default_rng(0).normal(0, 0.5, (VOCABULARY.size, 4)).astype(np.float32)
    found = learned.embedding(vectors)
    assert found.dtype == np.float32
    np.testing.assert_array_equal(found[:, :4], vectors)
    by_word = dict(zip(VOCABULARY.names, found[:, 4].tolist(), strict=True))
    assert by_word["annoyed"] < by_word["smiling"] < by_word["amused"]
    assert by_word["terrible"] == 0  # in no review
    assert np.abs(found[:, 4]).max() <= opinions.LARGEST * opinions.SCALE * vectors.std() + 1e-6


def test_reviews_that_tell_nothing_give_no_weight():
    learned = Opinions.learn(VOCABULARY, made("film", "music", labels=(1, 0)))
    assert (learned.embedding(np.ones((VOCABULARY.size, 2), np.float32))[:, 2] == 0).all()


@pytest.mark.parametrize(
    "vocabulary",
    [
        Vocabulary("regexp", True, 400, 0.5, ("film", "music")),
        Vocabulary("regexp", True, 400, 0.5, ("film", "good")),  # half a pair
        Vocabulary("regexp", True, 400, 0.5, numbering="hash").fit({}, 10, 1),
        Vocabulary("regexp", True, 400, 0.5, numbering="imdb"),
    ],
    ids=["no opinions", "half a pair", "hash", "nothing"],
)
def test_a_vocabulary_without_opinions(vocabulary):
    train = made(*["film good", "music"] * 5, labels=(1, 0) * 5, vocabulary=vocabulary)
    found = Opinions.learn(vocabulary, train)
    assert found.polarity == found.opposites == {}


def test_no_word_is_in_enough_reviews():
    assert Opinions.learn(VOCABULARY, made("film", "music", labels=(1, 0))).polarity["good"] == 1


def test_one_label_is_refused():
    with pytest.raises(UserError, match="training part needs positive and negative reviews"):
        Opinions.learn(VOCABULARY, made(*["the film"] * 9))


def test_the_list_has_no_word_on_both_sides_and_no_negator():
    pairs = opinions.antonyms()
    good, bad = map(set, zip(*pairs, strict=True))
    assert not good & bad
    assert not any(map(negates, good | bad))
    assert len(pairs) == len(set(pairs))


def test_where_a_word_has_several_opposites_the_first_counts():
    bad = [one for _, one in opinions.antonyms()]
    twice = next(one for one in bad if bad.count(one) > 1)
    first, second = [good for good, one in opinions.antonyms() if one == twice][:2]
    vocabulary = Vocabulary("regexp", True, 400, 0.5, ("film", "music", twice, second, first))
    train = made(*["film", "music"] * 5, labels=(1, 0) * 5, vocabulary=vocabulary)
    found = Opinions.learn(vocabulary, train)
    assert (found.opposites[twice], found.opposites[second]) == (first, twice)
