import numpy as np
import pytest

from sentiment.system import array_file


@pytest.mark.parametrize("row", [(), (3,)])
@pytest.mark.parametrize("sizes", [(), (0, 2), (5, 1, 1000)])
def test_the_bytes_are_those_of_the_whole_array(tmp_path, row, sizes):
    parts = [np.arange(size * max(1, *row, 1)).reshape(size, *row).astype(np.int32) for size in sizes]
    with array_file.growing(tmp_path / "grown.npy", np.int32, *row) as append:
        for part in parts:
            append(part)
    np.save(tmp_path / "whole.npy", np.concatenate([np.zeros((0, *row), np.int32), *parts]))
    assert (tmp_path / "grown.npy").read_bytes() == (tmp_path / "whole.npy").read_bytes()


def test_after_an_error_there_is_no_file(tmp_path):
    with pytest.raises(ZeroDivisionError), array_file.growing(tmp_path / "a.npy", np.int8) as append:
        append(np.ones(3))
        1 / 0  # noqa: B018
    assert list(tmp_path.iterdir()) == []
