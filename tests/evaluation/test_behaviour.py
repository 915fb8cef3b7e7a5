"""The texts with a clear verdict, and how what a model says of them is counted."""

from collections import Counter

import numpy as np
import pytest

from sentiment.data.text import clean
from sentiment.evaluation import behaviour, behaviour_cases
from sentiment.evaluation.behaviour import DIRECTION, FUNCTIONALITY, INVARIANCE, MARGIN, Case

CASES = behaviour_cases.cases()


def case(expected, changed="after", kind=FUNCTIONALITY, capability="one"):
    return Case(kind, capability, "before", expected, changed)


def some(capability, *expected):
    """The cases of a capability, of which one of `expected` is expected, if given."""
    found = [case for case in CASES if case.capability == capability]
    return [case for case in found if case.expected in expected] if expected else found


@pytest.mark.parametrize(
    ("expected", "before", "after", "right"),
    [
        ("positive", 0.1, 0.1, True),
        ("positive", 0.0, 0.0, False),  # as a label, 50% is negative
        ("positive", -0.1, -0.1, False),
        ("negative", -0.1, -0.1, True),
        ("negative", 0.0, 0.0, True),
        ("negative", 0.1, 0.1, False),
        ("same", 0.1, 9.0, True),
        ("same", -9.0, -0.1, True),
        ("same", -0.1, 0.0, True),
        ("same", 0.0, 0.1, False),
        ("same", 0.1, -0.1, False),
        ("higher", -1.0, -0.5, True),  # by the margin
        ("higher", -1.0, -0.5625, False),  # by less
        ("higher", 1.0, 0.0, False),
        ("higher", 3.0, 3.0, False),
        ("lower", 1.0, 0.5, True),
        ("lower", 1.0, 0.5625, False),
        ("lower", 0.0, 1.0, False),
        ("lower", -3.0, -3.0, False),
    ],
)
def test_what_passes(expected, before, after, right):
    assert MARGIN == 0.5  # on whose two sides the numbers above are
    logits = np.array([[before, after]], np.float32)
    assert behaviour.passed([case(expected)], logits).tolist() == [right]


def test_each_case_is_held_against_its_own_logits():
    cases = [case("positive"), case("negative"), case("same"), case("higher"), case("lower")]
    up, down = [-1, 1], [1, -1]
    assert behaviour.passed(cases, np.array([down, up, up, up, down])).tolist() == [
        True,
        True,
        False,
        True,
        True,
    ]
    assert behaviour.passed(cases, np.array([up, down, down, down, up])).tolist() == [False] * 5
    with pytest.raises(ValueError, match="shorter"):
        behaviour.passed(cases, np.zeros((4, 2)))


def test_an_unknown_expectation_is_an_error():
    with pytest.raises(KeyError):
        behaviour.passed([case("better")], np.zeros((1, 2)))


def test_the_summary_counts_all_and_each_capability():
    cases = [
        *[case("positive", capability="praise")] * 3,
        case("same", kind=INVARIANCE, capability="typos"),
        case("negative", capability="blame"),
        case("same", kind=INVARIANCE, capability="typos"),
    ]
    passed = np.array([True, False, True, False, True, False])
    assert behaviour.summary(cases, passed) == {
        "cases": 6,
        "pass_rate": 0.5,
        FUNCTIONALITY: {
            "praise": {"cases": 3, "pass_rate": 0.6667},
            "blame": {"cases": 1, "pass_rate": 1.0},
        },
        INVARIANCE: {"typos": {"cases": 2, "pass_rate": 0.0}},
    }


class Lengths:
    """Stands for a predictor: its logit of a text is the text's length."""

    def encode(self, texts):
        return np.array([len(text) for text in texts], np.float32), None

    def logits(self, encoded):
        return encoded


def test_the_logits_are_those_of_each_text_before_and_after():
    cases = [
        Case(FUNCTIONALITY, "one", "<b>four</b>", "positive"),  # cleaned, as all that a model is asked
        Case(DIRECTION, "two", "before", "higher", "rather after"),
    ]
    assert behaviour.logits(Lengths(), cases).tolist() == [[4, 4], [6, 12]]


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
        for capability in ("contrast", "then and now"):  # whose last word is the verdict
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
def test_verdicts_that_no_reader_would_doubt(text, label):
    assert [case.expected for case in CASES if case.text == text] == [label]


def test_what_is_added_is_praise_where_the_logit_should_rise():
    for capability, added in (
        ("praise added", behaviour_cases.PRAISE),
        ("complaint added", behaviour_cases.COMPLAINT),
    ):
        found = {case.changed.removeprefix(case.text).strip() for case in some(capability)}
        assert found == set(added)
    assert {"I loved it.", "Nine out of ten from me."} <= set(behaviour_cases.PRAISE)
    assert {"I hated it.", "Two out of ten from me."} <= set(behaviour_cases.COMPLAINT)


def test_a_typo_swaps_two_letters_within_a_word():
    for case in some("typos"):
        places = [at for at, (a, b) in enumerate(zip(case.text, case.changed, strict=True)) if a != b]
        first, second = places
        assert second == first + 1
        assert case.text[first : second + 1] == case.changed[first : second + 1][::-1]
        assert case.text[first - 1 : second + 1].isalpha()  # never a word's first letter


def test_names_are_all_that_changes():
    for case in some("names"):
        words = [
            pair for pair in zip(case.text.split(), case.changed.split(), strict=True) if pair[0] != pair[1]
        ]
        assert words in [[pair] for pair in behaviour_cases.NAMES]


def test_the_form_alone_changes():
    for case in some("form"):
        before, after = (
            [sign for sign in clean(text).lower() if sign.isalnum()] for text in (case.text, case.changed)
        )
        assert after == before
