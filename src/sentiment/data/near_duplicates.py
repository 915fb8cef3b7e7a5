"""Reviews that are nearly the same, such as one posted twice with a few words changed.

MinHash with locality-sensitive hashing finds candidates, which are then compared exactly. Broder 1997, On the
resemblance and containment of documents, https://doi.org/10.1109/SEQUEN.1997.666900.
"""

import re
import zlib
from collections.abc import Sequence
from typing import Any

import numpy as np

from sentiment.system.parallel import parallel_map

WORDS = 5  # of a shingle
THRESHOLD = 0.5  # the Jaccard similarity above which two reviews are near-duplicates
BANDS, ROWS = 64, 2  # of hashes: a pair at the threshold is overlooked once in 100 million times


def first_of_each(texts: Sequence[str]) -> np.ndarray:
    """Return for each text the row of the first of its near-duplicates, itself included: int (texts).

    What is nearly the same as a near-duplicate counts as one, too.
    """
    # Imported here, as it takes a second and prediction does without.
    from datasketch import MinHashLSH

    index = MinHashLSH(num_perm=BANDS * ROWS, params=(BANDS, ROWS))
    pairs = [(row, row) for row in range(len(texts))]
    for row, sketch in enumerate(parallel_map(_sketch, texts, "near-duplicates")):
        pairs += [(row, other) for other in index.query(sketch) if _similar(texts[row], texts[other])]
        index.insert(row, sketch, check_duplication=False)
    return _first_connected(np.array(pairs))


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


def _sketch(text: str) -> Any:
    from datasketch import LeanMinHash, MinHash

    sketch = MinHash(BANDS * ROWS, hashfunc=zlib.crc32, scheme="affine32")
    sketch.update_batch(shingle.encode() for shingle in _shingles(text))
    return LeanMinHash(sketch)


def _similar(one: str, other: str) -> bool:
    first, second = _shingles(one), _shingles(other)
    return len(first & second) > THRESHOLD * len(first | second)


def _shingles(text: str) -> set[str]:
    """All runs of WORDS words, whatever their case; of a shorter text, all it has."""
    words = re.findall(r"\w+", text.lower()) or [text]
    return {" ".join(words[start : start + WORDS]) for start in range(max(1, len(words) - WORDS + 1))}
