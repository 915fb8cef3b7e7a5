"""Statements: opinion words in the ways in which sentences use them, as they are or denied."""

import numpy as np
import pytest

from sentiment.training import phrases, statements
from sentiment.training.statements import Statements

SIGNS = {"dull": -1, "funny": 1, "bored": -1, "amused": 1, "love": 1, "bore": -1, "bores": -1, "works": 1}
TEXTS = (
    *3 * ("it is dull", "the film was funny", "we were bored", "i was amused"),
    *("very dull", "so funny", "i was so bored", "i was very amused"),
    *3 * ("i will love it", "to bore", "it bores", "this works"),
    *("it is truly", "it was truly", "is truly very truly"),
    *("a dull scene in it", "a funny joke .", "a dull a", "the dull scene in", "a dull bore ."),
)
SENTENCES = [text.split() for text in TEXTS]


def plain(words):
    return {" ".join(one): sign for one, sign in words}


def test_opinion_words_fill_the_slots_that_sentences_use_them_in():
    found = statements.opinions(SENTENCES, SIGNS | {"truly": 1})
    assert {slot: plain(words) for slot, words in found.items()} == {
        "{so}": {"good": 1, "bad": -1, "dull": -1, "funny": 1, "bored": -1, "amused": 1},
        "{felt}": {"bored": -1, "amused": 1},
        "{verb}": {"love": 1, "bore": -1},
        "{verbs}": {"bores": -1, "works": 1},
        "{thing}": {"dull scene": -1, "funny joke": 1},
    }
    for forms in (phrases.DENIED, phrases.STATED):
        assert all(sum(slot in form for slot in found) == 1 for form in forms)
        assert all(any(slot in form for form in forms) for slot in found)


def test_a_slot_with_one_side_only_is_left_empty():
    """Or its form alone would give the verdict."""
    found = statements.opinions([text.split() for text in TEXTS if "works" not in text], SIGNS)
    assert "{verbs}" not in found
    assert plain(statements.opinions([], SIGNS)["{so}"]) == {"good": 1, "bad": -1}


@pytest.mark.parametrize("denied", [True, False])
def test_what_is_denied_is_the_other_way_round(denied):
    found = statements.opinions(SENTENCES, SIGNS)
    some = Statements([["the", "music"]], found, np.random.default_rng(0))
    made = [some.state(denied) for _ in range(1000)]
    for one in made:
        signs = {SIGNS[word] for word in one.words if word in SIGNS} or {1 if "good" in one.words else -1}
        assert signs == {1 if one.label != denied else -1}
        assert "{" not in " ".join(one.words)
    assert {word for one in made for word in one.words} >= {*SIGNS, "scene", "joke", "music"}
