"""Minimum-functionality, invariance and directional tests on short texts with a clear label, by capability.

The kinds of test are those of CheckList, Ribeiro et al. 2020, https://aclanthology.org/2020.acl-main.442:
a text with a clear label (minimum functionality), a change that must not change the label (invariance), and a
change that must move the logit one way (directional). The texts stand in `behaviour_cases`, and more of the
first kind in `reading_cases`; some of those have no verdict, and a model should not be sure of one.
"""

import math
from dataclasses import dataclass

import numpy as np

from sentiment.data.labels import decide, probability
from sentiment.data.text import clean
from sentiment.inference.predictor import Predictor

FUNCTIONALITY, INVARIANCE, DIRECTION = "minimum functionality", "invariance", "directional"
MARGIN = 0.5  # that a logit must move by in a directional test: from 50% to 62%, say
CONFIDENT = math.log(0.9 / 0.1)  # the logit of 90%: without a verdict to read, a model should be less sure


@dataclass(frozen=True)
class Case:
    """A text, and what is expected of it.

    expected: its label, positive or negative, or undecided if it has no verdict; or of `changed`, the text
        after a change, beside the text before: the same label, or a logit that is higher or lower.
    """

    kind: str
    capability: str
    text: str
    expected: str
    changed: str = ""


def logits(predictor: Predictor, cases: list[Case]) -> np.ndarray:
    """The logit of each case's text, and after its change if it has one: float32 (cases, 2)."""
    texts = [clean(text) for case in cases for text in (case.text, case.changed or case.text)]
    return predictor.logits(predictor.encode(texts)[0]).reshape(-1, 2)


def passed(cases: list[Case], logits: np.ndarray) -> np.ndarray:
    """Which of the cases are as expected: bool (cases)."""
    return np.array([_passes(case, *pair) for case, pair in zip(cases, logits.tolist(), strict=True)])


def summary(cases: list[Case], passed: np.ndarray) -> dict:
    """The number of cases and the share of them that passed: in all, and by kind and capability."""
    result = _rate(passed)
    for kind, capability in dict.fromkeys((case.kind, case.capability) for case in cases):
        chosen = [case.capability == capability for case in cases]
        result.setdefault(kind, {})[capability] = _rate(passed[chosen])
    return result


def _rate(passed: np.ndarray) -> dict:
    return {"cases": len(passed), "pass_rate": round(float(passed.mean()), 4)}


def _passes(case: Case, before: float, after: float) -> bool:
    label, label_after = decide(probability(np.array([before, after])))
    return {
        "positive": bool(label),
        "negative": not label,
        "undecided": abs(before) < CONFIDENT,
        "same": label == label_after,
        "higher": after - before >= MARGIN,
        "lower": before - after >= MARGIN,
    }[case.expected]
