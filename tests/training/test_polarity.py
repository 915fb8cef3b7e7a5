"""Which way opinion words point where they stand."""

import pytest

from sentiment.training import polarity

SIGNS = {"good": 1, "great": 1, "funny": 1, "better": 1, "bad": -1, "dull": -1, "worse": -1}


def verdict(text):
    return polarity.verdict(text.split(), SIGNS)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a good film", 1),
        ("a bad and dull film", -2),
        ("not good", -1),
        ("it isn't dull", 1),
        ("never dull", 1),
        ("nothing in this film is good", -1),
        ("not bad or dull", 2),
        ("not a film that is not good", 1),  # two negators cancel each other
    ],
)
def test_negators_turn_opinion_words_round(text, expected):
    assert verdict(text) == expected


@pytest.mark.parametrize("text", ["not , good", "not the film but good", f"not {'the ' * 9}good"])
def test_a_negator_reaches_to_the_end_of_its_clause_but_not_far(text):
    assert verdict(text) == 1


@pytest.mark.parametrize("negator", ["far from", "anything but", "by no means", "no longer", "hardly"])
def test_phrases_negate_as_words_do(negator):
    assert verdict(f"the film is {negator} good") == -1
    assert verdict(f"the film is {negator} dull") == 1


@pytest.mark.parametrize(
    "idiom", ["not only", "no doubt", "nothing short of", "nothing but", "can't wait for a", "not to mention"]
)
def test_idioms_negate_nothing(idiom):
    assert verdict(f"{idiom} good") == 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("better", 1),
        ("not better", -1),
        ("never better", 1),
        ("it could not be better", 1),
        ("it could not be worse", -1),
        ("it could have been better", -1),
        ("i have seen worse", 1),
        ("anything is better than this film", -1),
        ("better than the first", 1),
    ],
)
def test_comparatives(text, expected):
    assert verdict(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("it should have been funny", -1),
        ("it could have been dull", 1),
        ("it could not have been more funny", 1),
        ("you would have good fun", 1),
    ],
)
def test_what_might_have_been_was_not(text, expected):
    assert verdict(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("good but bad", -1),
        ("bad , yet good", 1),
        ("good , good but bad", -1),
        ("although the music is bad , the film is good", 1),
        ("the film is good although the music is bad", 1),
        ("critics say it is dull , i say it is good", 1),
        ("i expected a great film , it is bad", -1),
        # with nothing else said, what others say counts
        ("people say it is dull", -1),
    ],
)
def test_what_is_conceded_or_said_by_others_does_not_count(text, expected):
    assert verdict(text) == expected


def test_each_opinion_word_is_found_with_its_negators():
    found = polarity.find(
        ["it", "is", "far", "from", "good", ",", "and", "never", "dull", ",", "great"], SIGNS
    )
    assert [(one.place, one.polarity, one.negators) for one in found] == [
        (4, -1, ((2, 2),)),
        (8, 1, ((7, 1),)),
        (10, 1, ()),
    ]


@pytest.mark.parametrize("text", ["", "the film", "not"])
def test_without_an_opinion_word_there_is_no_verdict(text):
    assert verdict(text) == 0
