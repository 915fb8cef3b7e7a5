"""Training reviews with some tokens deleted and some swapped: the same verdict in other words.

Two of the operations of Wei & Zou 2019, EDA: Easy Data Augmentation, https://arxiv.org/abs/1901.11196; the
other two want a thesaurus. They add copies once; here each epoch has its own, in place of the reviews.
"""

from dataclasses import replace
from itertools import pairwise

import numpy as np

from sentiment.data.dataset import Reviews


def augmented(reviews: Reviews, deletion: float, swap: float, random: np.random.Generator) -> tuple:
    """Return other Reviews with the same labels, and which token of the old each new one is: int64 (tokens).

    Each token goes with the probability `deletion`, though one of a review always stays. Then a share `swap`
    of a review's tokens, rounded to whole pairs, change places.
    """
    kept = random.random(len(reviews.ids)) >= deletion
    kept[reviews.offsets[:-1] + random.integers(reviews.lengths)] = True
    tokens = np.flatnonzero(kept)
    offsets = np.concatenate([[0], np.cumsum(kept)])[reviews.offsets]
    for start, end in pairwise(offsets):
        pairs = round(swap * (end - start) / 2)
        if pairs:
            places = start + random.permutation(end - start)[: 2 * pairs]
            tokens[places] = tokens[np.roll(places, pairs)]
    return replace(reviews, ids=reviews.ids[tokens], offsets=offsets), tokens
