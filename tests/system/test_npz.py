"""system/npz.py: integers in byte planes, and hostile files; tests/ngrams holds the damaged ones."""

import zipfile

import numpy as np
import pytest

from sentiment.system.npz import from_byte_planes, load, to_byte_planes

HUGE = b"{'descr': '<f4', 'fortran_order': False, 'shape': (%d,)}\n" % 10**15


def test_byte_planes_round_trip_and_are_zero_above_small_numbers():
    values = np.array([0, 1, 255, 256, -1, 2**62, -(2**63)])
    planes = to_byte_planes(values)
    assert (planes.shape, planes.dtype) == ((8, 7), np.uint8)
    np.testing.assert_array_equal(from_byte_planes(planes), values)
    planes = to_byte_planes(np.array([-3, 5, -100]))
    assert planes[0].tolist() == [5, 10, 199]
    assert not planes[1:].any()


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("one.npy", b"\x93NUMPY\x01\x00" + len(HUGE).to_bytes(2, "little") + HUGE, "unreadable"),
        ("one", b"bytes", "unreadable"),  # and no array
    ],
)
def test_a_hostile_file_is_refused(tmp_path, name, content, message):
    with zipfile.ZipFile(tmp_path / "some.npz", "w") as archive:
        archive.writestr(name, content)
    with pytest.raises(ValueError, match=message):
        load(tmp_path / "some.npz", {"one": ("<f4", 0)})
