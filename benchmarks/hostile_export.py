"""Hostile folders of an exported model, whose checksums are right."""

import io
import json
import shutil
import zipfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import hostile_onnx
from sentiment.inference import artifact
from sentiment.inference.artifact import MANIFEST, NETWORK, NGRAMS, VOCABULARY
from sentiment.system import files


def folders(whole: Path) -> Iterator[tuple[str, Callable[[Path], object]]]:
    """Yield names, and functions that write to a path, of folders like `whole` with one change each."""
    contents = {
        NETWORK: hostile_onnx.networks(whole / NETWORK),
        NGRAMS: dict(ngrams(whole / NGRAMS)),
        VOCABULARY: vocabularies(whole / VOCABULARY),
    }
    contents[VOCABULARY] |= {"deep": b"[" * 100_000, "a number of a million digits": b"1" * 10**6}
    for file, changes in contents.items():
        for name, content in changes.items():
            yield f"{file}: {name}", partial(write, whole, file, content)
    for name, change in manifests().items():
        yield f"{MANIFEST}: {name}", partial(write_manifest, whole, change)


def write(whole: Path, name: str, content: bytes, folder: Path) -> None:
    """Write a copy of `whole` to `folder`, with another content of a file, whose checksum is right."""
    shutil.copytree(whole, folder)
    (folder / name).write_bytes(content)
    manifest = files.read_json(folder / MANIFEST)
    manifest["files"][name] = {"bytes": len(content), "sha256": files.sha256(folder / name)}
    files.write_json(folder / MANIFEST, manifest | {"sha256": artifact.checksum(manifest)})


def write_manifest(whole: Path, change: dict[str, Any], folder: Path) -> None:
    """Write a copy of `whole` to `folder`, with a `change` of the manifest, whose checksum is right."""
    shutil.copytree(whole, folder)
    manifest = files.read_json(folder / MANIFEST) | change
    content = json.dumps(manifest | {"sha256": artifact.checksum(manifest)})
    (folder / MANIFEST).write_text(content)


def manifests() -> dict[str, dict[str, Any]]:
    """Changes of the manifest, by name."""
    names = [NETWORK, NGRAMS, VOCABULARY]
    fingerprint = {"bytes": -1, "sha256": "x"}
    return {
        "no fingerprints": {"files": dict.fromkeys(names, "x")},
        "half fingerprints": {"files": {name: {"bytes": 1} for name in names}},
        "a file outside": {"files": {**dict.fromkeys(names, fingerprint), "../x": fingerprint}},
        "negative sizes": {"files": dict.fromkeys(names, fingerprint)},
        "an accuracy that is no number": {"test": {"accuracy": float("nan")}},
        "weights that are no numbers": {"ensemble": {"weights": {"lstm": float("inf")}, "intercept": 0}},
        "a format as text": {"format": "4"},
        "deep": {"clean": json.loads("[" * 900 + "]" * 900)},
    }


def vocabularies(path: Path) -> dict[str, bytes]:
    """Changed copies of the vocabulary, by name."""
    changes: dict[str, dict[str, Any]] = {
        "tokens of numbers": {"tokens": [1, 2]},
        "no tokens": {"tokens": None},
        "no token is read": {"max_tokens": 0},
        "half a token is read": {"max_tokens": 0.5},
        "no head": {"head": float("nan")},
        "another tokenizer": {"tokenizer": "os.system"},
        "a setting more": {"more": 1},
    }
    whole = files.read_json(path)
    result = {name: json.dumps(whole | change).encode() for name, change in changes.items()}
    return result | {"a list": b"[]"}


def ngrams(path: Path) -> Iterator[tuple[str, bytes]]:
    """Yield changed copies of the n-grams, by name."""
    with np.load(path) as content:
        whole = dict(content)
    planes = whole["keys"]
    arrays: dict[str, dict[str, Any]] = {
        "weights by columns": {"weights": np.asfortranarray(whole["weights"])},
        "keys cut": {"keys": planes[:, :-1]},
        "keys of zeros": {"keys": np.zeros_like(planes)},
        "objects": {"keys": np.array([None])},
        "an intercept that is no number": {"intercept": np.float32("nan")},
        "a scope of text": {"negation_scope": "x"},
        "sizes beyond 64 bits": {"sizes": np.array([2**62, 2**62, 2**62])},
        "a million lengths": {"sizes": np.zeros(10**6, int)},
    }
    for name, change in arrays.items():
        file = io.BytesIO()
        np.savez(file, allow_pickle=True, **whole | change)
        yield name, file.getvalue()
    header = b"{'descr': '|u1', 'fortran_order': False, 'shape': (8, %d), }\n" % 10**14
    endless = b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header
    yield "keys of 800 TB", _zip({"sizes.npy": endless, "keys.npy": endless})
    yield "a bomb", _zip({"keys.npy": bytes(2**28 + 1)})
    yield "members without end", _zip({f"{number}.npy": b"" for number in range(100_000)})


def _zip(members: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file.getvalue()
