"""From the texts of a corpus, a part at a time, to the counts of its tokens and to their ids."""

import zlib
from collections import Counter
from collections.abc import Iterable
from functools import partial
from itertools import chain
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sentiment.data.vocabulary import Vocabulary
from sentiment.engine.base import Engine

BUCKETS = 64  # of tokens, each of which is counted as a whole


class Encoded(NamedTuple):
    """n reviews as ids, and what is counted in them.

    ids and offsets: those of `dataset.Reviews`.
    counts: int32 (n, 4), of each review the number of tokens, 1 if it is truncated, the number of its ids,
        and that of the ids that mean an unknown token.
    """

    ids: np.ndarray
    offsets: np.ndarray
    counts: np.ndarray


def fit(
    vocabulary: Vocabulary,
    training: Iterable[pa.StringArray],
    size: int,
    min_count: int,
    engine: Engine,
    folder: Path,
) -> Vocabulary:
    """Return `vocabulary` with the tokens that `Vocabulary.fit` takes from the texts of the training part.

    No process holds all counts, as there is no end of rare tokens: each bucket of them is counted, and loses
    the rare ones, on its own. They wait on disk, in `folder`.
    """
    counts: dict[str, int] = {}
    if vocabulary.numbering != "hash":
        count, frequent = partial(_count, vocabulary), partial(_frequent, min_count)
        with engine.shuffle(count, training, BUCKETS, folder, "count tokens") as buckets:
            for some in engine.map(frequent, buckets, "vocabulary"):
                counts |= some
    return vocabulary.fit(counts, size, min_count)


def encode(vocabulary: Vocabulary, texts: pa.StringArray) -> Encoded:
    """Tokenize and encode some texts."""
    return encode_tokens(vocabulary, list(map(vocabulary.tokenize, texts.to_pylist())))


def encode_tokens(vocabulary: Vocabulary, reviews: list[list[str]]) -> Encoded:
    """Encode the tokens of some reviews."""
    ids = list(map(vocabulary.encode, reviews))
    offsets = np.cumsum([0, *map(len, ids)])
    together = np.concatenate(ids)
    unknown = np.add.reduceat(together == vocabulary.unknown, offsets[:-1], dtype=np.int32)
    tokens, truncated = list(map(len, reviews)), list(map(vocabulary.truncates, reviews))
    counts = np.column_stack([tokens, truncated, np.diff(offsets), unknown])
    return Encoded(together, offsets, counts.astype(np.int32))


def _count(vocabulary: Vocabulary, texts: pa.StringArray) -> pa.Table:
    """How often each token occurs in some texts, and its bucket."""
    counts = Counter(chain.from_iterable(map(vocabulary.tokenize, texts.to_pylist())))
    buckets = [zlib.crc32(token.encode()) % BUCKETS for token in counts]
    return pa.table(
        {
            "token": pa.array(counts, pa.string()),
            "count": pa.array(counts.values(), pa.int64()),
            "bucket": pa.array(buckets, pa.uint8()),
        }
    )


def _frequent(min_count: int, counts: pa.Table) -> dict[str, int]:
    """The tokens of a bucket that occur at least `min_count` times in all, and how often."""
    summed = counts.group_by("token").aggregate([("count", "sum")])
    kept = summed.filter(pc.field("count_sum") >= min_count)
    return dict(zip(kept["token"].to_pylist(), kept["count_sum"].to_pylist(), strict=True))
