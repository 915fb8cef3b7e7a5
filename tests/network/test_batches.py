import re
from pathlib import Path

import numpy as np

from sentiment.data import dataset
from sentiment.network.batches import Batches


def shapes(batches):
    return [tuple(batches.reviews.padded(batch).shape) for batch in batches.batches]


def test_without_a_seed_they_go_by_length(reviews):
    batches = Batches(reviews, 16)
    assert [len(labels) for _, labels in batches] == [16, 16, 16, 12]
    assert [shape[1] for shape in shapes(batches)] == [16, 32, 48, 60]
    assert sorted(batches.order) == list(range(60))


def test_a_batch_is_what_keras_takes(reviews):
    ids, labels = next(iter(Batches(reviews, 16)))
    assert (ids.dtype, ids.shape, labels.dtype, labels.shape) == (np.int32, (16, 16), np.float32, (16, 1))
    assert (ids[0] == 0).sum() == 15


def test_shuffled_batches_hold_like_lengths_and_every_review_once(reviews):
    batches = Batches(reviews, 8, seed=1, epoch=0)
    assert sorted(batches.order) == list(range(60))
    spread = [np.ptp(reviews.lengths[batch]) for batch in batches.batches]
    assert max(spread) <= 8
    assert [shape[1] for shape in shapes(batches)] != sorted(shape[1] for shape in shapes(batches))


def test_the_order_depends_on_seed_and_epoch_alone(reviews):
    orders = [
        Batches(reviews, 8, seed, epoch).order.tolist() for seed, epoch in [(1, 0), (1, 0), (1, 1), (2, 0)]
    ]
    assert orders[0] == orders[1]
    assert orders[0] != orders[2]
    assert orders[0] != orders[3]


def test_keras_gets_batches_of_any_length_even_if_the_first_are_alike(reviews):
    batches = Batches(reviews, 8, seed=1)
    batches.batches = [batches.batches[0], batches.batches[0], batches.batches[0], *batches.batches]
    stream = batches.stream()
    assert int(stream.cardinality()) == len(batches.batches)
    for (ids, labels), (expected_ids, expected_labels) in zip(stream, batches, strict=True):
        np.testing.assert_array_equal(ids, expected_ids)
        np.testing.assert_array_equal(labels, expected_labels)


def test_votes_come_beside_their_tokens(reviews):
    votes = np.stack([reviews.ids, -reviews.ids], axis=1).astype(np.float16)
    for (ids, padded), labels in Batches(reviews, 16, seed=1, votes=votes).stream():
        np.testing.assert_array_equal(padded, np.stack([ids, -ids], axis=2))
        assert padded.dtype == np.float32
        assert len(labels) == len(ids)


def test_workers_share_every_batch_of_a_few_reviews_too(reviews):
    whole = Batches(reviews, 59, seed=1).batches
    assert sorted(map(len, whole)) == [1, 59]
    shares = [Batches(reviews, 59, seed=1) for _ in range(3)]
    counts = [batches.share(rank, 3) for rank, batches in enumerate(shares)]
    for number, batch in enumerate(whole):
        kept = [share.batches[number][: count[number]] for share, count in zip(shares, counts, strict=True)]
        assert sorted(np.concatenate(kept)) == sorted(batch)
        assert all(len(share.batches[number]) for share in shares)
        assert np.ptp(list(map(len, kept))) <= 1


def test_alone_a_worker_has_all(reviews):
    batches = Batches(reviews, 16, seed=1)
    before = [batch.tolist() for batch in batches.batches]
    assert batches.share(0, 1) == list(map(len, before))
    assert [batch.tolist() for batch in batches.batches] == before


def test_a_mapped_file_takes_no_more_memory_than_a_batch(tmp_path):
    several = 1000  # reviews, of which each fills pages of its own
    arrays = [np.full(1024, index, np.int32) for index in range(several)]
    dataset.ragged(arrays, np.arange(several) % 2, np.arange(several)).save(tmp_path)
    mapped = dataset.load(tmp_path)
    for _ in Batches(mapped, batch_size=10, seed=0):
        pass
    assert resident(tmp_path / "ids.npy") < several * 4096 // 10


def resident(file: Path) -> int:
    """Bytes of memory that this process has of a mapped file."""
    mappings = Path("/proc/self/smaps").read_text().split(f"{file}\n")[1:]
    assert mappings
    return sum(1024 * int(re.search(r"^Rss: +(\d+) kB$", one, re.M)[1]) for one in mappings)
