"""Explanations: they add up, they are Shapley values, and they read as a person would expect."""

import math
from dataclasses import replace
from itertools import combinations, pairwise

import numpy as np
import pytest

from sentiment.data.labels import probability
from sentiment.data.text import TOKENIZERS, clean, tokenizer
from sentiment.data.vocabulary import IMDB_START, UNKNOWN
from sentiment.inference import explain
from sentiment.inference.explain import shapley, spans, unlowered
from sentiment.inference.predictor import Predictor


class Counting(Predictor):
    """A model that counts the tokens it reads."""

    read = 0

    def logits(self, reviews):
        self.read += len(reviews.ids)
        return super().logits(reviews)


@pytest.fixture(scope="module")
def model(exported):
    return Counting(exported[1])


@pytest.fixture(scope="module")
def published(imdb):
    return Predictor(imdb)


def encoded(model, text: str) -> np.ndarray:
    return model.encode([clean(text)])[0][0]


def contribution(explanation: explain.Explanation, text: str) -> float:
    return next(piece.contribution for piece in explanation.pieces if piece.text == text)


@pytest.mark.parametrize(
    "text",
    [
        "w1 w2.<br /><br />The w3, the   w4 &amp; the w5: all <b>w6</b>!",
        "",
        "   ",
        "w7",
        "xqzzy frobnicated",
        "w1 w1 w1 w2 w2, w2",
        "İstanbul'da W1 İYİ w2! ﬁne “w3” it\u2019s 8½/w4 ☃",
        "w1 w2 w3. " * 15 + "xqzzy " * 300 + "w4 w5 w6. " * 15,
    ],
    ids=["html", "empty", "white space", "one word", "unknown", "repeated", "unicode", "cut"],
)
def test_contributions_add_up_and_pieces_give_the_text_back(model, text):
    why = explain.explain(model, text, budget=20_000)
    assert "".join(piece.text for piece in why.pieces) == clean(text)
    assert sum(piece.contribution for piece in why.pieces) == pytest.approx(why.logit - why.base, abs=1e-6)
    assert all(piece.contribution == 0 for piece in why.pieces if not piece.text.strip())
    answer = model.predict([text])
    assert why.prediction.probability == pytest.approx(answer.probability, abs=1e-6)
    assert probability(why.logit) == pytest.approx(answer.probability[0], abs=1e-6)
    assert why.prediction.truncated == answer.truncated
    unknown = np.full_like(encoded(model, text), UNKNOWN)
    assert why.base == pytest.approx(float(explain.same_length(model, unknown[None])[0]), abs=1e-5)


def exact(model, ids: np.ndarray) -> np.ndarray:
    """Shapley values by their definition: over all subsets of the other tokens."""
    count = len(ids)
    subsets = [frozenset(some) for size in range(count + 1) for some in combinations(range(count), size)]
    variants = [[id if place in some else UNKNOWN for place, id in enumerate(ids)] for some in subsets]
    value = dict(zip(subsets, explain.same_length(model, np.array(variants, np.int32)), strict=True))
    result = np.zeros(count)
    for some in subsets:
        for place in set(range(count)) - some:
            rise = value[some | {place}] - value[some]
            result[place] += rise / count / math.comb(count - 1, len(some))
    return result


@pytest.mark.parametrize("text", ["w1 w2 w3 w4 w5", "w1 w1 w2 w2 w3", "w6 w6"])
def test_many_orders_come_to_the_shapley_values(model, text):
    ids = encoded(model, text)
    assert UNKNOWN not in ids
    contributions, _, _ = shapley(model, ids, passes=40_000, seed=0)
    expected = exact(model, ids)
    np.testing.assert_allclose(contributions, expected, atol=0.01 * np.abs(expected).sum())


def test_words_count_as_a_reader_would_think(published):
    why = explain.explain(published, "A wonderful xqzzy film, frobnicated but dull")
    assert contribution(why, "xqzzy") == contribution(why, "frobnicated") == 0
    assert contribution(why, "wonderful") > 0.5
    assert contribution(why, "dull") < -0.5
    good, not_good = (explain.explain(published, f"The film is {what}.") for what in ("good", "not good"))
    assert contribution(not_good, "not") == min(piece.contribution for piece in not_good.pieces) < -0.5
    assert not_good.logit < good.logit - 1


