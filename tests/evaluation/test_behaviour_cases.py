"""The texts with a clear label."""

from collections import Counter

import pytest

from sentiment.data.text import clean
from sentiment.evaluation import behaviour_cases
from sentiment.evaluation.behaviour import DIRECTION, FUNCTIONALITY, INVARIANCE

CASES = behaviour_cases.cases()


def some(capability, *expected):
    """The cases of a capability, of which one of `expected` is expected, if given."""
    found = [case for case in CASES if case.capability == capability]
    return [case for case in found if case.expected in expected] if expected else found


def test_the_cases_are_these():
    """The published rates are of these numbers of cases."""
    assert Counter((case.kind, case.capability, case.expected) for case in CASES) == {
        (FUNCTIONALITY, "vocabulary", "positive"): 24,
        (FUNCTIONALITY, "vocabulary", "negative"): 24,
        (FUNCTIONALITY, "negated praise", "negative"): 18,
        (FUNCTIONALITY, "negated complaint", "positive"): 18,
        (FUNCTIONALITY, "contrast", "positive"): 12,
        (FUNCTIONALITY, "contrast", "negative"): 12,
        (FUNCTIONALITY, "comparison", "positive"): 12,
        (FUNCTIONALITY, "comparison", "negative"): 12,
        (FUNCTIONALITY, "then and now", "positive"): 8,
        (FUNCTIONALITY, "then and now", "negative"): 8,
        (FUNCTIONALITY, "opinions of others", "positive"): 8,
        (FUNCTIONALITY, "opinions of others", "negative"): 8,
        (INVARIANCE, "names", "same"): 32,
        (INVARIANCE, "typos", "same"): 24,
        (INVARIANCE, "neutral phrases", "same"): 32,
        (INVARIANCE, "form", "same"): 48,
        (DIRECTION, "praise added", "higher"): 20,
        (DIRECTION, "complaint added", "lower"): 20,
    }
    assert len(CASES) == 340
    assert behaviour_cases.cases() == CASES


def test_no_case_occurs_twice_or_has_a_gap():
    assert len({(case.text, case.changed) for case in CASES}) == len(CASES)
    for case in CASES:
        assert clean(case.text)
        assert not {"{", "}"} & set(case.text + case.changed)
        assert bool(case.changed) == (case.kind != FUNCTIONALITY)
        assert case.changed != case.text


def test_the_label_is_that_of_the_words():
    for label, words in ("positive", behaviour_cases.GOOD), ("negative", behaviour_cases.BAD):
        found = Counter(case.text.split()[-1].rstrip(".") for case in some("vocabulary", label))
        assert found == dict.fromkeys(words, len(behaviour_cases.THINGS))
        for capability in ("contrast", "then and now"):  # whose last word decides
            assert {case.text.split()[-1].rstrip(".") for case in some(capability, label)} == set(words[:4])


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("The film is not good.", "negative"),
        ("The story is never boring.", "positive"),
        ("I have never seen a better performance.", "positive"),
        ("I have never seen a worse performance.", "negative"),
        ("My brother calls it dull. I disagree: it is charming.", "positive"),
        ("The critics say that it is wonderful, and they are wrong.", "negative"),
    ],
)
def test_labels_that_no_reader_would_doubt(text, label):
    assert [case.expected for case in CASES if case.text == text] == [label]


def test_a_typo_swaps_two_letters_within_a_word():
    for case in some("typos"):
        places = [at for at, (a, b) in enumerate(zip(case.text, case.changed, strict=True)) if a != b]
        first, second = places
        assert second == first + 1
        assert case.text[first : second + 1] == case.changed[first : second + 1][::-1]
        assert case.text[first - 1 : second + 1].isalpha()  # never a word's first letter


def test_names_are_all_that_changes():
    for case in some("names"):
        words = zip(case.text.split(), case.changed.split(), strict=True)
        assert [pair for pair in words if pair[0] != pair[1]] in [[pair] for pair in behaviour_cases.NAMES]


def test_the_form_alone_changes():
    for case in some("form"):
        before, after = (
            [sign for sign in clean(text).lower() if sign.isalnum()] for text in (case.text, case.changed)
        )
        assert after == before
