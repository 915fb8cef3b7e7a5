"""Reviews that are nearly the same, such as one posted twice with a few words changed.

MinHash with locality-sensitive hashing finds candidates, which are then compared exactly. Broder 1997, On the
resemblance and containment of documents, https://doi.org/10.1109/SEQUEN.1997.666900.
"""

import re
import zlib
from collections.abc import Sequence
from itertools import chain
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.lib.stride_tricks import sliding_window_view

from sentiment.data.clean_reviews import CleanReviews
from sentiment.engine.base import Engine

WORDS = 5  # of a shingle
THRESHOLD = 0.5  # the Jaccard similarity above which two reviews are near-duplicates
BANDS, ROWS = 64, 2  # of hashes: reviews at the threshold agree in 16 bands on average, most others in none
SHARED = 3  # bands in which candidates agree: a pair at the threshold is overlooked once in 400,000 times
NEIGHBOURS = 20  # among reviews with the same hash that each makes pairs with; chains connect the others
PAIRS = 20_000  # that are compared together: their texts are in memory
PART = 500  # of these pairs

RANDOM = np.random.default_rng(0)
POWERS = RANDOM.integers(2**63, size=WORDS, dtype=np.uint64) | np.uint64(1)  # of the words of a shingle
FACTORS = RANDOM.integers(2**32, size=(BANDS * ROWS, 1), dtype=np.uint32) | np.uint32(1)  # odd: permutations
TERMS = RANDOM.integers(2**32, size=(BANDS * ROWS, 1), dtype=np.uint32)


def first_of_each(reviews: CleanReviews, engine: Engine, folder: Path) -> np.ndarray:
    """Return for each review the row of the first of its near-duplicates, itself included: int (reviews).

    What is nearly the same as a near-duplicate counts as one, too. Hashes wait on disk, in `folder`.
    """
    pairs = [np.arange(len(reviews)).repeat(2).reshape(-1, 2)]
    candidates = _candidates(reviews, engine, folder)
    for start in range(0, len(candidates), PAIRS):
        some = candidates[start : start + PAIRS]
        rows, places = np.unique(some, return_inverse=True)
        texts = list(chain.from_iterable(part.to_pylist() for part in reviews.parts(rows)))
        both = [(texts[one], texts[other]) for one, other in places.tolist()]
        parts = (both[start : start + PART] for start in range(0, len(both), PART))
        similar = list(chain(*engine.map(_similar, parts, "comparing near-duplicates", len(both))))
        pairs.append(some[similar])
    return _first_connected(np.concatenate(pairs))


def merged(groups: Sequence[str], first: np.ndarray) -> np.ndarray:
    """Return the group of each review: groups that share near-duplicates have one name, object (reviews).

    first: as `first_of_each` returns it.
    """
    names, numbers = np.unique(np.array(groups, object), return_inverse=True)
    return names[_first_connected(np.stack([numbers, numbers[first]], axis=1))][numbers]


def _first_connected(pairs: np.ndarray) -> np.ndarray:
    """Return the first of all nodes that each node is connected to; each occurs in int (pairs, 2)."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    nodes = pairs.max() + 1
    graph = coo_array((np.ones(len(pairs), bool), tuple(pairs.T)), (nodes, nodes))
    component = connected_components(graph, directed=False)[1]
    return np.unique(component, return_index=True)[1][component]


def _candidates(reviews: CleanReviews, engine: Engine, folder: Path) -> np.ndarray:
    """The rows of reviews that agree in SHARED bands: int (pairs, 2), in their order."""
    with engine.shuffle(_hashes, reviews.parts(), BANDS, folder, "near-duplicates") as bands:
        pairs = np.concatenate(list(engine.map(_agreeing, bands, "comparing hashes", BANDS * len(reviews))))
    pairs.sort()
    start = np.flatnonzero(np.diff(pairs, prepend=-1))
    often = np.diff(start, append=len(pairs)) >= SHARED
    return np.stack(np.divmod(pairs[start[often]], 2**32), axis=1)


def _hashes(texts: pa.StringArray) -> pa.Table:
    """The hash of each text in each band, which is its bucket; within a band in the order of the texts."""
    sketches = np.stack(list(map(_sketch, texts.to_pylist())), axis=1)
    mixed = sketches.reshape(BANDS, ROWS, -1) * POWERS[:ROWS, None]
    hashes = (mixed.sum(axis=1) >> np.uint64(32)).astype(np.uint32)
    return pa.table({"bucket": np.arange(BANDS, dtype=np.uint8).repeat(len(texts)), "hash": hashes.ravel()})


def _sketch(text: str) -> np.ndarray:
    """The MinHash of a text: uint32 (BANDS * ROWS)."""
    words = np.array([zlib.crc32(word.encode()) for word in _words(text)], np.uint64)
    shingles = sliding_window_view(words, min(WORDS, len(words)))
    hashes = (shingles * POWERS[: shingles.shape[1]]).sum(axis=1) >> np.uint64(32)
    return (FACTORS * hashes.astype(np.uint32) + TERMS).min(axis=1)


def _agreeing(band: pa.Table) -> np.ndarray:
    """Pairs of rows with the same hash in a band, each as 2**32 * first + second: int64 (pairs)."""
    hashes = band["hash"].to_numpy()
    order = np.argsort(hashes, kind="stable")
    ordered, pairs = hashes[order], [np.zeros(0, np.int64)]
    for distance in range(1, NEIGHBOURS + 1):
        (same,) = np.nonzero(ordered[distance:] == ordered[:-distance])
        pairs.append(order[same] * 2**32 + order[same + distance])
    return np.concatenate(pairs)


def _similar(texts: list[tuple[str, str]]) -> list[bool]:
    """Whether the two texts of each pair are near-duplicates."""
    shingles = ((_shingles(one), _shingles(other)) for one, other in texts)
    return [len(one & other) > THRESHOLD * len(one | other) for one, other in shingles]


def _shingles(text: str) -> set[str]:
    """All runs of WORDS words, whatever their case; of a shorter text, all it has."""
    words = _words(text)
    return {" ".join(words[start : start + WORDS]) for start in range(max(1, len(words) - WORDS + 1))}


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower()) or [text]
