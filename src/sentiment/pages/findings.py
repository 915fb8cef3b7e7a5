"""What the report's headings state: each figure in a sentence."""

from typing import Any

import numpy as np

from sentiment.evaluation.label_errors import PUBLISHED
from sentiment.reports.model_card import IMDB

DROPPED = {  # by why, as metrics/data.json counts them
    "exact_duplicates": "exact duplicates",
    "duplicates_after_cleaning": "that are the same as another once cleaned",
    "contradictions": "that have the same text under both labels",
    "empty_after_cleaning": "that are empty without their HTML",
}


def percent(share: float, digits: int = 1) -> str:
    """A share as people write it."""
    return f"{share:.{digits}%}"


def interval(scores: dict[str, float]) -> str:
    """The 95% interval of an accuracy."""
    return f"{100 * scores['accuracy_low']:.1f} to {scores['accuracy_high']:.1%}"


def comparison(test: dict[str, Any]) -> str:
    """Network and n-grams, by McNemar's test."""
    network, ngrams = (percent(test[name]["accuracy"]) for name in ("network", "baseline"))
    if test["mcnemar"]["p_value"] >= 0.05:
        return f"The network ({network}) is not significantly better than n\u2011grams alone ({ngrams})"
    how = "better" if test["network"]["accuracy"] > test["baseline"]["accuracy"] else "worse"
    return f"The network is {how} than n\u2011grams alone: {network} against {ngrams}"


def cleaning(data: dict[str, int]) -> str:
    """How many rows of the corpus were kept."""
    dropped = data["rows"] - data["reviews"]
    return f"{data['reviews']:,} of {data['rows']:,} reviews are kept" + (
        f", {dropped:,} dropped" if dropped else ""
    )


def dropped(data: dict[str, int]) -> str:
    """Why the others were dropped, in a sentence; empty if none was."""
    found = [f"{data[name]:,} {reason}" for name, reason in DROPPED.items() if data[name]]
    return f"Dropped were {', '.join(found)}. " if found else ""


def training(train: dict[str, Any]) -> str:
    """At which epochs the networks were best."""
    best = f"The LSTM is best after epoch {train['best_epoch']} of {train['epochs']}"
    if "reader" not in train:
        return best
    reader = train["reader"]
    return f"{best}, the reader after {reader['best_epoch']} of {reader['epochs']}"


def errors(confusion: list[list[int]]) -> str:
    """Which way the network errs; `confusion` counts reviews by [actual, predicted]."""
    (_, too_kind), (too_harsh, _) = confusion
    if not too_kind + too_harsh:
        return "The network makes no mistake"
    return f"{too_kind:,} negative reviews are taken for positive, {too_harsh:,} positive ones for negative"


def calibration(scores: dict[str, float]) -> str:
    """How far its probabilities are off."""
    return f"Its probabilities are off by {percent(scores['ece'])} on average"


def lengths(accuracy: np.ndarray) -> str:
    """How far the accuracy depends on the length; `accuracy` is float (bins)."""
    low, high = percent(min(accuracy)), percent(max(accuracy))
    return (
        f"At every length {low} are right"
        if low == high
        else f"Between {low} and {high} are right, by length"
    )


def behaviour(rates: list[dict[str, Any]]) -> str:
    """The capability that it lacks most; `rates` have capability and passed."""
    worst = min(rates, key=lambda rate: rate["passed"])
    if worst["passed"] == 1:
        return "It passes every test on short texts"
    return f"On short texts it is weakest at “{worst['capability']}”: {worst['passed']:.0%} passed"


def mistakes(shown: int, total: int) -> str:
    """How many of its mistakes are shown."""
    if not total:
        return "No review of the test part is classified wrongly"
    return f"The {shown} most confident of its {total:,} mistakes"


def label_errors(doubtful: int, reviews: int, corpus: str) -> str:
    """The share of doubtful labels, beside what is published on IMDb."""
    share = f"{doubtful:,} of {reviews:,} labels ({percent(doubtful / reviews)}) are doubtful"
    return f"{share}; people confirmed {percent(PUBLISHED)} in IMDb" if corpus == IMDB else share
