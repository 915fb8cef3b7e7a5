"""An exported model on disk: a folder with all that predicting takes, and checksums of it.

    manifest.json     what it was trained on and how, its scores, and the files beside it
    network.onnx      the network: token ids, and what their n-grams say, to a logit
    ngrams.npz        the n-grams and their weights, where the network takes them
    neighbours.npz    an index of the training reviews, where the network looks for like ones
    vocabulary.json   the tokens that have an id, and how a review becomes tokens

Nothing in it can run code. Where `sentiment` looks for one stands in `find`.
"""

import hashlib
import json
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

from sentiment.data.vocabulary import Vocabulary
from sentiment.errors import UserError
from sentiment.ngrams import neighbours
from sentiment.ngrams.neighbours import Index
from sentiment.ngrams.table import Classifier, Table, in_steps, of_steps
from sentiment.system import files, npz
from sentiment.system.npz import from_byte_planes, to_byte_planes

FORMAT = 2
MANIFEST, NETWORK, VOCABULARY = "manifest.json", "network.onnx", "vocabulary.json"
NGRAMS, NEIGHBOURS = "ngrams.npz", "neighbours.npz"
ARRAYS = {  # of the n-grams: dtype and number of dimensions
    "sizes": ("<i8", 1),
    "steps": ("|u1", 2),
    "weights": ("|u1", 2),
    "intercept": ("<f4", 0),
}
# Your own last training, and the one on the 50,000 IMDb reviews that comes with the project.
PLACES = ("models/export", "models/imdb")
EXTERNAL_DATA = b"location"  # the key under which ONNX names another file that weights are in


@dataclass(frozen=True)
class Artifact:
    """A model that was read and found whole; `network` is the content of an ONNX file."""

    path: Path
    about: dict
    vocabulary: Vocabulary
    network: bytes
    ngrams: Classifier | None
    neighbours: Index | None

    @property
    def description(self) -> str:
        """Where it is, what it was trained on and how good it is."""
        accuracy = self.about["test"]["accuracy"]
        return f"{self.path}: trained on {self.about['corpus']}, test accuracy {accuracy:.1%}"


def find() -> Path:
    """The first of PLACES that is there, in the current folder or else in the project's own.

    Raises UserError where there is none.
    """
    for root in (Path(), Path(__file__).parents[3]):
        for place in PLACES:
            if (root / place / MANIFEST).is_file():
                return root / place
    raise UserError(f"no model in {' or '.join(PLACES)}; name one with --model, or run `dvc repro export`")


def write(
    folder: Path,
    network: bytes,
    ngrams: Classifier | None,
    index: Index | None,
    vocabulary: Vocabulary,
    about: dict,
) -> None:
    """Write an artifact into `folder`, which is there; `about` goes into its manifest."""
    (folder / NETWORK).write_bytes(network)
    vocabulary.save(folder / VOCABULARY)
    if ngrams:
        _save_ngrams(folder / NGRAMS, ngrams)
    if index:
        neighbours.save(folder / NEIGHBOURS, index, vocabulary)
    content = {path.name: _checked(path.read_bytes()) for path in sorted(folder.iterdir())}
    manifest = {"format": FORMAT, **about, "vocabulary": vocabulary.fingerprint, "files": content}
    files.write_json(folder / MANIFEST, {**manifest, "sha256": checksum(manifest)})


def checksum(manifest: dict) -> str:
    """SHA-256 of all else in a manifest."""
    rest = {key: value for key, value in manifest.items() if key != "sha256"}
    return hashlib.sha256(json.dumps(rest, sort_keys=True).encode()).hexdigest()


