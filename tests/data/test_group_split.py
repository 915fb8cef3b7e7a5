import time

import numpy as np
import pytest

from sentiment.data import dataset, splitting
from sentiment.errors import UserError

SHARES = {"test": 0.2, "validation": 0.1}


def corpus(groups: int, reviews: int):
    """Labels and groups: a few groups are large, and each has a share of positives of its own."""
    random = np.random.default_rng(0)
    popularity = 1 / np.arange(10, groups + 10)
    numbers = random.choice(groups, reviews, p=popularity / popularity.sum())
    labels = random.random(reviews) < random.uniform(0.2, 1, groups)[numbers]
    return labels.astype(np.int8), np.array([f"film {number}" for number in numbers], object)


def sized(*sizes: tuple[int, int]):
    """Labels and groups: group number i, called by a letter, has `sizes[i]` negative and positive reviews."""
    labels = [label for size in sizes for label, count in enumerate(size) for _ in range(count)]
    groups = [chr(97 + number) for number, size in enumerate(sizes) for _ in range(sum(size))]
    return np.array(labels, np.int8), groups


def films(rows, groups) -> dict[str, set]:
    return {part: set(groups[rows[part]]) for part in dataset.PARTS}


def test_no_group_is_in_two_parts_and_every_review_in_one():
    labels, groups = corpus(500, 5000)
    rows = splitting.split(labels, **SHARES, seed=1, groups=groups)
    assert list(rows) == list(dataset.PARTS)
    assert sorted(np.concatenate(list(rows.values()))) == list(range(5000))
    assert all((np.diff(part) > 0).all() for part in rows.values())
    parts = films(rows, groups)
    assert sum(map(len, parts.values())) == len(set(groups)) == len(set.union(*parts.values()))


@pytest.mark.parametrize("test", [0.03, 0.2, 0.5, 0.8])
def test_parts_have_their_shares_of_reviews_labels_and_large_groups(test):
    labels, groups = corpus(500, 5000)
    rows = splitting.split(labels, test=test, validation=0.25, seed=1, groups=groups)
    wanted = {"train": 0.75 * (1 - test), "validation": 0.25 * (1 - test), "test": test}
    for part, share in wanted.items():
        assert abs(len(rows[part]) - 5000 * share) <= 3
        assert abs(labels[rows[part]].sum() - labels.sum() * share) <= 3
        assert abs(len(set(groups[rows[part]])) / len(set(groups)) - share) < 0.03


def test_seeds_give_other_splits_and_the_order_of_the_rows_does_not():
    labels, groups = corpus(500, 5000)
    first, again, other = (
        films(splitting.split(labels, **SHARES, seed=seed, groups=groups), groups) for seed in (7, 7, 8)
    )
    assert first == again
    assert first["test"] != other["test"]
    assert first["validation"] != other["validation"]
    order = np.random.default_rng(2).permutation(5000)
    assert (
        films(splitting.split(labels[order], **SHARES, seed=7, groups=groups[order]), groups[order]) == first
    )


def test_a_few_groups_are_combined_to_the_nearest_shares():
    labels, groups = sized((30, 30), (12, 12), (10, 10), (9, 9), (20, 20), (8, 8), (11, 11))
    for seed in range(5):
        rows = splitting.split(labels, **SHARES, seed=seed, groups=groups)
        assert len(rows["test"]) == 40  # of groups of 40, of 24 and 16, or of 22 and 18
        assert len(rows["validation"]) == (18 if "f" in {groups[row] for row in rows["test"]} else 16)


def test_fifty_thousand_reviews_in_thousands_of_groups_take_a_second():
    labels, groups = corpus(7000, 50_000)
    start = time.process_time()
    splitting.split(labels, **SHARES, seed=1, groups=groups)
    assert time.process_time() - start < 2


@pytest.mark.parametrize(
    ("sizes", "message"),
    [
        ([(5, 5)], "the parts of the split need a group each, but there is only 'a' of 10 reviews; change"),
        ([(5, 5), (600, 600)], "need a group each, but there is only 'a' of 10 reviews and 'b' of 1,200 rev"),
        (
            [(5, 5)] * 20 + [(900, 900)],
            "split.validation is 0.1, but in whole groups that part would get 0 of 1,800 reviews: "
            "the largest, 'u', has 1,800; change the shares",
        ),
        (
            [(50, 50)] * 3,
            "split.test is 0.2, but in whole groups that part would get 100 of 300 reviews: the",
        ),
        (
            [(10, 0)] * 20 + [(0, 9)],
            "split.test is 0.2, but in whole groups that part would get none of the 9 positive reviews: "
            "'u' has 9; change the shares",
        ),
    ],
)
def test_groups_that_allow_no_such_split_are_told_in_one_line(sizes, message):
    labels, groups = sized(*sizes)
    with pytest.raises(UserError) as caught:
        splitting.split(labels, **SHARES, seed=1, groups=groups)
    assert message in str(caught.value)
    assert "or change clean.group_column" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_part_that_would_take_all_of_a_label_is_refused():
    labels, groups = sized((0, 10), (0, 10), (10, 10), (0, 10))
    with pytest.raises(UserError, match="would get all of the 10 negative reviews: 'c' has 10; change"):
        splitting.split(labels, test=0.7, validation=0.1, seed=1, groups=groups)
