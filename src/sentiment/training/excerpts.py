"""Any sentences of reviews, whatever they say, with the label of their review."""

from dataclasses import dataclass

import numpy as np

from sentiment.data.dataset import Reviews


@dataclass(frozen=True)
class Excerpts:
    """Sentences of `reviews`, of which `number` are drawn at once, or all if there are fewer.

    bounds: int64 (sentences, 3), start, end and review of each sentence.
    """

    reviews: Reviews
    bounds: np.ndarray
    number: int

    def draw(self, random: np.random.Generator) -> tuple[Reviews, np.ndarray]:
        """Some of them, and the place of each of their tokens in the ids of the reviews: int64 (tokens)."""
        chosen = np.sort(random.permutation(len(self.bounds))[: self.number])
        starts, ends, whole = self.bounds[chosen].T
        offsets = np.concatenate([[0], np.cumsum(ends - starts)])
        tokens = np.arange(offsets[-1]) + np.repeat(starts - offsets[:-1], ends - starts)
        reviews = self.reviews
        return Reviews(reviews.ids[tokens], offsets, reviews.labels[whole], reviews.rows[whole]), tokens
