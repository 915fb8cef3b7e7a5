"""Keras's imdb.npz: read as NumPy writes it, and nothing else, for a pickle can run anything."""

import io
import pickle
import zipfile
from pathlib import Path

import numpy as np
import pytest

from sentiment.data import keras_imdb
from sentiment.errors import UserError

random = np.random.default_rng(0)
RANKS = {
    part: [random.integers(1, 90, length).tolist() for length in range(n)]
    for part, n in {"train": 50, "test": 30}.items()
}
LABELS = {part: np.arange(len(ranks)) % 2 for part, ranks in RANKS.items()}


def arrays(**changes) -> dict:
    content = {f"x_{part}": np.array(RANKS[part], object) for part in keras_imdb.PARTS}
    return content | {f"y_{part}": LABELS[part] for part in keras_imdb.PARTS} | changes


@pytest.fixture
def path(tmp_path) -> Path:
    """A file like Keras's."""
    np.savez(tmp_path / "imdb.npz", **arrays())
    return tmp_path / "imdb.npz"


def replace_pickle(path: Path, content: bytes) -> None:
    """Put a pickle in place of the training reviews'."""
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(header, {"descr": "|O", "fortran_order": False, "shape": (50,)})
    with zipfile.ZipFile(path) as old:
        members = {name: old.read(name) for name in old.namelist()}
    with zipfile.ZipFile(path, "w") as new:
        for name, data in (members | {"x_train.npy": header.getvalue() + content}).items():
            new.writestr(name, data)


@pytest.mark.parametrize("protocol", range(6))
def test_reviews_and_labels_come_from_every_protocol_of_pickles(path, protocol):
    """Keras's file is from an older NumPy and an older Python."""
    replace_pickle(path, pickle.dumps(np.array(RANKS["train"], object), protocol))
    for part, (reviews, labels) in keras_imdb.read(path).items():
        assert reviews == RANKS[part]
        assert (labels.tolist(), labels.dtype) == (LABELS[part].tolist(), np.int8)


class Touch:
    """Unpickled in the usual way, it makes a file."""

    def __init__(self, path: Path):
        self.path = path

    def __reduce__(self):
        return (Path.touch, (self.path,))


@pytest.mark.parametrize("inside", [False, True])
def test_a_pickle_that_would_run_something_is_refused_and_runs_nothing(path, inside):
    trap = Touch(path.with_name("ran"))
    replace_pickle(path, pickle.dumps(np.array([trap] * 50) if inside else trap))
    with pytest.raises(UserError, match=r"not Keras's imdb\.npz: it asks for pathlib"):
        keras_imdb.read(path)
    assert not path.with_name("ran").exists()
    pickle.loads(pickle.dumps(trap))
    assert path.with_name("ran").exists()


@pytest.mark.parametrize("name", ["numpy.load", "numpy.core.multiarray.fromfile", "builtins.eval"])
def test_no_other_name_is_known(path, name):
    module, _, function = name.rpartition(".")
    replace_pickle(path, f"c{module}\n{function}\n(S'x'\ntR.".encode())
    with pytest.raises(UserError, match=f"it asks for {name}"):
        keras_imdb.read(path)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"x_train": np.array([["word"], [1, 2]] * 25, object)},
            "x_train holds other things than lists of ranks",
        ),
        ({"x_train": np.array([[0], [1, 2]] * 25, object)}, "x_train holds other things than lists of ranks"),
        ({"x_train": np.arange(50)}, "not Keras's imdb.npz"),
        ({"y_test": np.arange(30)}, "y_test holds other labels than 0 and 1"),
        ({"y_train": np.zeros(49, int)}, "50 reviews but 49 labels in its part train"),
    ],
)
def test_another_content_is_refused(tmp_path, changes, message):
    np.savez(tmp_path / "imdb.npz", **arrays(**changes))
    with pytest.raises(UserError, match=message):
        keras_imdb.read(tmp_path / "imdb.npz")


def test_a_damaged_or_missing_file_is_refused(path):
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(UserError, match=r"not Keras's imdb\.npz"):
        keras_imdb.read(path)
    path.unlink()
    with pytest.raises(UserError, match="no such file"):
        keras_imdb.read(path)
