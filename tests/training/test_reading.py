"""What the reader learns from besides reviews."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from opinionated import VOCABULARY, made, texts

from sentiment.data.vocabulary import Vocabulary
from sentiment.errors import UserError
from sentiment.training.reading import Reading
from sentiment.training.sentences import Sentences

GOOD, BAD = "the film is good . the music was the music .", "the film was bad . a film with music ."
TRAIN = made(*[GOOD, BAD] * 10, labels=(1, 0) * 10)
HELD_OUT = made(*[GOOD, BAD] * 6, labels=(1, 0) * 6)
SENTENCES = {"the film is good .": 1, "the film was bad .": 0}
REVERSED_SENTENCES = {"the film is bad .": 0, "the film was good .": 1}
REVERSED = {
    GOOD.replace("good", "bad"): 0,
    BAD.replace("bad", "good"): 1,
}
NEUTRAL = "the music was the music .", "a film with music ."


@pytest.fixture
def config(settings):
    """20 training reviews: 5 copies of them, and 10 sentences, that are read in both ways."""
    changes = {"reversed": 0.25, "sentences": 0.5, "negated": 0.0}
    return settings["train"].model_copy(update={**changes, "reversed_weight": 0.25})


@pytest.fixture
def reading(config):
    return Reading.learn(VOCABULARY, TRAIN, config)


def labelled(reviews):
    """How often each text has each label."""
    return Counter(zip(texts(reviews), reviews.labels.tolist(), strict=True))


def total(counts, some):
    return sum(counts[item] for item in some.items())


def test_an_epoch_has_reversed_reviews_and_sentences_as_they_are_and_reversed(reading):
    counts = labelled(reading.draw(np.random.default_rng(0)))
    assert total(counts, REVERSED) == 5
    assert total(counts, SENTENCES) == total(counts, REVERSED_SENTENCES) == 10
    plain = {(text, label): count for (text, label), count in counts.items() if text in NEUTRAL}
    assert plain.keys() == {(NEUTRAL[0], 1), (NEUTRAL[1], 0)}
    assert sum(plain.values()) == 5
    assert sum(counts.values()) == len(reading) == 50  # 20 of which are composed


def test_each_sentence_comes_with_its_reversal(reading):
    counts = labelled(reading.draw(np.random.default_rng(1)))
    good, bad = counts["the film is good .", 1], counts["the film was bad .", 0]
    assert (counts["the film is bad .", 0], counts["the film was good .", 1]) == (good, bad)


def test_turned_sentences_are_half_of_those_drawn(config):
    train = made(*[GOOD, BAD, "the film is never bad ."] * 10, labels=(1, 0, 1) * 10)
    reading = Reading.learn(VOCABULARY, train, config)
    counts = labelled(reading.draw(np.random.default_rng(0)))
    assert counts["the film is never bad .", 1] == reading.pairs // 2 == 7


def test_each_epoch_draws_others_and_the_seed_decides(reading):
    one, same, other = (reading.draw(np.random.default_rng(seed)) for seed in (0, 0, 1))
    np.testing.assert_array_equal(one.ids, same.ids)
    np.testing.assert_array_equal(one.labels, same.labels)
    assert one.ids.tolist() != other.ids.tolist()


def test_there_may_be_fewer_sentences_than_asked_for(reading):
    few = replace(reading, sentences=Sentences(reading.sentences.simple[:2], [], []), pairs=100)
    assert len(few) > len(few.draw(np.random.default_rng(0)))
    assert labelled(few.draw(np.random.default_rng(0)))["the film is good .", 1] == 1


def test_the_held_out_texts_begin_with_the_reviews_which_count_more(reading, config):
    found, weights = reading.held_out(HELD_OUT, config)
    reviews = found.take(np.arange(len(HELD_OUT)))
    np.testing.assert_array_equal(reviews.ids, HELD_OUT.ids)
    np.testing.assert_array_equal(reviews.labels, HELD_OUT.labels)
    assert weights.dtype == np.float64
    assert len(weights) == len(found)
    assert (weights[: len(HELD_OUT)] == 1).all()
    others = labelled(found.take(np.flatnonzero(weights == 0.25)))
    assert all(others[item] == 6 for item in REVERSED.items())
    assert total(others, SENTENCES) == total(others, REVERSED_SENTENCES) == 6
    assert len(HELD_OUT) + others.total() == len(found)


def test_the_held_out_texts_are_always_the_same(reading, config):
    one, other = (reading.held_out(HELD_OUT, config)[0] for _ in range(2))
    np.testing.assert_array_equal(one.ids, other.ids)


def test_the_opinions_are_those_of_the_training_part(reading, config):
    """What reviews held out say of "amused" and "annoyed" is not learned."""
    other = made(*["i was amused ."] * 9, *["i was annoyed ."] * 9, labels=(1,) * 9 + (0,) * 9)
    found, weights = reading.held_out(other, config)
    others = labelled(found.take(np.flatnonzero(weights == 0.25)))
    assert others.keys() == {("i was amused .", 1), ("i was annoyed .", 0)}  # not reversed


@pytest.mark.parametrize(
    "vocabulary",
    [
        Vocabulary("regexp", True, 400, 0.5, ("the", "film", "is", ".")),
        Vocabulary("regexp", True, 400, 0.5, numbering="hash").fit({}, 50, 1),
    ],
    ids=["words", "hash"],
)
def test_without_an_opinion_word_there_are_no_copies(config, vocabulary):
    """What is read are sentences without a verdict: no more than that, and no error."""
    train = made(*["the film is . the film", "the film ."] * 10, labels=(1, 0) * 10, vocabulary=vocabulary)
    reading = Reading.learn(vocabulary, train, config)
    found = reading.draw(np.random.default_rng(0))
    assert 0 < len(found) <= 5
    assert reading.sentences.simple == reading.sentences.turned == []
    held_out, weights = reading.held_out(train, config)
    assert len(held_out) == len(train) + 5
    assert weights.tolist() == [1.0] * 20 + [0.25] * 5


def test_nothing_at_all_can_be_read(config):
    """Sentences are too short here, and without a verdict."""
    train = made(*["film", "music"] * 10, labels=(1, 0) * 10)
    reading = Reading.learn(VOCABULARY, train, config)
    found = reading.draw(np.random.default_rng(0))
    assert len(found) == 0
    assert (found.ids.dtype, found.offsets.tolist(), found.labels.dtype) == (np.int32, [0], np.int8)
    held_out, weights = reading.held_out(train, config)
    assert (len(held_out), weights.tolist()) == (20, [1.0] * 20)


def test_one_label_is_refused(config):
    with pytest.raises(UserError, match="training part needs positive and negative reviews"):
        Reading.learn(VOCABULARY, made(*["the film"] * 9), config)
