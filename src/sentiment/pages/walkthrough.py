"""How one prediction comes about, step by step, and what cleaning does to an example."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from sentiment.data.labels import NAMES, decide, probability
from sentiment.data.text import clean
from sentiment.ensemble import NGRAMS
from sentiment.evaluation import plots
from sentiment.inference.explain import explain_clean
from sentiment.inference.predictor import Predictor

# Made up, so that it holds everything at once.
TYPED = (
    "I&#39;d call it a <i>won</i>derful film &mdash; 8/10!<br /><br />Don\u2019t miss it: caf\u00e9, "
    "m\u00fasica &amp; all. It&#146;s <b>not</b>\u200b perfect,<br/>but I <3 it."
)
FAINTEST = 0.08  # share of the strongest contribution below which a word stays plain
FULL = 0.4  # a contribution, in logits, that gets the full colour only if none is stronger
SHORT, LONG = 12, 70  # tokens of a review that can be followed


@dataclass(frozen=True)
class Word:
    """A stretch of a review, and which label it speaks for, if any; `strength` is from 0 to 1."""

    text: str
    side: str
    strength: float


def cleaning() -> tuple[str, str]:
    """The example as it was typed, and clean."""
    return TYPED, clean(TYPED)


def colored(predictor: Predictor, text: str, budget: int) -> list[Word]:
    """The words of a clean text by their contribution; `budget` is that of `explain`."""
    pieces = explain_clean(predictor, text, budget).pieces
    most = max([FULL, *(abs(piece.contribution) for piece in pieces)])
    words = [Word("", "", 0)]
    for piece in pieces:
        strength = abs(piece.contribution) / most
        side = "" if strength < FAINTEST else NAMES[int(piece.contribution > 0)]
        if side or words[-1].side:
            words.append(Word(piece.text, str(side), round(strength, 2)))
        else:  # stretches without colour in one
            words[-1] = Word(words[-1].text + piece.text, "", 0)
    return words


def choose(predictions: pd.DataFrame) -> int:
    """The place of a short review that the network is right about and, if there is one, n-grams are not."""
    words = predictions["text"].str.count(r"\S+").to_numpy()
    right, ngrams = (
        decide(predictions[name]) == predictions["label"].to_numpy() for name in ("network", "baseline")
    )
    short = (words >= SHORT) & (words <= LONG)
    wanted = [short & right & ~ngrams, short & right, right, np.ones(len(words), bool)]
    return int(np.flatnonzero(next(some for some in wanted if some.any()))[0])


def _term(model: str, logit: float, weight: float) -> dict[str, Any]:
    return {"model": model, "logit": logit, "weight": weight, "term": weight * logit}


def steps(predictor: Predictor, text: str, label: int, budget: int) -> dict[str, Any]:
    """What happens to a clean `text` whose label is known, from tokens to the answer."""
    vocabulary, ensemble = predictor.artifact.vocabulary, predictor.artifact.ensemble
    reviews = predictor.encode([text])[0]
    tokens = vocabulary.truncate(vocabulary.tokenize(text))
    ids = reviews[0][len(reviews[0]) - len(tokens) :]  # behind the id of a review's start, if there is one
    base_logits = predictor.base_logits(reviews)
    shown = {**plots.NAMES, NGRAMS: plots.NAMES["baseline"]}
    terms = [
        _term(shown[name], float(base_logits[name][0]), weight) for name, weight in ensemble.weights.items()
    ]
    logit = float(predictor.logits(reviews)[0])
    return {
        "text": text,
        "tokens": [
            (token, int(number) != vocabulary.unknown) for token, number in zip(tokens, ids, strict=True)
        ],
        "terms": terms,
        "intercept": ensemble.intercept,
        "logit": logit,
        "probability": float(probability(logit)),
        "answer": str(NAMES[decide(probability(logit))]),
        "label": str(NAMES[label]),
        "words": colored(predictor, text, budget),
    }
