"""Hostile .keras files: layers that run code or take all memory, weights that are elsewhere or missing."""

import io
import json
import zipfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import h5py
import numpy as np

METADATA, CONFIG, WEIGHTS = "metadata.json", "config.json", "model.weights.h5"
DEEP = b"[" * 100_000
FOREIGN: dict[str, dict] = {  # layers and objects that Keras can make, and none of ours needs
    "Lambda": {"function": {"class_name": "__lambda__", "config": {"code": "4wAAAA=="}}},
    "TFSMLayer": {"filepath": "/tmp"},
    "StringLookup": {"vocabulary": "/etc/passwd"},
    "IntegerLookup": {"vocabulary": "/etc/passwd"},
    "TextVectorization": {"vocabulary": "/etc/passwd"},
    "Hashing": {"num_bins": 10**12},
    "TorchModuleWrapper": {"module": "x"},
    "FlaxLayer": {"module": "x"},
    "RandomContrast": {"factor": 1},
    "Sequential": {"layers": []},
    "__lambda__": {"code": "4wAAAA=="},
    "__numpy__": {"value": [0] * 9, "dtype": "object"},
    "__tensor__": {"value": [0], "dtype": "float32"},
    "__typespec__": {"spec_name": "x"},
    "__bytes__": {"value": "x"},
    "function": {"name": "system"},
}
MODULES = ["os", "subprocess", "builtins", "keras.src.utils.file_utils", "tensorflow"]
Change = Callable[[list[dict]], object]


def archives(whole: bytes) -> Iterator[tuple[str, Callable[[Path], object]]]:
    """Yield names, and functions that write to a path, of archives like `whole` with one change each."""
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    changed: dict[str, dict[str, bytes]] = {}
    for name in members:
        changed[f"without {name}"] = {key: value for key, value in members.items() if key != name}
        for what, junk in {"empty": b"", "deep": DEEP, "no object": b"[]", "no UTF-8": b"\xff"}.items():
            changed[f"{name} {what}"] = members | {name: junk}
    changed["another vocabulary"] = members | {METADATA: b'{"vocabulary": []}'}
    for name, config in configurations(members[CONFIG]).items():
        changed[name] = members | {CONFIG: config}
    for name, weights in weight_files(members[WEIGHTS]).items():
        changed[name] = members | {WEIGHTS: weights}
    changed["a member outside"] = members | {"../../outside": b"x"}
    changed["assets"] = members | {"assets/vocabulary.txt": b"x"}
    changed["100,000 members"] = members | {str(number): b"" for number in range(100_000)}
    for name, content in changed.items():
        yield f"model.keras: {name}", partial(pack, content)
    yield "model.keras: compressed", partial(pack, members, compression=zipfile.ZIP_DEFLATED)


def pack(members: dict[str, bytes], path: Path, compression: int = zipfile.ZIP_STORED) -> None:
    """Write a zip archive."""
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, content in members.items():
            archive.writestr(name, content)


def configurations(whole: bytes) -> dict[str, bytes]:
    """Changed copies of config.json, by name."""
    changes: dict[str, Change] = {
        "no layers": lambda layers: layers.clear(),
        "a layer twice": lambda layers: layers.append(layers[-1]),
        "20,000 layers": lambda layers: layers.extend(20_000 * [layers[-1]]),
        "a layer without a class": lambda layers: layers.append({}),
    }
    for name, config in FOREIGN.items():
        layer = {"module": "keras.layers", "class_name": name, "config": {"name": "x", **config}, "name": "x"}
        changes[f"a layer {name}"] = partial(_insert, layer)
    for module in MODULES:
        function = {"module": module, "class_name": "function", "config": "system"}
        changes[f"a function of {module}"] = partial(_set, "Dense", {"activation": function})
    for name, value in {"huge": 10**12, "negative": -1, "infinite": float("inf"), "text": "x"}.items():
        for key in ("input_dim", "output_dim"):
            changes[f"{key} {name}"] = partial(_set, "Embedding", {key: value})
    result = {}
    for name, change in changes.items():
        content = json.loads(whole)
        change(content["config"]["layers"])
        result[name] = json.dumps(content).encode()
    return result


def _insert(layer: dict, layers: list[dict]) -> None:
    layers.insert(1, layer)


def _set(kind: str, change: dict, layers: list[dict]) -> None:
    next(layer for layer in layers if layer["class_name"] == kind)["config"].update(change)


def weight_files(whole: bytes) -> dict[str, bytes]:
    """Changed copies of the weights, by name."""
    path = _largest(whole)
    result = {}
    for name, change in WEIGHT_CHANGES.items():
        buffer = io.BytesIO(whole)
        with h5py.File(buffer, "r+") as file:
            values = file[path][()]
            del file[path]
            change(file, path, values)
        result[name] = buffer.getvalue()
    return result


def _largest(whole: bytes) -> str:
    sizes: dict[str, int] = {}
    with h5py.File(io.BytesIO(whole), "r") as file:
        file.visititems(lambda name, one: sizes.update({name: getattr(one, "size", 0)}))
    return max(sizes, key=lambda name: sizes[name])


def _virtual(file: h5py.File, path: str, values: np.ndarray) -> None:
    layout = h5py.VirtualLayout(values.shape, values.dtype)
    layout[:] = h5py.VirtualSource("/etc/passwd", "x", values.shape)
    file.create_virtual_dataset(path, layout)


def _with_one(values: np.ndarray, number: float) -> np.ndarray:
    values.flat[0] = number
    return values


def _circle(file: h5py.File, path: str, values: np.ndarray) -> None:
    file[path] = values
    file["circle"] = file["/"]


WEIGHT_CHANGES: dict[str, Callable[[h5py.File, str, np.ndarray], object]] = {
    "weights missing": lambda file, path, values: None,
    "weights transposed": lambda file, path, values: file.create_dataset(path, data=values.T),
    "weights cut": lambda file, path, values: file.create_dataset(path, data=values[:-1]),
    "weights of double precision": lambda file, path, values: file.create_dataset(
        path, data=values.astype("f8")
    ),
    "weights as text": lambda file, path, values: file.create_dataset(path, data="x"),
    "weights of no shape": lambda file, path, values: file.create_dataset(path, dtype="f4"),
    "weights not a number": lambda file, path, values: file.create_dataset(
        path, data=_with_one(values, np.nan)
    ),
    "weights infinite": lambda file, path, values: file.create_dataset(path, data=_with_one(values, np.inf)),
    "weights compressed": lambda file, path, values: file.create_dataset(path, data=values, compression=1),
    "weights of 4 TB": lambda file, path, values: file.create_dataset(path, (2**20, 2**20), "f4"),
    "weights of 4 TB in chunks": lambda file, path, values: file.create_dataset(
        path, (2**20, 2**20), "f4", chunks=(64, 64)
    ),
    "weights in another file": lambda file, path, values: file.create_dataset(
        path, values.shape, "f4", external=[("/etc/passwd", 0, h5py.h5f.UNLIMITED)]
    ),
    "weights that are virtual": _virtual,
    "a link to another file": lambda file, path, values: file.update(
        {path: h5py.ExternalLink("/etc/x.h5", "/x")}
    ),
    "a link to nowhere": lambda file, path, values: file.update({path: h5py.SoftLink("/nowhere")}),
    "a group in place of weights": lambda file, path, values: file.create_group(path),
    "weights too many": lambda file, path, values: file.update({path: values, "more": values}),
    "weights under another name": lambda file, path, values: file.update({"more": values}),
    "a circle of groups": _circle,
}