def test_the_same_seed_gives_the_same_answer(model):
    text = " ".join(f"w{number}" for number in range(20))
    first, again = (explain.explain(model, text, budget=40_000, seed=3) for _ in range(2))
    other = explain.explain(model, text, budget=40_000, seed=4)
    assert first.pieces == again.pieces
    assert first.pieces != other.pieces
    found = [[piece.contribution for piece in why.pieces] for why in (first, other)]
    assert np.corrcoef(found)[0, 1] > 0.9


def test_a_review_that_was_cut(model):
    vocabulary = model.artifact.vocabulary
    text = "w1 " * vocabulary.max_tokens + "w2 " * 500 + "w3 " * vocabulary.max_tokens
    why = explain.explain(model, text, budget=20_000)
    assert why.prediction.truncated.all()
    unread = max(why.pieces, key=lambda piece: len(piece.text))
    assert unread.contribution == 0
    assert unread.text.count("w2") == 500
    read = [piece.text for piece in why.pieces if piece.contribution]
    assert set(read) == {"w1", "w3"}
    assert len(read) <= vocabulary.max_tokens


@pytest.mark.parametrize("length", [3, 60, 700])
def test_the_budget_is_kept(model, length):
    model.read = 0
    explain.explain(model, "w1 " * length, budget=40_000)
    assert model.read <= 40_000 + length  # and the answer itself


def test_with_few_passes_neighbours_share_alike(model):
    ids = encoded(model, "w1 w2 w3 w4 w5 w6 w7 w8 w9")
    contributions, base, logit = shapley(model, ids, passes=10, seed=0)
    runs = contributions[:9].reshape(3, 3)
    assert (runs == runs[:, :1]).all()
    assert contributions.sum() == pytest.approx(logit - base)


def test_the_id_for_the_start_of_a_review_is_none_of_its_words(exported):
    model = Predictor(exported[1])
    vocabulary = replace(model.artifact.vocabulary, numbering="imdb", max_tokens=6)  # not what it learned
    model.artifact = replace(model.artifact, vocabulary=vocabulary)
    for text in ("", "w1 w2 w3", "w2 w3 w4 w1 w2 w3 w4 w3"):
        ids = encoded(model, text)
        assert ids[0] == IMDB_START
        why = explain.explain(model, text, budget=8_000)
        assert "".join(piece.text for piece in why.pieces) == text
        total = sum(piece.contribution for piece in why.pieces)
        assert total == pytest.approx(why.logit - why.base, abs=1e-6)
        assert sum(piece.contribution != 0 for piece in why.pieces) == len(ids) - 1


@pytest.mark.parametrize("name", TOKENIZERS)
def test_every_token_is_found_in_the_text(name):
    text = "He said \"wow!!!!!! it's can't-miss\", 7/10... gonna :-) @you #tag cannot 3.50 $5"
    tokens = tokenizer(name, lowercase=True)(text)
    where = spans(text.lower(), tokens)
    assert all(end <= start for (_, end), (start, _) in pairwise(where))
    for token, (start, end) in zip(tokens, where, strict=True):
        assert text.lower()[start:end] in (token, '"')
        assert start < end


def test_a_token_that_is_not_in_the_text_has_no_place():
    assert spans("one two", ["one", "nowhere", "two"]) == [(0, 3), (3, 3), (4, 7)]


def test_lower_case_may_be_longer():
    text = "İİ İyi"
    assert len(text.lower()) == len(text) + 3
    where = spans(text.lower(), text.lower().split())
    assert [text[start:end] for start, end in unlowered(text, where)] == ["İİ", "İyi"]


def test_a_piece_without_a_stretch_adds_to_the_one_before():
    pieces = explain.pieces("ab c", [(0, 1), (1, 1), (1, 2), (3, 4)], np.array([1.0, 2.0, 4.0, 8.0]))
    found = [(piece.text, piece.contribution) for piece in pieces]
    assert found == [("a", 3), ("b", 4), (" ", 0), ("c", 8)]


def test_a_clean_text_is_not_cleaned_again(model):
    text = "w1 <b>w2</b>"
    assert explain.explain_clean(model, clean(text)).pieces == explain.explain(model, text).pieces
    assert "".join(piece.text for piece in explain.explain_clean(model, text).pieces) == text
