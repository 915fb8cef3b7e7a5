"""Which n-grams are frequent: counted a block of reviews at a time, on any engine."""

from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa

from sentiment.data.dataset import Reviews
from sentiment.data.negation import Negation
from sentiment.engine.base import Engine
from sentiment.engine.serial import HERE
from sentiment.ngrams.lookup import HASH_FACTOR, distinct
from sentiment.ngrams.table import Table, review_of_token

BUCKET, BUCKETS = 2**22, 512  # tokens whose n-grams share a bucket, and buckets, each an open file, at most


def count(
    reviews: Reviews,
    negation: Negation,
    max_ngram: int,
    min_count: int,
    engine: Engine = HERE,
    folder: Path | None = None,
) -> Table:
    """Find the n-grams of 1 to `max_ngram` tokens that occur in at least `min_count` reviews.

    Tokens that `negation` marks count as other tokens. No n-gram occurs in more reviews than the two shorter
    ones in it, so each n is counted only where these were frequent enough (Agrawal & Srikant 1994, Fast
    Algorithms for Mining Association Rules). Counts wait on disk, in `folder` or where the system keeps
    temporary files, to be added up in buckets: rare n-grams are too many to be held at once.
    """
    table, buckets = Table(negation, ()), min(BUCKETS, 1 + len(reviews.ids) // BUCKET)
    for n in range(1, max_ngram + 1):
        parts = map(table.longer, reviews.blocks())
        in_reviews, frequent = partial(_in_reviews, buckets), partial(_frequent, min_count)
        with engine.shuffle(in_reviews, parts, buckets, folder, f"count {n}-grams") as counted:
            keys = np.concatenate([np.zeros(0, np.int64), *engine.map(frequent, counted, f"{n}-grams")])
        table = Table(negation, (*table.keys, np.sort(keys)))
    return table


def _in_reviews(buckets: int, reviews: Reviews) -> pa.Table:
    """In how many reviews each key occurs, of those that `Table.longer` returns, and its bucket."""
    held = reviews.ids >= 0
    key, _ = distinct(reviews.ids[held], review_of_token(reviews)[held])
    first = np.flatnonzero(np.diff(key, prepend=-1))
    key, often = key[first], np.diff(first, append=len(key))
    bucket = (key.astype(np.uint64) * HASH_FACTOR >> np.uint64(32)) % np.uint64(buckets)
    return pa.table({"bucket": bucket.astype(np.int16), "key": key, "reviews": often.astype(np.int32)})


def _frequent(min_count: int, counted: pa.Table) -> np.ndarray:
    """The keys of a bucket that occur in at least `min_count` reviews in all, int64."""
    key, reviews = counted["key"].to_numpy(), counted["reviews"].to_numpy()
    order = np.argsort(key)
    key = key[order]
    first = np.flatnonzero(np.diff(key, prepend=-1))
    often = np.add.reduceat(reviews[order], first) if len(first) else first
    return key[first[often >= min_count]]
