import zipfile

import numpy as np
import pytest

from sentiment.system.npz import from_byte_planes, load, to_byte_planes


def test_byte_planes_round_trip():
    values = np.array([0, 1, 255, 256, -1, 2**62, -(2**63)])
    planes = to_byte_planes(values)
    assert (planes.shape, planes.dtype) == ((8, 7), np.uint8)
    np.testing.assert_array_equal(from_byte_planes(planes), values)
    assert from_byte_planes(to_byte_planes(values[:0])).tolist() == []


def test_small_numbers_have_zeros_in_all_high_planes():
    planes = to_byte_planes(np.array([-3, 5, -100]))
    assert planes[0].tolist() == [5, 10, 199]
    assert not planes[1:].any()


def test_another_number_of_planes_is_refused():
    with pytest.raises(ValueError, match="expected 8 byte planes"):
        from_byte_planes(np.zeros((7, 3), np.uint8))


KINDS = {"one": ("<f4", 0), "many": ("|u1", 2)}
ARRAYS = {"one": np.float32(1), "many": np.zeros((2, 3), np.uint8)}


def test_arrays_of_the_right_kinds(tmp_path):
    np.savez_compressed(tmp_path / "some.npz", **ARRAYS, other=0)
    for name, array in load(tmp_path / "some.npz", KINDS).items():
        np.testing.assert_array_equal(array, ARRAYS[name])


@pytest.mark.parametrize("change", [{"one": 1}, {"one": "1"}, {"one": [np.float32(1)]}, {"many": [[1.0]]}])
def test_arrays_of_other_kinds_are_refused(tmp_path, change):
    np.savez(tmp_path / "some.npz", **ARRAYS | change)
    with pytest.raises(ValueError, match="arrays of another kind"):
        load(tmp_path / "some.npz", KINDS)


def test_what_is_no_such_file_is_refused(tmp_path):
    path = tmp_path / "some.npz"
    with pytest.raises(FileNotFoundError):
        load(path, KINDS)
    with path.open("wb") as file:
        np.save(file, ARRAYS["one"])  # one array, not several
    with pytest.raises(ValueError, match="unreadable"):
        load(path, KINDS)
    huge = b"{'descr': '<f4', 'fortran_order': False, 'shape': (%d,)}\n" % 10**15
    with zipfile.ZipFile(path, "w") as archive:
        for name in KINDS:
            header = b"\x93NUMPY\x01\x00" + len(huge).to_bytes(2, "little") + huge
            archive.writestr(f"{name}.npy", header)
    with pytest.raises(ValueError, match="unreadable"):
        load(path, KINDS)
    with zipfile.ZipFile(path, "w") as archive:
        for name in KINDS:
            archive.writestr(name, b"bytes")  # and not an array
    with pytest.raises(ValueError, match="arrays of another kind"):
        load(path, KINDS)
