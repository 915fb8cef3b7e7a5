"""The stage `behaviour` on a small network, and on texts of its few words."""

import csv

import pytest

from sentiment.evaluation import behaviour_cases, reading_cases
from sentiment.evaluation.behaviour import DIRECTION, FUNCTIONALITY, Case
from sentiment.inference.predictor import Predictor
from sentiment.stages import behaviour
from sentiment.system import files


@pytest.fixture
def sets(exported) -> dict[str, list[Case]]:
    """One case that passes and one that fails in the first set, one that passes in the second."""
    predictor = Predictor(exported[1])
    [logit] = predictor.logits(predictor.encode(["w1 w2"])[0])
    label, other = ("positive", "negative") if logit >= 0 else ("negative", "positive")
    return {
        "behaviour": [
            Case(FUNCTIONALITY, "lists", "w1 w2", other),
            Case(DIRECTION, "added", 'w3, "w4"', "higher", 'w3, "w4" w5'),
        ],
        "reading": [Case(FUNCTIONALITY, "lists", "w1 w2", label)],
    }


def test_it_asks_about_both_sets():
    cases = {"behaviour": behaviour_cases.cases(), "reading": reading_cases.cases()}
    assert cases == behaviour.SETS


def test_it_writes_each_answer_and_the_rates_of_each_set(exported, sets, tmp_path, monkeypatch):
    monkeypatch.setattr(behaviour, "SETS", sets)
    table, metrics = tmp_path / "cases.csv", tmp_path / "rates.json"
    behaviour.main(exported[1], table, metrics)

    predictor = Predictor(exported[1])
    plain, before, after = predictor.logits(predictor.encode(["w1 w2", 'w3, "w4"', 'w3, "w4" w5'])[0])
    higher = int(after - before >= 0.5)
    with table.open(encoding="utf-8", newline="") as file:
        first, added, second = csv.DictReader(file)
    assert list(first) == list(behaviour.COLUMNS)
    assert list(first.values()) == [
        *("behaviour", "lists", sets["behaviour"][0].expected, "w1 w2", "", f"{plain:.2f}", "", "0")
    ]
    assert list(added.values()) == [
        *("behaviour", "added", "higher", 'w3, "w4"', 'w3, "w4" w5'),
        *(f"{before:.2f}", f"{after:.2f}", str(higher)),
    ]
    assert (second["set"], second["text"], second["passed"]) == ("reading", "w1 w2", "1")

    assert files.read_json(metrics) == {
        "cases": 2,
        "pass_rate": higher / 2,
        FUNCTIONALITY: {"lists": {"cases": 1, "pass_rate": 0.0}},
        DIRECTION: {"added": {"cases": 1, "pass_rate": float(higher)}},
        "reading": {
            "cases": 1,
            "pass_rate": 1.0,
            FUNCTIONALITY: {"lists": {"cases": 1, "pass_rate": 1.0}},
        },
    }
