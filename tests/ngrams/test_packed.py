"""The n-gram classifier of an exported model, on disk."""

import numpy as np
import pytest
from small_reviews import assert_same

from sentiment.ngrams import packed
from sentiment.system.npz import to_byte_planes

KEYS, WEIGHTS, ZERO = to_byte_planes(np.array([2, 3, 9])), to_byte_planes(np.ones(3)), np.float32(0)


def test_what_is_saved_is_loaded_quantized(tmp_path, classifier, vocabulary):
    packed.save(tmp_path / "ngrams.npz", classifier)
    loaded = packed.load(tmp_path / "ngrams.npz", vocabulary)
    assert_same(loaded, classifier.quantized())
    packed.save(tmp_path / "again.npz", loaded)
    assert (tmp_path / "again.npz").read_bytes() == (tmp_path / "ngrams.npz").read_bytes()


def test_a_missing_or_truncated_file_is_refused(tmp_path, classifier, vocabulary):
    path = tmp_path / "ngrams.npz"
    with pytest.raises(FileNotFoundError):
        packed.load(path, vocabulary)
    packed.save(path, classifier)
    content = path.read_bytes()
    for share in (0, 0.1, 0.5, 0.99):
        path.write_bytes(content[: int(share * len(content))])
        with pytest.raises(ValueError):
            packed.load(path, vocabulary)


@pytest.mark.parametrize(
    "change",
    [
        {"intercept": None},
        {"sizes": [1, 1, 2]},
        {"weights": WEIGHTS[:, :2]},
        {"keys": np.arange(3)},
        {"keys": KEYS[:7]},
        {"sizes": [4, -2, 1]},
        {"sizes": [2**63 - 1, 2**63 - 1, 5]},  # whose sum, in 64 bits, is 3
        {"sizes": [2, 1], "keys": to_byte_planes(np.array([3, -1, 0]))},
        {"sizes": np.zeros(0, int), "keys": KEYS[:, :0], "weights": WEIGHTS[:, :0]},
        {"intercept": np.float32("nan")},
        {"intercept": np.float64(0)},
        {"negation_scope": None},
        {"negation_scope": -1},
    ],
    ids=str,
)
def test_other_arrays_are_refused(tmp_path, vocabulary, change):
    arrays = {"sizes": [1, 1, 1], "keys": KEYS, "weights": WEIGHTS, "intercept": ZERO, "negation_scope": 8}
    path = tmp_path / "ngrams.npz"
    np.savez(path, **arrays)
    assert len(packed.load(path, vocabulary).table) == 3
    np.savez(path, **{name: value for name, value in (arrays | change).items() if value is not None})
    with pytest.raises(ValueError):
        packed.load(path, vocabulary)
