import numpy as np
import pytest

from sentiment.data import dataset
from sentiment.training.augmentation import augmented


@pytest.fixture(scope="module")
def reviews():
    """500 reviews of 1 to 500 tokens, no token twice in one."""
    arrays = [np.random.default_rng(length).permutation(length).astype(np.int32) for length in range(1, 501)]
    return dataset.ragged(arrays, np.arange(500) % 2, np.arange(500))


def test_nothing_to_do_changes_nothing(reviews):
    same, tokens = augmented(reviews, 0.0, 0.0, np.random.default_rng(1))
    np.testing.assert_array_equal(same.ids, reviews.ids)
    np.testing.assert_array_equal(same.offsets, reviews.offsets)
    np.testing.assert_array_equal(tokens, np.arange(len(reviews.ids)))


def test_deletion_takes_its_share_and_keeps_the_order_and_one_token_at_least(reviews):
    fewer, tokens = augmented(reviews, 0.3, 0.0, np.random.default_rng(1))
    assert len(fewer.ids) / len(reviews.ids) == pytest.approx(0.7, abs=0.01)
    assert (np.diff(tokens) > 0).all()
    assert fewer.lengths.min() == 1
    np.testing.assert_array_equal(fewer.labels, reviews.labels)
    alone = dataset.ragged([reviews[0]] * 200, np.ones(200), np.arange(200))
    assert augmented(alone, 0.99, 0.0, np.random.default_rng(1))[0].lengths.tolist() == [1] * 200


def test_swapping_moves_its_share_within_each_review(reviews):
    swapped, tokens = augmented(reviews, 0.0, 0.2, np.random.default_rng(1))
    np.testing.assert_array_equal(swapped.offsets, reviews.offsets)
    np.testing.assert_array_equal(swapped.ids, reviews.ids[tokens])
    moved = 0
    for index in range(len(reviews)):
        assert sorted(swapped[index]) == sorted(reviews[index])
        places = np.flatnonzero(swapped[index] != reviews[index])
        assert len(places) == 2 * round(0.1 * len(reviews[index]))
        # In pairs: whoever took a token's place stands where that token was.
        there = {int(token): place for place, token in enumerate(swapped[index])}
        for place in places:
            assert there[int(reviews[index][place])] == list(reviews[index]).index(swapped[index][place])
        moved += len(places)
    assert moved / len(reviews.ids) == pytest.approx(0.2, abs=0.01)


def test_the_same_seed_the_same_reviews(reviews):
    one, same, other = (augmented(reviews, 0.1, 0.1, np.random.default_rng(seed))[1] for seed in (1, 1, 2))
    np.testing.assert_array_equal(one, same)
    assert len(one) != len(other) or (one != other).any()
