import numpy as np
import pytest

from sentiment.evaluation import behaviour
from sentiment.evaluation.behaviour import DIRECTION, FUNCTIONALITY, INVARIANCE, MARGIN, Case
from sentiment.inference.predictor import Predictor


def case(expected, changed="after", kind=FUNCTIONALITY, capability="one"):
    return Case(kind, capability, "before", expected, changed)


@pytest.mark.parametrize(
    ("expected", "before", "after", "right"),
    [
        ("positive", 0.1, 0.1, True),
        ("positive", 0.0, 0.0, True),  # as a label, 50% is positive
        ("positive", -0.1, -0.1, False),
        ("negative", -0.1, -0.1, True),
        ("negative", 0.0, 0.0, False),
        ("negative", 0.1, 0.1, False),
        ("undecided", 0.0, 0.0, True),
        ("undecided", 2.1875, 2.1875, True),  # 89.9%
        ("undecided", -2.1875, -2.1875, True),
        ("undecided", 2.25, 2.25, False),  # 90.5%
        ("undecided", -2.25, -2.25, False),
        ("same", 0.1, 9.0, True),
        ("same", -9.0, -0.1, True),
        ("same", -0.1, 0.0, False),
        ("same", 0.0, 0.1, True),
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
    passed = behaviour.passed(cases, np.array([down, up, up, up, down]))
    assert passed.tolist() == [True, True, False, True, True]
    assert behaviour.passed(cases, np.array([up, down, down, down, up])).tolist() == [False] * 5
    with pytest.raises(ValueError, match="shorter"):
        behaviour.passed(cases, np.zeros((4, 2)))


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


def test_the_logits_are_those_of_each_text_before_and_after(exported):
    predictor = Predictor(exported[1])
    cases = [
        Case(FUNCTIONALITY, "one", "<b>w1</b> w2", "positive"),
        Case(DIRECTION, "two", "w3 w4", "higher", "w3 w4 w5"),
    ]
    expected = predictor.logits(predictor.encode(["w1 w2", "w1 w2", "w3 w4", "w3 w4 w5"])[0])
    assert len(set(expected.tolist())) == 3
    np.testing.assert_allclose(behaviour.logits(predictor, cases), expected.reshape(2, 2), atol=1e-6)
