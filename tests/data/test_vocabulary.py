import json
from dataclasses import replace

import numpy as np
import pytest

from sentiment.data.vocabulary import PADDING, UNKNOWN, Vocabulary
from sentiment.errors import UserError

BLANK = Vocabulary(tokenizer="regexp", lowercase=True, max_tokens=4, head=0.5)


def test_most_frequent_first_ties_by_alphabet():
    counts = {"b": 2, "a": 2, "c": 3, "rare": 1}
    assert BLANK.fit(counts, size=10, min_count=2).tokens == ("c", "a", "b")
    assert BLANK.fit(dict(reversed(counts.items())), size=2, min_count=1).tokens == ("c", "a")


def test_ids_leave_room_for_padding_and_unknown():
    vocabulary = BLANK.fit({"a": 2, "b": 1}, size=10, min_count=1)
    assert vocabulary.size == 4
    assert vocabulary.ids == {"a": 2, "b": 3}
    assert {PADDING, UNKNOWN} == {0, 1}
    encoded = vocabulary.encode(["b", "zebra", "a"])
    assert encoded.tolist() == [3, UNKNOWN, 2]
    assert encoded.dtype == np.int32
    assert vocabulary.encode([]).tolist() == [UNKNOWN]


@pytest.mark.parametrize(("head", "kept"), [(0.5, "abyz"), (0.0, "wxyz"), (1.0, "abcd"), (0.25, "axyz")])
def test_a_long_review_keeps_head_and_tail(head, kept):
    vocabulary = Vocabulary("regexp", True, 4, head, tuple("abcdwxyz"))
    assert [vocabulary.tokens[id - 2] for id in vocabulary.encode(list("abcdwxyz"))] == list(kept)


@pytest.mark.parametrize(("numbering", "whole"), [("frequency", 4), ("imdb", 3)])
def test_a_review_is_cut_when_it_has_more_than_is_read(numbering, whole):
    vocabulary = Vocabulary("regexp", True, 4, 0.5, tuple("abcde"), numbering)
    for length in range(6):
        tokens = list("abcde")[:length]
        assert vocabulary.truncates(tokens) == (length > whole)
        lost = {vocabulary.ids[token] for token in tokens} - set(vocabulary.encode(tokens).tolist())
        assert bool(lost) == vocabulary.truncates(tokens)


def test_it_comes_back_from_json_with_its_tokenizer(tmp_path):
    vocabulary = BLANK.fit({"good": 2, "naïve": 1}, size=10, min_count=1)
    vocabulary.save(tmp_path / "v.json")
    again = Vocabulary.load(tmp_path / "v.json")
    assert again == vocabulary
    assert again.fingerprint == vocabulary.fingerprint
    assert again.tokenize("GOOD Naïve!") == ["good", "naïve", "!"]
    assert "naïve" in (tmp_path / "v.json").read_text("utf-8")


def test_every_setting_changes_the_fingerprint():
    changes = [
        *({}, {"tokenizer": "tweet"}, {"lowercase": False}, {"max_tokens": 5}, {"head": 0.4}),
        *({"tokens": ("a",)}, {"numbering": "imdb"}, {"numbering": "hash"}),
    ]
    assert len({replace(BLANK, **change).fingerprint for change in changes}) == len(changes)


def test_imdb_numbering_is_that_of_keras():
    """keras.datasets.imdb: 0 padding, 1 start, 2 unknown, then the rank by frequency, from 1, and 3."""
    vocabulary = replace(BLANK, numbering="imdb", head=0.0).fit({"a": 2, "b": 1}, size=10, min_count=1)
    assert vocabulary.encode(["b", "zebra", "a"]).tolist() == [1, 2 + 3, 2, 1 + 3]
    assert vocabulary.encode([]).tolist() == [1]
    assert vocabulary.encode(["a"] * 4).tolist() == [4] * 4  # pad_sequences cuts in front, the start included
    assert (vocabulary.unknown, vocabulary.size) == (2, 6)
    assert vocabulary.names == ["<padding>", "<start>", "<unknown>", "<unused>", "a", "b"]


def test_hashing_gives_every_token_one_of_so_many_ids():
    vocabulary = replace(BLANK, numbering="hash", max_tokens=1000).fit({}, size=50, min_count=3)
    tokens = [f"token{number}" for number in range(1000)]
    ids = vocabulary.encode(tokens)
    assert set(ids) == set(range(2, 52))
    assert vocabulary.size == len(vocabulary.names) == 52
    assert np.bincount(ids).max() < 45
    assert vocabulary.encode(["123456789"]).tolist() == [2 + 0xCBF43926 % 50]  # the check value of CRC-32
    assert vocabulary.encode([]).tolist() == [UNKNOWN]


GOOD = {"tokenizer": "regexp", "lowercase": True, "max_tokens": 9, "head": 0.5, "tokens": ["a"]}
FOREIGN = [
    *({"stranger": 1}, {"tokens": 3}, {"tokens": [3]}, {"tokenizer": "none"}),
    *({"max_tokens": "9"}, {"max_tokens": 0}, {"head": 2}, {"head": "0"}, {"lowercase": 1}),
    *({"numbering": "imbd"}, {"numbering": "hash", "tokens": []}),
]


@pytest.mark.parametrize(
    "content", ["", "{}", "[1]", "\x80", "[" * 100_000, *(json.dumps(GOOD | change) for change in FOREIGN)]
)
def test_a_foreign_file_is_refused(tmp_path, content):
    (tmp_path / "v.json").write_text(json.dumps(GOOD))
    assert Vocabulary.load(tmp_path / "v.json").tokens == ("a",)
    (tmp_path / "v.json").write_text(content, "latin-1")
    with pytest.raises(UserError, match="not a vocabulary of this project"):
        Vocabulary.load(tmp_path / "v.json")


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(UserError, match="no such file; run `dvc repro tokenize`"):
        Vocabulary.load(tmp_path / "v.json")
