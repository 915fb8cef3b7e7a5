"""Sentences made of sentences: all parts are real, and the label follows from how they are joined."""

import numpy as np
import pytest

from sentiment.training import composition, phrases
from sentiment.training.composition import Composer
from sentiment.training.sentences import Sentence

GOOD, BAD = "the film is good", "this music was bad"
SIGNS = {"good": 1, "bad": -1}
KNOWN = {"good", "bad"}


def composer(*texts, seed=0):
    """One of positive and negative sentences, `good` ones being positive."""
    some = [Sentence(text.split(), int("good" in text)) for text in texts or (GOOD + " .", BAD + " !")]
    return Composer(some, SIGNS, KNOWN, np.random.default_rng(seed))


def made(maker, times=200):
    """What one of the composer's makers makes: text and label."""
    some = composer()
    return [(" ".join(one.words), one.label) for one in (getattr(some, maker)() for _ in range(times))]


def test_a_denied_sentence_stands_whole_behind_its_denial():
    fronts = set()
    for text, label in made("denied"):
        original = GOOD if text.endswith(GOOD) else BAD
        assert text.endswith(original)
        assert label == (original == BAD)
        fronts.add(text.removesuffix(original))
    assert len(fronts) > 100


def test_of_two_joined_sentences_the_one_that_counts_gives_the_label():
    for text, label in made("joined"):
        [counts] = [one for one in (GOOD, BAD) if (one == GOOD) == bool(label)]
        assert counts in text
        if " but " in text:
            assert text.endswith(counts)
        if text.startswith(("although", "though", "while")):
            assert text.endswith(counts)


def test_what_others_say_holds_if_the_writer_agrees():
    for text, label in made("disputed"):
        agrees = text.endswith(phrases.RIGHT)
        assert text.endswith(phrases.RIGHT + phrases.WRONG)
        assert label == ((GOOD in text) == agrees)


def test_what_fails_to_be_is_not_and_what_could_not_be_more_so_is():
    for text, label in made("qualified"):
        [verb] = [
            text.removeprefix(subject).removesuffix(" good").removesuffix(" bad").strip()
            for subject in ("the film", "this music")
            if subject in text
        ]
        assert verb in phrases.HOLDING + phrases.FAILING
        assert label == (("good" in text) == (verb in phrases.HOLDING))


def test_subjects_of_sentences_are_compared_and_stated_to_be_something():
    compared, stated = (" ".join(text for text, _ in made(maker)) for maker in ("compared", "stated"))
    for text in (compared, stated):
        assert "the film" in text
        assert "this music" in text
        assert "{" not in text


def test_as_many_as_asked_for_each_a_sentence_and_the_seed_decides():
    one, same, other = (composer(seed=seed).compose(50) for seed in (0, 0, 1))
    assert len(one) == 50
    assert one == same != other
    assert {sentence.words[-1] for sentence in one} == {"."}
    assert {sentence.label for sentence in one} == {0, 1}


@pytest.mark.parametrize(
    ("text", "stripped"),
    [
        ("the film is good .", "the film is good"),
        ("but , the film is good ...", "the film is good"),
        ("and", ""),
        ("the film is good", "the film is good"),
    ],
)
def test_marks_and_conjunctions_around_a_sentence_go(text, stripped):
    assert " ".join(composition.strip(text.split())) == stripped


@pytest.mark.parametrize(
    "text",
    [
        *("good film .", "the film , the good .", f"the {'good ' * 16}.", "the film is good but bad ."),
        "the good film is bad .",
    ],
    ids=["no subject", "two clauses", "long", "but", "of two minds"],
)
def test_other_sentences_are_not_made_use_of(text):
    some = composer(GOOD, BAD, text)
    assert [" ".join(one.words) for one in some.whole] == [GOOD, BAD]


@pytest.mark.parametrize("texts", [[GOOD], ["the good film", "the bad film"], ["."]], ids=str)
def test_of_too_little_nothing_is_made(texts):
    """Both labels are needed, and something that "is" good or bad."""
    assert composer(*texts).compose(10) == []
