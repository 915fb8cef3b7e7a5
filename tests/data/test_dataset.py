import numpy as np
import pytest

from sentiment.data import dataset
from sentiment.errors import UserError


def reviews():
    arrays = [np.array(ids, np.int32) for ids in ([2, 3, 4], [5], [6, 7])]
    return dataset.ragged(arrays, np.array([1, 0, 1]), np.array([10, 20, 30]))


def test_ragged_reviews_are_one_array_and_offsets():
    part = reviews()
    assert len(part) == 3
    assert part[2].tolist() == [6, 7]
    assert part.lengths.tolist() == [3, 1, 2]
    assert [array.dtype for array in (part.ids, part.offsets, part.labels, part.rows)] == [
        np.int32,
        np.int64,
        np.int8,
        np.int32,
    ]


def test_padding_is_on_the_right_to_the_longest():
    batch = reviews().padded(np.array([1, 2]))
    assert batch.tolist() == [[5, 0], [6, 7]]
    assert batch.dtype == np.int32


def test_they_come_back_memory_mapped(tmp_path):
    reviews().save(tmp_path / "train")
    part = dataset.load(tmp_path / "train")
    assert isinstance(part.ids, np.memmap)
    assert part.ids.tolist() == reviews().ids.tolist()
    assert part.rows.tolist() == [10, 20, 30]


@pytest.mark.parametrize(
    "damage",
    [
        lambda path: path.unlink(),
        lambda path: path.write_bytes(b"junk"),
        lambda path: path.write_bytes(b""),
    ],
)
def test_damaged_folder_is_refused(tmp_path, damage):
    reviews().save(tmp_path / "train")
    damage(tmp_path / "train" / "labels.npy")
    with pytest.raises(UserError, match="no tokenized reviews"):
        dataset.load(tmp_path / "train")


def test_the_split_is_disjoint_complete_and_stratified():
    labels = np.array([1, 0, 0, 0] * 250)
    rows = dataset.split(labels, test=0.2, validation=0.1, seed=7)
    assert {part: len(rows[part]) for part in dataset.PARTS} == {"train": 720, "validation": 80, "test": 200}
    assert sorted(np.concatenate(list(rows.values()))) == list(range(1000))
    assert [labels[rows[part]].mean() for part in dataset.PARTS] == [0.25, 0.25, 0.25]
    assert all((np.diff(part) > 0).all() for part in rows.values())


def test_the_split_depends_on_the_seed_alone():
    labels = np.array([0, 1] * 50)
    one, same, other = (dataset.split(labels, 0.2, 0.1, seed) for seed in (1, 1, 2))
    assert all((one[part] == same[part]).all() for part in dataset.PARTS)
    assert (one["test"] != other["test"]).any()


def test_too_few_reviews_to_split():
    with pytest.raises(UserError, match=r"^3 reviews cannot be split as params.yaml's split says"):
        dataset.split(np.array([0, 1, 1]), 0.2, 0.1, 1)
