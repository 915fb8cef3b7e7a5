import numpy as np
import pytest

from sentiment.data import dataset, splitting
from sentiment.errors import UserError


@pytest.fixture
def folder(tmp_path):
    """A folder with three reviews."""
    arrays = [np.array(ids, np.int32) for ids in ([2, 3, 4], [5], [6, 7])]
    dataset.ragged(arrays, np.array([1, 0, 1]), np.array([10, 20, 30])).save(tmp_path)
    return tmp_path


def test_reviews_are_memory_mapped_and_padded_on_the_right(folder):
    reviews = dataset.load(folder)
    assert isinstance(reviews.ids, np.memmap)
    assert (len(reviews), reviews[2].tolist()) == (3, [6, 7])
    assert (reviews.lengths.tolist(), reviews.rows.tolist()) == ([3, 1, 2], [10, 20, 30])
    dtypes = [str(array.dtype) for array in (reviews.ids, reviews.offsets, reviews.labels, reviews.rows)]
    assert dtypes == ["int32", "int64", "int8", "int32"]
    batch = reviews.padded(np.array([1, 2]))
    assert batch.tolist() == [[5, 0], [6, 7]]
    assert batch.dtype == np.int32


def contents(reviews):
    """The texts, labels and rows of reviews, after a look at their types."""
    dtypes = [str(array.dtype) for array in (reviews.ids, reviews.offsets, reviews.labels, reviews.rows)]
    assert dtypes == ["int32", "int64", "int8", "int32"]
    ids = [reviews[index].tolist() for index in range(len(reviews))]
    return ids, reviews.labels.tolist(), reviews.rows.tolist()


@pytest.mark.parametrize(
    ("indices", "expected"),
    [
        ([2, 0], ([[6, 7], [2, 3, 4]], [1, 1], [30, 10])),
        ([1, 1], ([[5], [5]], [0, 0], [20, 20])),
        ([], ([], [], [])),
    ],
)
def test_reviews_are_taken_in_any_order(folder, indices, expected):
    assert contents(dataset.load(folder).take(np.array(indices, int))) == expected


def test_reviews_are_put_one_after_the_other(folder):
    reviews = dataset.load(folder)
    none = reviews.take(np.zeros(0, int))
    together = dataset.concatenate(reviews.take(np.array([1])), none, reviews)
    assert contents(together) == ([[5], [2, 3, 4], [5], [6, 7]], [0, 1, 0, 1], [20, 10, 20, 30])
    assert contents(dataset.concatenate(none, none)) == ([], [], [])


@pytest.mark.parametrize("content", [None, b"junk", b""])
def test_a_damaged_folder_is_refused(folder, content):
    (folder / "labels.npy").unlink()
    if content is not None:
        (folder / "labels.npy").write_bytes(content)
    with pytest.raises(UserError, match="no tokenized reviews"):
        dataset.load(folder)


def test_the_split_is_disjoint_complete_stratified_and_seeded():
    labels = np.array([1, 0, 0, 0] * 250)
    rows, same, other = (splitting.split(labels, test=0.2, validation=0.1, seed=seed) for seed in (7, 7, 8))
    assert {part: len(rows[part]) for part in dataset.PARTS} == {"train": 720, "validation": 80, "test": 200}
    assert sorted(np.concatenate(list(rows.values()))) == list(range(1000))
    assert [labels[rows[part]].mean() for part in dataset.PARTS] == [0.25, 0.25, 0.25]
    assert all((np.diff(part) > 0).all() for part in rows.values())
    assert all((rows[part] == same[part]).all() for part in dataset.PARTS)
    assert (rows["test"] != other["test"]).any()
