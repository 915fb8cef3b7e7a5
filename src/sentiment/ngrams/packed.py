"""The n-gram classifier of an exported model: a small .npz file, read without pandas or pyarrow."""

from itertools import pairwise
from pathlib import Path

import numpy as np

from sentiment.data.negation import Negation
from sentiment.data.vocabulary import Vocabulary
from sentiment.ngrams.table import Classifier, Table, dequantize, quantize
from sentiment.system import npz

MAX_NGRAM = 100  # tokens; ours have 3
KINDS = {  # dtype and number of dimensions
    "sizes": ("<i8", 1),
    "keys": ("|u1", 2),
    "weights": ("|u1", 2),
    "intercept": ("<f4", 0),
    "negation_scope": ("<i8", 0),
}


def save(path: Path, classifier: Classifier) -> None:
    """Write keys as their differences, which compress well, and quantized weights."""
    keys = classifier.table.keys
    np.savez_compressed(
        path,
        sizes=np.array([len(some) for some in keys]),
        keys=npz.to_byte_planes(np.concatenate([np.diff(some, prepend=0) for some in keys])),
        weights=npz.to_byte_planes(quantize(classifier.weights)),
        intercept=np.float32(classifier.intercept),
        negation_scope=np.int64(classifier.table.negation.scope),
    )


def load(path: Path, vocabulary: Vocabulary) -> Classifier:
    """Read what `save` wrote, for that `vocabulary`; raises ValueError or FileNotFoundError otherwise."""
    content = npz.load(path, KINDS)
    differences, weights = (npz.from_byte_planes(content[name]) for name in ("keys", "weights"))
    sizes = content["sizes"]
    bounds = np.cumsum([0, *sizes])
    possible = ((sizes >= 0) & (sizes <= len(weights))).all()  # else their sum could overflow
    if not (possible and len(differences) == len(weights) == bounds[-1]):
        raise ValueError("arrays of different lengths")
    keys = tuple(np.cumsum(differences[start:end]) for start, end in pairwise(bounds))
    ascending = all((np.diff(some, prepend=-1) > 0).all() for some in keys)
    scope = int(content["negation_scope"])
    if not (0 < len(keys) <= MAX_NGRAM and ascending and scope >= 0 and np.isfinite(content["intercept"])):
        raise ValueError("no classifier")
    table = Table(Negation.of(vocabulary, scope), keys)
    return Classifier(table, dequantize(weights), float(content["intercept"]))
