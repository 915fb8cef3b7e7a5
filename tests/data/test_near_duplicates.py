import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sentiment.data import clean_reviews, near_duplicates
from sentiment.data.clean_reviews import CleanReviews
from sentiment.engine.serial import HERE

STORY = list("abcdefghijklmnop")


@pytest.fixture
def first_of_each(tmp_path):
    """A function from texts to the first near-duplicate of each."""

    def find(texts) -> list[int]:
        labels = pa.array([0] * len(texts), pa.int8())
        pq.write_table(pa.table({"text": list(texts), "label": labels}), tmp_path / "clean.parquet")
        return near_duplicates.first_of_each(
            CleanReviews(tmp_path / "clean.parquet"), HERE, tmp_path
        ).tolist()

    return find


def review(random) -> str:
    return " ".join(random.choice(STORY, 40))


@pytest.fixture(scope="module")
def texts():
    """60 different texts; 10 is 3 with another word, 20 is 10 with another, 30 is 4 in upper case."""
    random = np.random.default_rng(0)
    texts = [review(random) for _ in range(60)]
    texts[10] = texts[3].replace(" ", " surely ", 1)
    texts[20] = f"{texts[10]} amen"
    texts[30] = texts[4].upper() + "!"
    return texts


def test_near_duplicates_of_near_duplicates_are_found_and_no_others(texts, first_of_each, monkeypatch):
    expected = list(range(60))
    expected[10], expected[20], expected[30] = 3, 3, 4
    assert first_of_each(texts) == expected
    monkeypatch.setattr(clean_reviews, "PART", 7)
    monkeypatch.setattr(near_duplicates, "PAIRS", 2)
    monkeypatch.setattr(near_duplicates, "PART", 1)
    assert first_of_each(texts) == expected


def test_of_many_that_are_alike_each_is_found(first_of_each):
    """Far more than are compared with each other."""
    words = [f"w{number}" for number in range(50)]
    assert first_of_each([" ".join([*words, str(number)]) for number in range(200)]) == [0] * 200


def test_more_than_half_of_the_runs_of_five_words_are_the_same(first_of_each):
    words = [f"w{number}" for number in range(104)]  # 100 runs
    for changed, alike in (30, True), (36, False):  # 70 of 130, 64 of 136
        other = [*words[: 104 - changed], *(f"other{number}" for number in range(changed))]
        first = first_of_each([" ".join(words), " ".join(other)])
        assert (first[1] == 0) == alike


@pytest.mark.parametrize("pair", [("Great!", "great"), ("So it goes.", "so it goes")])
def test_short_texts_are_alike_if_their_words_are(pair, first_of_each):
    assert first_of_each([*pair, "So it went.", ":-)", "!!!"]) == [0, 0, 2, 3, 4]


def test_groups_that_share_near_duplicates_are_one():
    groups = ["b", "c", "a", "c", "d"]
    first = np.array([0, 1, 0, 3, 4])  # the third review is nearly the first one
    assert near_duplicates.merged(groups, first).tolist() == ["a", "c", "a", "c", "d"]
