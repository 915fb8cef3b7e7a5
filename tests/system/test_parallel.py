"""system/parallel.py: the same as a loop, in the same order."""

import pytest

from sentiment.system.parallel import BLOCK, parallel_map


@pytest.mark.parametrize("count", [0, 1, 2 * BLOCK + 1])
def test_results_are_in_the_order_of_the_items(count):
    assert parallel_map(str, range(count), "numbers") == [str(number) for number in range(count)]
