"""Data augmentation: training reviews with some tokens deleted and some swapped.

Two of the four operations of Wei & Zou 2019, EDA: Easy Data Augmentation, https://arxiv.org/abs/1901.11196;
the other two need a thesaurus. They add copies once; here each epoch has its own, instead of the reviews.
"""

from dataclasses import replace
from itertools import pairwise

import numpy as np

from sentiment.data.dataset import Reviews


def augmented(reviews: Reviews, deletion: float, swap: float, random: np.random.Generator) -> tuple:
    """New Reviews with the same labels, and the index of each of their tokens in the old ones: int64.

    Each token is deleted with the probability `deletion`, though one of a review always stays. Then a share
    `swap` of a review's tokens, rounded to whole pairs, swap places.
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
