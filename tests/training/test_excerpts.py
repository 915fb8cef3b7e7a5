"""Any sentences of reviews."""

import numpy as np
from opinionated import VOCABULARY, made, texts

from sentiment.training import sentences
from sentiment.training.excerpts import Excerpts

REVIEWS = made("the film is good . the music was the music .", "the film was bad . no .", labels=(1, 0))
SENTENCES = {"the film is good .": 1, "the music was the music .": 1, "the film was bad .": 0}


def excerpts(number):
    return Excerpts(REVIEWS, sentences.bounds(REVIEWS, VOCABULARY), number)


def test_sentences_have_label_row_and_tokens_of_their_review():
    drawn, tokens = excerpts(2).draw(np.random.default_rng(0))
    np.testing.assert_array_equal(drawn.ids, REVIEWS.ids[tokens])
    assert len(drawn) == 2
    for text, label, row in zip(texts(drawn), drawn.labels, drawn.rows, strict=True):
        assert SENTENCES[text] == label == 11 - row


def test_each_draw_has_others_and_none_twice():
    drawn = [frozenset(texts(excerpts(2).draw(np.random.default_rng(seed))[0])) for seed in (*range(20), 0)]
    assert {len(some) for some in drawn} == {2}
    assert len(set(drawn)) == 3
    assert drawn[0] == drawn[-1]


def test_there_may_be_fewer_than_asked_for_or_none():
    assert texts(excerpts(9).draw(np.random.default_rng(0))[0]) == list(SENTENCES)
    words = made("the film", "music", labels=(1, 0))
    none, tokens = Excerpts(words, sentences.bounds(words, VOCABULARY), 5).draw(np.random.default_rng(0))
    assert (len(none), none.offsets.tolist(), len(tokens)) == (0, [0], 0)