def read(path: str | Path) -> Artifact:
    """Read what `write` wrote; raises UserError, before anything of it is used, unless it is whole."""
    path = Path(path)
    manifest = _manifest(path)
    for name, expected in manifest["files"].items():
        try:
            content = (path / name).read_bytes()
        except OSError as error:
            raise UserError(f"{path / name}: {error.strerror}; export the model again") from None
        if _checked(content) != expected:
            raise UserError(f"{path / name}: damaged, or of another model; export the model again")
    network = (path / NETWORK).read_bytes()
    if EXTERNAL_DATA in network:
        raise UserError(f"{path / NETWORK}: refers to data in other files, which no model of ours does")
    vocabulary = Vocabulary.load(path / VOCABULARY)
    if vocabulary.fingerprint != manifest["vocabulary"]:
        raise UserError(f"{path / VOCABULARY}: the vocabulary of another model; export the model again")
    ngrams = _load_ngrams(path / NGRAMS, vocabulary) if NGRAMS in manifest["files"] else None
    index = None
    if NEIGHBOURS in manifest["files"]:
        index = neighbours.load(path / NEIGHBOURS, vocabulary, "export the model again")
    return Artifact(path, manifest, vocabulary, network, ngrams, index)


def _manifest(path: Path) -> dict:
    if not path.exists():
        raise UserError(f"{path}: no such folder; run `dvc repro export`, or name another with --model")
    if not path.is_dir():
        raise UserError(f"{path}: a file; expected the folder that the stage `export` writes")
    try:
        manifest = files.read_json(path / MANIFEST)
        if (found := manifest["format"]) != FORMAT:
            mismatch = f"an export of format {found!r}, but this release reads {FORMAT}"
            raise UserError(f"{path}: {mismatch}; export the model again")
        if manifest["sha256"] != checksum(manifest):
            raise ValueError
        names = set(manifest["files"])
        known = {NETWORK, VOCABULARY} <= names <= {NETWORK, VOCABULARY, NGRAMS, NEIGHBOURS}
        columns = manifest["clean"]["text_column"], manifest["clean"]["label_column"]
        texts = all(isinstance(one, str) for one in (manifest["vocabulary"], manifest["corpus"], *columns))
        scores = 0 <= manifest["test"]["accuracy"] <= 1
        if not (known and texts and scores and isinstance(manifest["files"], dict)):
            raise ValueError
    except FileNotFoundError:
        raise UserError(f"{path}: no {MANIFEST} in it; expected an exported model") from None
    except (ValueError, TypeError, KeyError, OSError, RecursionError):
        raise UserError(f"{path / MANIFEST}: not that of an exported model, or damaged") from None
    return manifest


def _checked(content: bytes) -> dict:
    return {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}


def _save_ngrams(path: Path, ngrams: Classifier) -> None:
    """Write keys as their differences, which compress well, and weights in steps."""
    keys = ngrams.table.keys
    np.savez_compressed(
        path,
        sizes=np.array([len(some) for some in keys]),
        steps=to_byte_planes(np.concatenate([np.diff(some, prepend=0) for some in keys])),
        weights=to_byte_planes(in_steps(ngrams.weights)),
        intercept=np.float32(ngrams.intercept),
    )


def _load_ngrams(path: Path, vocabulary: Vocabulary) -> Classifier:
    try:
        content = npz.load(path, ARRAYS)
        steps, weights = from_byte_planes(content["steps"]), of_steps(from_byte_planes(content["weights"]))
        bounds = np.cumsum([0, *content["sizes"]])
        if not (len(steps) == len(weights) == bounds[-1] and (content["sizes"] >= 0).all()):
            raise ValueError
        keys = tuple(np.cumsum(steps[start:end]) for start, end in pairwise(bounds))
        ascending = all((np.diff(some, prepend=-1) > 0).all() for some in keys)
        if not (keys and ascending and np.isfinite(content["intercept"])):
            raise ValueError
    except (FileNotFoundError, ValueError):
        raise UserError(f"{path}: not the n-grams of an exported model; export the model again") from None
    return Classifier(Table(vocabulary.size, keys), weights, float(content["intercept"]))
