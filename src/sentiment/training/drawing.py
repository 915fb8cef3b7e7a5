"""What is drawn at random."""

from collections.abc import Sequence
from typing import TypeVar

import numpy as np

One = TypeVar("One")


def one(random: np.random.Generator, options: Sequence[One]) -> One:
    """One of the options."""
    return options[int(random.integers(len(options)))]


def some(random: np.random.Generator, items: Sequence[One], number: int) -> list[One]:
    """That many of the items, without repetition, or all if there are fewer."""
    return [items[index] for index in random.permutation(len(items))[:number]]
