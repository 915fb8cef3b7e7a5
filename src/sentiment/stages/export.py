"""Export the trained network, with all that predicting takes, as a folder that needs no TensorFlow."""

import hashlib
from pathlib import Path
from typing import Any

import numpy as np

from sentiment import params
from sentiment.data import dataset
from sentiment.data.vocabulary import Vocabulary
from sentiment.errors import UserError
from sentiment.export import to_onnx
from sentiment.inference import artifact
from sentiment.inference.predictor import Predictor
from sentiment.network import model
from sentiment.system import command, files


def main(
    network: Path, tokens: Path, clean: Path, data: Path, scores: Path, folder: Path, metrics: Path
) -> None:
    """Export NETWORK into FOLDER, and write METRICS on what that cost on the test part of TOKENS.

    CLEAN are the reviews it was trained on, DATA and SCORES the metrics of `clean` and `evaluate`.
    """
    settings = params.load("data", "clean", "split", "tokenize")
    reviews, tested = _read(data, "reviews"), _read(scores, "network")
    vocabulary = Vocabulary.load(tokens / "vocabulary.json")
    trained = model.load(network, vocabulary)
    to_onnx.round_weights(trained)
    test = dataset.load(tokens / "test")
    about = {
        "corpus": settings.data.csv,
        "reviews": reviews,
        "clean_sha256": hashlib.sha256(clean.read_bytes()).hexdigest(),
        **{name: getattr(settings, name).model_dump() for name in ("clean", "split", "tokenize")},
        "test": tested,
    }
    content = to_onnx.to_onnx(trained, vocabulary.fingerprint)
    with files.replacing(folder) as part:
        part.mkdir()
        artifact.write(part, content, to_onnx.classifier(trained), to_onnx.index(trained), vocabulary, about)
        exported = Predictor(part).logits(test)
        size = sum(path.stat().st_size for path in part.iterdir())
    rounded = model.logits(trained, test)[:, 0]
    summary = {
        "bytes": size,
        "accuracy": round(float(((exported > 0) == test.labels).mean()), 6),
        "accuracy_before_rounding": tested["accuracy"],
        "largest_difference_to_keras": float(f"{np.abs(exported - rounded).max():.2g}"),
    }
    files.write_json(metrics, summary)


def _read(metrics: Path, key: str) -> Any:
    """What another stage measured; raises UserError where that is not there."""
    try:
        return files.read_json(metrics)[key]
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        raise UserError(f"{metrics}: not the metrics of this pipeline; run `dvc repro evaluate`") from None


if __name__ == "__main__":
    command.run(main)
