"""A .keras file of ours, checked before Keras loads it: one from elsewhere may be hostile or damaged.

Keras would make any layer that the file names, of any size, and follow the links of HDF5 to other files. So
the layers are compared with a list, the weights with what these layers take, before memory is taken for them.
"""

import io
import json
import math
import warnings
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import h5py
import keras
import numpy as np

from sentiment.system import untrusted

METADATA, CONFIG, WEIGHTS = MEMBERS = "metadata.json", "config.json", "model.weights.h5"
SMALL = 2**20  # bytes of the JSON files, at most; ours have 40,000
MOST = 2**30  # bytes of weights, at most; ours have 25 million
OVERHEAD = 2**20  # bytes that HDF5 takes for the names of the weights, at most
DEPTH, ITEMS = 30, 50_000  # of a configuration, at most; ours have a tenth
NAMES = 2000  # of weights and their groups, at most
LARGEST = 2**16  # number in a configuration, at most, but for the rows of an embedding, and their size
ROWS = 2**26

LAYERS = (
    "Functional InputLayer Embedding SpatialDropout1D Rescaling Concatenate Conv1D MaxPooling1D LSTM "
    "Bidirectional Dropout Dense Chunked MaskedPooling PadSteps PrePadding"
)
OTHERS = (
    "Cast Relu ExpandDims Greater Multiply NotEqual Squeeze DTypePolicy GlorotUniform Orthogonal "
    "RandomUniform Zeros __keras_tensor__"
)
CLASSES = {*LAYERS.split(), *OTHERS.split()}


def read_metadata(archive: zipfile.ZipFile) -> dict[str, Any]:
    """The content of metadata.json; raises ValueError unless the archive holds MEMBERS and nothing else."""
    members = archive.infolist()
    stored = all(member.compress_type == zipfile.ZIP_STORED for member in members)
    if sorted(member.filename for member in members) != sorted(MEMBERS) or not stored:
        raise ValueError("other members")
    return json.loads(untrusted.read_member(archive, METADATA, SMALL))


def check(archive: zipfile.ZipFile) -> list[np.ndarray]:
    """Return the weights in the archive; raises errors of many types unless its layers take just these."""
    config = json.loads(untrusted.read_member(archive, CONFIG, SMALL))
    check_config(config)
    with keras.StatelessScope(initialize_variables=False):  # shapes alone, no memory for them
        outline = keras.saving.deserialize_keras_object(config, safe_mode=True)
    shapes = [tuple(weight.shape) for weight in outline.weights]
    size = 4 * sum(map(math.prod, shapes))
    weights = read_weights(untrusted.read_member(archive, WEIGHTS, min(size + OVERHEAD, MOST)))
    if sorted(weight.shape for weight in weights) != sorted(shapes):
        raise ValueError("weights of other layers")
    return weights


def check_config(config: Any) -> None:
    """Raise ValueError unless the configuration names CLASSES only and no number is too large."""
    if not isinstance(config, dict) or config.get("class_name") != "Functional":
        raise ValueError("no network")
    for count, (key, value, depth) in enumerate(_walk(config)):
        if count > ITEMS or depth > DEPTH:
            raise ValueError("too much of it")
        if key == "class_name" and value not in CLASSES:
            raise ValueError(f"a layer of another kind: {value!r}")
        numeric = isinstance(value, int | float) and key != "shared_object_id"
        if numeric and not abs(value) <= (ROWS if key == "input_dim" else LARGEST):
            raise ValueError(f"{key} is {value}")


def _walk(value: Any, key: str = "", depth: int = 0) -> Iterator[tuple[str, Any, int]]:
    """Yield all that is in a configuration, with the key that it has and its depth."""
    yield key, value, depth
    if depth > DEPTH:
        return
    if isinstance(value, dict):
        for name, one in value.items():
            yield from _walk(one, name, depth + 1)
    elif isinstance(value, list):
        for one in value:
            yield from _walk(one, key, depth + 1)


def read_weights(content: bytes) -> list[np.ndarray]:
    """Return the arrays, float32, in an HDF5 file; raises ValueError for anything else in it."""
    with h5py.File(io.BytesIO(content), "r") as file:
        return [_array(dataset) for dataset in _datasets(file)]


def _datasets(file: h5py.File) -> Iterator[h5py.Dataset]:
    """Yield the datasets in all groups, but follow no link to elsewhere; groups may hold each other."""
    groups, names = [file], 0
    while groups:
        group = groups.pop()
        for name in group:
            names += 1
            if names > NAMES:
                raise ValueError("too many groups")
            if not isinstance(group.get(name, getlink=True), h5py.HardLink):
                raise ValueError("a link to elsewhere")
            one = group[name]
            if isinstance(one, h5py.Group):
                groups.append(one)
            else:
                yield one


def _array(dataset: h5py.Dataset) -> np.ndarray:
    """The values of a dataset; raises ValueError unless they are all there as plain float32, and finite."""
    plain = dataset.chunks is None and not dataset.external and not dataset.is_virtual
    if dataset.dtype != np.float32 or not plain or dataset.id.get_storage_size() != dataset.nbytes:
        raise ValueError("weights that are not stored as plain numbers")
    values = dataset[()]
    if not np.isfinite(values).all():
        raise ValueError("weights that are not finite")
    return values


def load(path: str | Path, weights: list[np.ndarray]) -> keras.Model:
    """Let Keras load what `check` has returned the weights of; raises ValueError where it takes others."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of weights without a layer, which is an error here
        network = keras.saving.load_model(path, compile=False, safe_mode=True)
    loaded = sorted(weight.numpy().tobytes() for weight in network.weights)
    if loaded != sorted(weight.tobytes() for weight in weights):
        raise ValueError("weights that have no layer")
    return network
