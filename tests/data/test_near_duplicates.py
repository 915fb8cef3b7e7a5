import numpy as np
import pytest

from sentiment.data import near_duplicates

STORY = list("abcdefghijklmnop")


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


def test_near_duplicates_of_near_duplicates_are_found_and_no_others(texts):
    expected = np.arange(60)
    expected[[10, 20, 30]] = 3, 3, 4
    np.testing.assert_array_equal(near_duplicates.first_of_each(texts), expected)


def test_more_than_half_of_the_runs_of_five_words_are_the_same():
    words = [f"w{number}" for number in range(104)]  # 100 runs
    for changed, alike in (30, True), (36, False):  # 70 of 130, 64 of 136
        other = [*words[: 104 - changed], *(f"other{number}" for number in range(changed))]
        first = near_duplicates.first_of_each([" ".join(words), " ".join(other)])
        assert (first[1] == 0) == alike


@pytest.mark.parametrize("pair", [("Great!", "great"), ("So it goes.", "so it goes")])
def test_short_texts_are_alike_if_their_words_are(pair):
    assert near_duplicates.first_of_each([*pair, "So it went.", ":-)", "!!!"]).tolist() == [0, 0, 2, 3, 4]


def test_groups_that_share_near_duplicates_are_one():
    groups = ["b", "c", "a", "c", "d"]
    first = np.array([0, 1, 0, 3, 4])  # the third review is nearly the first one
    assert near_duplicates.merged(groups, first).tolist() == ["a", "c", "a", "c", "d"]
