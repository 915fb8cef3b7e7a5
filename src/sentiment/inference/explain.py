"""How much each word of a review contributed to its logit: Shapley values.

The players are the tokens in the vocabulary; one that is absent becomes unknown, and the n-grams it was part
of vanish with it. A token's contribution is how much the logit
rises when it joins those already there, on average over orders of joining (Castro et al. 2009,
https://doi.org/10.1016/j.cor.2008.04.004). Orders come in pairs, one the other backwards, which takes much of
the chance out of the average (Mitchell et al. 2022, https://jmlr.org/papers/v23/21-0439.html). Along each
order the rises add up to the whole way from a review of unknown words to this one, so the contributions do,
too.
"""

import math
from dataclasses import dataclass

import numpy as np

from sentiment.data.dataset import Reviews
from sentiment.data.text import clean
from sentiment.data.vocabulary import Vocabulary
from sentiment.inference.predictions import Predictions
from sentiment.inference.predictor import Predictor

BUDGET = 400_000  # tokens that the network reads in all: fewer are quicker, more leave less to chance
SHORT = 200  # tokens of a review below which its passes are not cheap enough for more of them


@dataclass(frozen=True)
class Piece:
    """A stretch of the clean text, and its contribution to the logit, above 0 towards positive.

    White space, unknown words and those cut from a long text contribute 0.
    """

    text: str
    contribution: float


@dataclass(frozen=True)
class Explanation:
    """Why a review got its logit.

    pieces: joined, their texts are the clean text; their contributions sum to `logit` - `base`.
    base: the logit of the review if all its words were unknown.
    logit: the logit of the review.
    prediction: that of `Predictor.predict`, with n = 1.
    """

    pieces: tuple[Piece, ...]
    base: float
    logit: float
    prediction: Predictions


def explain(predictor: Predictor, text: str, budget: int = BUDGET, seed: int = 0) -> Explanation:
    """Explain the prediction of `predictor` for `text`, as it was typed; the same `seed`, the same answer.

    The network reads at most `budget` tokens for it, so that a long review takes no longer than another.
    """
    return explain_clean(predictor, clean(text), budget, seed)


def explain_clean(predictor: Predictor, text: str, budget: int = BUDGET, seed: int = 0) -> Explanation:
    """Explain the prediction for a text that `text.clean` has cleaned already."""
    prediction = predictor.predict_clean([text])
    ids = predictor.encode([text])[0][0]
    passes = max(4, budget // max(SHORT, len(ids)))
    contributions, base, logit = shapley(predictor, ids, passes, seed)
    read = _read_spans(predictor.artifact.vocabulary, text)
    return Explanation(pieces(text, read, contributions[: len(read)]), base, logit, prediction)


def _read_spans(vocabulary: Vocabulary, text: str) -> list[tuple[int, int]]:
    """Where in `text` the tokens that the network reads start and end."""
    tokens = vocabulary.tokenize(text)
    found = spans(text.lower() if vocabulary.lowercase else text, tokens)
    if vocabulary.lowercase:
        found = unlowered(text, found)
    if vocabulary.numbering == "imdb":
        found = [(0, 0), *found]  # the id of a review's start is no word
    return vocabulary.truncate(found)


def shapley(predictor: Predictor, ids: np.ndarray, passes: int, seed: int) -> tuple[np.ndarray, float, float]:
    """Each token's contribution, float64 (tokens); the logit with all tokens unknown; the logit.

    `ids` are those of a review, int32 (tokens), which the network reads at most `passes` times, at least 4.
    Where these do not reach for every known token, neighbours join together and share alike.
    """
    vocabulary = predictor.artifact.vocabulary
    players = np.flatnonzero(ids >= vocabulary.first)
    run = np.arange(len(players)) // max(1, math.ceil(len(players) / (passes // 2 - 1)))
    runs = run.max(initial=-1) + 1
    random = np.random.default_rng(seed)
    turns = np.array([random.permutation(runs) for _ in range(passes // (2 * (runs + 1)))])
    turns = np.concatenate([turns, runs - 1 - turns])[:, run]  # (orders, players)
    # Each order begins with nobody and ends with all, and in short reviews many meet on the way.
    grown = [np.where(absent(len(ids), players, turn, runs), vocabulary.unknown, ids) for turn in turns]
    variants, index = np.unique(np.concatenate(grown).astype(np.int32), axis=0, return_inverse=True)
    logits = same_length(predictor, variants)[index].reshape(len(turns), -1)
    rises = np.take_along_axis(np.diff(logits), turns, axis=1)
    contributions = np.zeros(len(ids))
    contributions[players] = rises.mean(axis=0) / np.bincount(run)[run]
    return contributions, float(logits[0, 0]), float(logits[0, -1])


def absent(tokens: int, players: np.ndarray, turn: np.ndarray, turns: int) -> np.ndarray:
    """Which tokens are not there yet as the `players` join, each at its turn: bool (turns + 1, tokens)."""
    result = np.zeros((turns + 1, tokens), bool)
    result[:, players] = turn >= np.arange(turns + 1)[:, None]
    return result


def same_length(predictor: Predictor, variants: np.ndarray) -> np.ndarray:
    """The logits, float64 (n), of reviews of one length, int32 (n, tokens)."""
    count, length = variants.shape
    offsets = np.arange(count + 1) * length
    reviews = Reviews(variants.ravel(), offsets, np.zeros(count, np.int8), np.arange(count, dtype=np.int32))
    return predictor.logits(reviews).astype(np.float64)


def spans(text: str, tokens: list[str]) -> list[tuple[int, int]]:
    """Where in `text` each of its `tokens` starts and ends: in order, none over another.

    Each is looked for behind the one before. One that the tokenizer has made up has an empty span.
    """
    found, end = [], 0
    for token in tokens:
        # NLTK's treebank tokenizer writes double quotes so.
        forms = [token, '"'] if token in ("``", "''") else [token]
        places = [(start, start + len(form)) for form in forms if (start := text.find(form, end)) >= 0]
        found.append(min(places, default=(end, end)))
        end = found[-1][1]
    return found


def unlowered(text: str, where: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Where `spans` of `text` in lower case are in `text` itself: the Turkish İ becomes two signs there."""
    kept = [0]
    for place, sign in enumerate(text):
        kept += [place] * (len(sign.lower()) - 1)
        kept.append(place + 1)
    return [(kept[start], kept[end]) for start, end in where]


def pieces(text: str, where: list[tuple[int, int]], contributions: np.ndarray) -> tuple[Piece, ...]:
    """Cut `text` into the stretches at `where`, which the `contributions` are of, and those between.

    What an empty stretch adds goes to the one before it.
    """
    result, done = [Piece("", 0.0)], 0
    for (start, end), contribution in zip(where, contributions.tolist(), strict=True):
        if start == end:
            result[-1] = Piece(result[-1].text, result[-1].contribution + contribution)
            continue
        result += [Piece(text[done:start], 0.0), Piece(text[start:end], contribution)]
        done = end
    return tuple(piece for piece in [*result, Piece(text[done:], 0.0)] if piece.text)
