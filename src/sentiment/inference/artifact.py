"""An exported model on disk: a folder with all that predicting takes, and checksums of it.

    manifest.json     what it was trained on and how, its scores, how the base models are stacked, the files
    network.onnx      the LSTM: token ids, and the votes of their n-grams, to a logit
    ngrams.npz        the n-gram classifier, where it is one of the base models
    vocabulary.json   the tokens that have an id, and how a review becomes tokens

Nothing in it can run code. `find` says where `sentiment` looks for one.
"""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from sentiment.data.label_values import Labels
from sentiment.data.vocabulary import Vocabulary
from sentiment.ensemble import Ensemble
from sentiment.errors import UserError
from sentiment.ngrams import packed
from sentiment.ngrams.table import Classifier
from sentiment.system import files, untrusted

FORMAT = 4
MANIFEST, NETWORK, NGRAMS, VOCABULARY = "manifest.json", "network.onnx", "ngrams.npz", "vocabulary.json"
# Your own last training, and the one on the 50,000 IMDb reviews that comes with the project.
PLACES = ("models/export", "models/imdb")
MOST = {NETWORK: 2**29, NGRAMS: 2**27, VOCABULARY: 2**26}  # bytes, at most; ours have a tenth and less


@dataclass(frozen=True)
class Artifact:
    """A model that was read and found whole; `network` is the content of an ONNX file."""

    path: Path
    about: dict
    vocabulary: Vocabulary
    network: bytes
    ngrams: Classifier | None
    ensemble: Ensemble

    @property
    def labels(self) -> Labels:
        """What its corpus calls positive and negative; a manifest that does not say so means these words."""
        return Labels.from_dict(self.about["labels"]) if "labels" in self.about else Labels()

    @property
    def description(self) -> str:
        """Where it is, what it was trained on and how good it is."""
        accuracy = self.about["test"]["accuracy"]
        return f"{self.path}: trained on {self.about['corpus']}, test accuracy {accuracy:.1%}"


def find() -> Path:
    """The first of PLACES that is there, in the current folder or else in the project's own.

    An installed package, which has no project around it, carries the published model inside. Raises UserError
    where there is none.
    """
    package = Path(__file__).parents[1]
    candidates = [root / place for root in (Path(), package.parents[1]) for place in PLACES]
    for folder in [*candidates, package / "published"]:
        if (folder / MANIFEST).is_file():
            return folder
    raise UserError(f"no model in {' or '.join(PLACES)}; name one with --model, or run `dvc repro export`")


def write(
    folder: Path,
    network: bytes,
    ngrams: Classifier | None,
    ensemble: Ensemble,
    vocabulary: Vocabulary,
    about: dict,
) -> None:
    """Write an artifact into `folder`, which is there; `about` goes into its manifest."""
    (folder / NETWORK).write_bytes(network)
    vocabulary.save(folder / VOCABULARY)
    if ngrams:
        packed.save(folder / NGRAMS, ngrams)
    content = {path.name: _fingerprint(path) for path in sorted(folder.iterdir())}
    manifest = {
        "format": FORMAT,
        **about,
        "ensemble": ensemble.to_dict(),
        "vocabulary": vocabulary.fingerprint,
        "files": content,
    }
    files.write_json(folder / MANIFEST, {**manifest, "sha256": checksum(manifest)})


def checksum(manifest: dict) -> str:
    """SHA-256 of everything else in a manifest."""
    rest = {key: value for key, value in manifest.items() if key != "sha256"}
    return hashlib.sha256(json.dumps(rest, sort_keys=True).encode()).hexdigest()


def read(path: str | Path) -> Artifact:
    """Read what `write` wrote; raises UserError, before anything of it is used, unless it is whole."""
    path = Path(path)
    manifest = _manifest(path)
    for name, expected in manifest["files"].items():
        _check(path / name, expected)
    network = untrusted.read(path / NETWORK, MOST[NETWORK])
    vocabulary = Vocabulary.load(path / VOCABULARY)
    if vocabulary.fingerprint != manifest["vocabulary"]:
        raise UserError(f"{path / VOCABULARY}: the vocabulary of another model; export the model again")
    ensemble = Ensemble.from_dict(manifest["ensemble"])
    ngrams = _ngrams(path / NGRAMS, vocabulary) if ensemble.takes_ngrams else None
    return Artifact(path, manifest, vocabulary, network, ngrams, ensemble)


def _check(path: Path, expected: dict) -> None:
    """Raise UserError unless the file at `path` is the `expected` one; one of another size is not read."""
    try:
        with untrusted.opened(path, MOST[path.name]):
            whole = path.stat().st_size == expected["bytes"] and _fingerprint(path) == expected
    except OSError as error:
        raise UserError(f"{path}: {error.strerror}; export the model again") from None
    if not whole:
        raise UserError(f"{path}: damaged, or of another model; export the model again")


def _manifest(path: Path) -> dict:
    """The manifest in the folder `path`; raises UserError unless it is one of an exported model."""
    if not path.exists():
        raise UserError(f"{path}: no such folder; run `dvc repro export`, or name another with --model")
    if not path.is_dir():
        raise UserError(f"{path}: a file; expected the folder that the stage `export` writes")
    try:
        manifest = files.read_json(path / MANIFEST)
        if (found := manifest["format"]) != FORMAT:
            mismatch = f"an export of format {found!r}, but this release reads {FORMAT}"
            raise UserError(f"{path}: {mismatch}; export the model again")
        if manifest["sha256"] != checksum(manifest) or not _is_valid(manifest):
            raise ValueError
    except FileNotFoundError:
        raise UserError(f"{path}: no {MANIFEST} in it; expected an exported model") from None
    except (ValueError, TypeError, KeyError, AttributeError, OSError, RecursionError):
        raise UserError(f"{path / MANIFEST}: not that of an exported model, or damaged") from None
    return manifest


def _is_valid(manifest: dict) -> bool:
    """Whether all that is read of a manifest is of its kind; may raise KeyError and the like instead."""
    expected = {NETWORK, VOCABULARY}
    if Ensemble.from_dict(manifest["ensemble"]).takes_ngrams:
        expected.add(NGRAMS)
    if "labels" in manifest:
        Labels.from_dict(manifest["labels"])
    columns = manifest["clean"]["text_column"], manifest["clean"]["label_column"]
    texts = all(isinstance(one, str) for one in (manifest["vocabulary"], manifest["corpus"], *columns))
    fingerprints = all(one.keys() == {"bytes", "sha256"} for one in manifest["files"].values())
    return (
        manifest["files"].keys() == expected
        and fingerprints
        and texts
        and 0 <= manifest["test"]["accuracy"] <= 1
    )


def _ngrams(path: Path, vocabulary: Vocabulary) -> Classifier:
    try:
        return packed.load(path, vocabulary)
    except (FileNotFoundError, ValueError):
        raise UserError(f"{path}: not the n-grams of an exported model; export the model again") from None


def _fingerprint(path: Path) -> dict:
    return {"bytes": path.stat().st_size, "sha256": files.sha256(path)}
