"""The texts for reading."""

from collections import Counter

import pytest

from sentiment.data.text import clean
from sentiment.evaluation import behaviour_cases, reading_cases
from sentiment.evaluation.behaviour import FUNCTIONALITY

CASES = reading_cases.cases()


def test_the_cases_are_these():
    """The published rates are of these numbers of cases, half of them of each label."""
    halves = {
        "negation: never and nothing": 14,
        "negation: hardly and far from": 12,
        "negation: could not be better": 10,
        "negation: not this but that": 6,
        "negation: denied feelings": 13,
        "contrast": 23,
        "comparison": 18,
        "opinions of others": 18,
        "lists": 14,
        "implied verdict": 12,
    }
    expected = {(name, label): half for name, half in halves.items() for label in ("positive", "negative")}
    counted = Counter((case.capability, case.expected) for case in CASES)
    assert counted == expected | {("no verdict", "undecided"): 20}
    assert len(CASES) == 300
    assert reading_cases.cases() == CASES


def test_no_text_occurs_twice_or_among_the_first_cases():
    def words(text: str) -> str:
        return "".join(sign for sign in text.lower() if sign.isalnum() or sign == " ")

    first = {words(text) for case in behaviour_cases.cases() for text in (case.text, case.changed)}
    found = {words(case.text) for case in CASES}
    assert len(found) == len(CASES)
    assert not found & first


def test_each_is_one_or_two_short_sentences():
    for case in CASES:
        assert case.kind == FUNCTIONALITY and not case.changed
        assert clean(case.text) == case.text  # no HTML, no stray spaces
        assert case.text[0].isupper() and case.text[-1] in ".!"
        assert 1 <= sum(case.text.count(end) for end in (". ", "! ")) + 1 <= 2
        assert len(case.text.split()) <= 22


@pytest.mark.parametrize(
    ("capability", "phrases"),
    [
        ("negation", ("never", "nothing", "nobody", "hardly", "scarcely", "far from", "anything but")),
        ("negation", ("could not have been better", "could not have been worse", "didn't hate")),
        ("negation", ("wasn't disappointed", "without a dull moment", "i can't say that i enjoyed")),
        ("negation", ("no way i would watch it again", "fails to bore", "not bad", "none of", "by no means")),
        ("contrast", ("but", "although", "despite", "however", "while", "still", "yet", "nevertheless")),
        ("comparison", ("better than", "worse than", "expected", "than the book", "the first", "remake")),
        ("opinions of others", ("critics", "friends", "wife", "newspaper", "reviewers", "everybody")),
        ("lists", ("neither", "no plot, no jokes, no point", "best of all", "worst of all")),
        ("implied verdict", ("watch it again", "twenty minutes", "money back", "worth every cent")),
    ],
)
def test_the_words_that_turn_a_verdict_occur(capability, phrases):
    texts = " ".join(case.text.lower() for case in CASES if case.capability.startswith(capability))
    assert [phrase for phrase in phrases if phrase not in texts] == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("There was never a dull moment in all three hours.", "positive"),
        ("The jokes are anything but funny.", "negative"),
        ("The ending could not have been better.", "positive"),
        ("The ending could not have been worse.", "negative"),
        ("I can't say that I enjoyed it.", "negative"),
        ("The book bored me to death, but the film is a delight.", "positive"),
        ("The book is a delight, but the film bored me to death.", "negative"),
        ("Some call the ending a cheat. I call it genius.", "positive"),
        ("No plot, no jokes, no point.", "negative"),
        ("I want my money back.", "negative"),
        ("The film runs for two hours and was shot in Canada.", "undecided"),
    ],
)
def test_expectations_that_no_reader_would_doubt(text, expected):
    assert [case.expected for case in CASES if case.text == text] == [expected]


def test_the_verdicts_that_are_implied_use_no_word_of_praise_or_complaint():
    opinions = {*behaviour_cases.GOOD, *behaviour_cases.BAD, "good", "bad", "best", "worst", "great", "loved"}
    for case in CASES:
        if case.capability in ("implied verdict", "no verdict"):
            assert not opinions & set(case.text.lower().replace(".", " ").replace(",", " ").split())
