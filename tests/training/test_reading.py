"""What the reader learns from besides reviews."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from opinionated import VOCABULARY, made, texts

from sentiment.data.vocabulary import Vocabulary
from sentiment.errors import UserError
from sentiment.training import reading as reading_of
from sentiment.training.reading import Reading, VotedReading
from sentiment.training.sentences import Sentences

GOOD, BAD = "the film is good . the music was always music .", "the film was bad . a film with music ."
TRAIN = made(*[GOOD, BAD] * 10, labels=(1, 0) * 10)
HELD_OUT = made(*[GOOD, BAD] * 6, labels=(1, 0) * 6)
SENTENCES = {"the film is good .": 1, "the film was bad .": 0}
REVERSED_SENTENCES = {"the film is bad .": 0, "the film was good .": 1}
REVERSED = {
    GOOD.replace("good", "bad"): 0,
    BAD.replace("bad", "good"): 1,
}
PLAIN = {"the music was always music .": 1, "a film with music .": 0}


@pytest.fixture
def config(settings):
    """20 training reviews: 5 copies of them, and 10 sentences, that are read in both ways."""
    changes = {"reversed": 0.25, "sentences": 0.5, "negated": 0.0}
    return settings["train"].model_copy(update={**changes, "reversed_weight": 0.25})


@pytest.fixture
def reading(config):
    return Reading.learn(VOCABULARY, TRAIN, None, config)


def labelled(reviews):
    """How often each text has each label."""
    return Counter(zip(texts(reviews), reviews.labels.tolist(), strict=True))


def total(counts, some):
    return sum(counts[item] for item in some.items())


@pytest.fixture
def nothing_composed(monkeypatch):
    """What is composed of "the film is good" can be the same."""
    monkeypatch.setattr(reading_of, "COMPOSED", 0)


@pytest.mark.usefixtures("nothing_composed")
def test_an_epoch_has_reviews_reversed_ones_and_sentences_as_they_are_and_reversed(reading):
    counts = labelled(reading.draw(np.random.default_rng(0))[0])
    assert total(counts, REVERSED) == 5
    assert total(counts, SENTENCES) == total(counts, REVERSED_SENTENCES) == 10
    assert counts[GOOD, 1] + counts[BAD, 0] == 10  # half of the training reviews
    assert total(counts, PLAIN) == 10
    assert sum(counts.values()) == len(reading) == 45


def test_three_times_as_many_sentences_are_composed(reading, monkeypatch):
    number = len(reading.draw(np.random.default_rng(0))[0])
    assert number == len(reading)
    monkeypatch.setattr(reading_of, "COMPOSED", 0)
    assert number - len(reading.draw(np.random.default_rng(0))[0]) == 3 * 10


@pytest.mark.usefixtures("nothing_composed")
def test_each_sentence_comes_with_its_reversal(reading):
    counts = labelled(reading.draw(np.random.default_rng(1))[0])
    good, bad = counts["the film is good .", 1], counts["the film was bad .", 0]
    assert (counts["the film is bad .", 0], counts["the film was good .", 1]) == (good, bad)


@pytest.mark.usefixtures("nothing_composed")
def test_turned_sentences_are_half_of_those_drawn(config):
    train = made(*[GOOD, BAD, "music . the film is never bad ."] * 10, labels=(1, 0, 1) * 10)
    reading = Reading.learn(VOCABULARY, train, None, config)
    counts = labelled(reading.draw(np.random.default_rng(0))[0])
    assert counts["the film is never bad .", 1] == reading.pairs // 2 == 7


def test_each_epoch_draws_others_and_the_seed_decides(reading):
    one, same, other = (reading.draw(np.random.default_rng(seed))[0] for seed in (0, 0, 1))
    np.testing.assert_array_equal(one.ids, same.ids)
    np.testing.assert_array_equal(one.labels, same.labels)
    assert one.ids.tolist() != other.ids.tolist()


@pytest.mark.usefixtures("nothing_composed")
def test_there_may_be_fewer_sentences_than_asked_for(reading):
    few = replace(reading, sentences=Sentences(reading.sentences.simple[:2], [], []), pairs=100)
    assert len(few) > len(few.draw(np.random.default_rng(0))[0])
    assert labelled(few.draw(np.random.default_rng(0))[0])["the film is good .", 1] == 1


def test_the_held_out_texts_begin_with_the_reviews_which_count_more(reading, config):
    found, weights = reading.held_out(HELD_OUT, None, config)
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
    one, other = (reading.held_out(HELD_OUT, None, config)[0] for _ in range(2))
    np.testing.assert_array_equal(one.ids, other.ids)


def test_the_opinions_are_those_of_the_training_part(reading, config):
    """What reviews held out say of "amused" and "annoyed" is not learned."""
    other = made(*["i was amused ."] * 9, *["i was annoyed ."] * 9, labels=(1,) * 9 + (0,) * 9)
    found, weights = reading.held_out(other, None, config)
    others = labelled(found.take(np.flatnonzero(weights == 0.25)))
    assert not others  # neither reversed, nor taken for plain


@pytest.mark.parametrize(
    "vocabulary",
    [
        Vocabulary("regexp", True, 400, 0.5, ("the", "film", "is", ".")),
        Vocabulary("regexp", True, 400, 0.5, numbering="hash").fit({}, 50, 1),
    ],
    ids=["words", "hash"],
)
def test_without_an_opinion_word_there_are_no_copies(config, vocabulary):
    """What is read besides reviews are plain sentences: no more than that, and no error."""
    train = made(*["the film is . the film", "the film ."] * 10, labels=(1, 0) * 10, vocabulary=vocabulary)
    reading = Reading.learn(vocabulary, train, None, config)
    found = reading.draw(np.random.default_rng(0))[0]
    plain = len(reading.sentences.plain)
    assert len(found) == 10 + min(20, plain)
    assert reading.sentences.simple == reading.sentences.turned == []
    held_out, weights = reading.held_out(train, None, config)
    assert weights.tolist() == [1.0] * 20 + [0.25] * min(20, plain)
    assert len(held_out) == len(weights)


def test_nothing_at_all_can_be_read(config):
    """Sentences are too short here, and without a verdict."""
    train = made(*["film", "music"] * 10, labels=(1, 0) * 10)
    reading = Reading.learn(VOCABULARY, train, None, config)
    found = reading.draw(np.random.default_rng(0))[0]
    assert Counter(texts(found)).keys() == {"film", "music"}
    assert len(found) == 10
    assert (found.ids.dtype, found.offsets.dtype, found.labels.dtype) == (np.int32, np.int64, np.int8)
    held_out, weights = reading.held_out(train, None, config)
    assert (len(held_out), weights.tolist()) == (20, [1.0] * 20)


def test_one_label_is_refused(config):
    with pytest.raises(UserError, match="training part needs positive and negative reviews"):
        Reading.learn(VOCABULARY, made(*["the film"] * 9), None, config)


def test_the_lstm_reads_half_of_the_sentences_with_their_votes(config, vocabulary, classifier, reviews):
    votes, _ = classifier.votes_and_logits(reviews)
    whole = Reading.learn(vocabulary, reviews, votes, config)
    voted = VotedReading.half_of(whole, votes.astype(np.float16), classifier)
    drawn, found = voted.draw(np.random.default_rng(0))
    assert len(reviews) < len(drawn) <= len(voted) < len(whole)
    kept = drawn.take(np.arange(len(reviews)))
    np.testing.assert_array_equal(kept.ids, reviews.ids)
    assert found.dtype == np.float16
    excerpts = len(drawn) - voted.excerpts.number
    before = drawn.offsets[excerpts]  # what comes after it is cut out of reviews, and so are its votes
    np.testing.assert_array_equal(
        found[:before], classifier.votes_and_logits(drawn)[0][:before].astype(np.float16)
    )
    assert voted.excerpts.number == 2 * voted.reading.pairs > 0
    same, none = VotedReading.half_of(whole, None, None).draw(np.random.default_rng(0))
    np.testing.assert_array_equal(same.ids, drawn.ids)
    assert none is None
