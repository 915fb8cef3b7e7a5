"""The figures of the report's charts, in the form that `charts` takes them."""

from typing import Any

import numpy as np
import pandas as pd

from sentiment.data.labels import NAMES as LABELS
from sentiment.evaluation.plots import NAMES
from sentiment.pages.run import Run

BINS = np.linspace(0, 1, 21)  # of the histogram
TESTS = {  # of reading, as `reading_figures` calls them
    "new_films": "new films",
    "original": "before the change",
    "reversed": "reversed by people",
    "pairs": "both of a pair",
}


def scores(run: Run) -> list[dict[str, Any]]:
    """Each classifier's accuracy with its interval, then those of the recipes."""
    ours = [(NAMES[name], run.test[name], f"var(--{name})") for name in NAMES if name in run.test]
    recipes = [(name, scores, "var(--soft)") for name, scores in run.recipes.items()]
    return [
        {
            "name": name,
            "accuracy": scores["accuracy"],
            "low": scores["accuracy_low"],
            "high": scores["accuracy_high"],
            "color": color,
        }
        for name, scores, color in [*ours, *recipes]
    ]


def reading(systems: dict[str, dict[str, float]]) -> list[dict[str, Any]]:
    """What each of our classifiers is right on, test by test."""
    return [
        {"test": shown, "model": NAMES[name], "share": systems[name][test]}
        for test, shown in TESTS.items()
        for name in NAMES
        if name in systems
    ]


def histogram(predictions: pd.DataFrame) -> pd.DataFrame:
    """How many reviews of each label are in each bin of the network's probability."""
    tables = [
        pd.DataFrame(
            {
                "start": BINS[:-1],
                "end": BINS[1:],
                "label": name,
                "reviews": np.histogram(predictions.loc[predictions["label"] == label, "network"], BINS)[0],
            }
        )
        for label, name in enumerate(LABELS.tolist())
    ]
    return pd.concat(tables)


def capabilities(behaviour: dict[str, Any]) -> list[dict[str, Any]]:
    """The pass rate of each capability, of both sets of behavioural tests; some have the same names."""
    sets = {"": behaviour, " (reading)": behaviour["reading"]}
    return [
        {
            "capability": capability.removeprefix("negation: ") + suffix,
            "cases": rate["cases"],
            "passed": rate["pass_rate"],
        }
        for suffix, some in sets.items()
        for kind, tests in some.items()
        if isinstance(tests, dict) and kind != "reading"
        for capability, rate in tests.items()
    ]
