"""server/mistakes.py: the sentence is one that the model in use gets wrong, if there is any."""

import sentiment
from sentiment.server import mistakes
from sentiment.server.schemas import Mistake


def test_the_published_model_is_wrong_on_it(imdb):
    model = sentiment.load(imdb)
    found = mistakes.first(model)
    assert found in mistakes.HARD
    assert model.predict([found.text]).label[0] not in ("", found.label)
    before = mistakes.HARD[: mistakes.HARD.index(found)]
    assert model.predict([one.text for one in before]).label.tolist() == [one.label for one in before]


def test_a_model_that_is_right_has_none(constant_model, monkeypatch):
    always_positive = sentiment.load(constant_model(3.0))
    assert mistakes.first(always_positive).label == "negative"
    praise = tuple(one for one in mistakes.HARD if one.label == "positive")
    monkeypatch.setattr(mistakes, "HARD", praise)
    assert mistakes.first(always_positive) is None


def test_an_abstention_is_no_mistake(exported, monkeypatch):
    unknown = tuple(Mistake(text="xyz", label=label) for label in ("positive", "negative"))
    monkeypatch.setattr(mistakes, "HARD", unknown)
    assert mistakes.first(sentiment.load(exported[1])) is None
