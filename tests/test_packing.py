import numpy as np
import pytest

from sentiment.packing import numbers, planes


def test_numbers_come_back():
    values = np.array([0, 1, 255, 256, -1, 2**62, -(2**63)])
    packed = planes(values)
    assert (packed.shape, packed.dtype) == ((8, 7), np.uint8)
    np.testing.assert_array_equal(numbers(packed), values)
    assert numbers(planes(values[:0])).tolist() == []


@pytest.mark.parametrize("other", [np.zeros((7, 3), np.uint8), np.zeros((8, 3)), np.zeros(8, np.uint8)])
def test_other_arrays_are_refused(other):
    with pytest.raises(ValueError, match="not the bytes of whole numbers"):
        numbers(other)
