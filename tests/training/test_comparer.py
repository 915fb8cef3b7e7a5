"""Sentences with a comparative, whose form says what it comes to."""

import numpy as np
import pytest

from sentiment.training.comparison import Comparer, comparatives

SIGNS = {"better": 1, "worse": -1, "funnier": 1}


def test_each_form_of_an_adjective_that_is_known():
    known = {"funnier", "finer", "duller", "flatter", "badder"}
    adjectives = {"funny": 1, "fine": 1, "dull": -1, "flat": -1, "great": 1}
    found = comparatives([([word], sign) for word, sign in adjectives.items()], known)
    assert {" ".join(words): sign for words, sign in found} == {
        **{"more funny": 1, "less funny": -1, "funnier": 1, "more fine": 1, "less fine": -1, "finer": 1},
        **{"more dull": -1, "less dull": 1, "duller": -1, "more flat": -1, "less flat": 1, "flatter": -1},
        **{"more great": 1, "less great": -1},
    }


@pytest.mark.parametrize("as_said", [True, False])
def test_the_form_decides_what_a_comparative_comes_to(as_said):
    some = Comparer([["the", "music"]], [(["funnier"], 1)], np.random.default_rng(0))
    made = [some.compare(as_said) for _ in range(1000)]
    for one in made:
        [word] = [word for word in one.words if word in SIGNS]
        assert one.label == ((SIGNS[word] > 0) == as_said)
        assert "{" not in " ".join(one.words)
    assert {word for one in made for word in one.words} >= {*SIGNS, "the", "music"}
