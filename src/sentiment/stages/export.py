"""Export the trained network, with all that predicting takes, as a folder that needs no TensorFlow."""

from pathlib import Path
from typing import Any

import numpy as np

from sentiment import params
from sentiment.data import dataset, labels
from sentiment.data.dataset import Reviews
from sentiment.data.vocabulary import Vocabulary
from sentiment.ensemble import Ensemble, of_ngrams
from sentiment.export import manifest, to_onnx
from sentiment.inference import artifact
from sentiment.inference.predictor import Predictor
from sentiment.network import model
from sentiment.ngrams import nb_logreg
from sentiment.system import command, files, one_writer
from sentiment.system.progress import progress

MODELS = "baseline", "ensemble.json", "model.keras"  # what it reads of the folder of models
STEP = 100  # reviews between two steps of the progress bar


def main(data: Path, models: Path, results: Path) -> None:
    """Export what MODELS holds into its folder `export`, and write export.json into RESULTS.

    That says what rounding the weights cost on the test part of the tokens in DATA. The manifest describes
    the training, from clean.parquet in DATA and the metrics of the stages before in RESULTS.
    """
    outputs = models / "export", results / "export.json"
    inputs = [data / "clean.parquet", data / "tokens", *(models / name for name in MODELS)]
    inputs += [results / f"{name}.json" for name in manifest.METRICS]
    with one_writer.replacing(outputs, inputs, lambda: params.load("data", "clean", "split", "tokenize")) as (
        settings,
        (folder, summary),
    ):
        files.write_json(summary, export(data, models, folder, manifest.describe(data, results, settings)))


def export(data: Path, models: Path, folder: Path, about: dict[str, Any]) -> dict[str, Any]:
    """Write the model into `folder`, described by `about`; return what export.json holds."""
    vocabulary = Vocabulary.load(data / "tokens" / "vocabulary.json")
    ensemble = Ensemble.load(models / "ensemble.json", vocabulary)
    classifier = None
    if ensemble.takes_ngrams:
        classifier = nb_logreg.load(models / "baseline", vocabulary).quantized()
    network = model.load(models / "model.keras", vocabulary)
    to_onnx.round_weights(network)
    content = to_onnx.to_onnx(network, vocabulary.fingerprint)
    test = dataset.load(data / "tokens" / "test")
    folder.mkdir()
    artifact.write(folder, content, classifier, ensemble, vocabulary, about)
    exported = answers(Predictor(folder), test)
    votes, base_logits = of_ngrams(classifier, test) if classifier else (None, {})
    base_logits |= zip(ensemble.networks, model.predict(network, test, votes).T, strict=True)
    difference = np.abs(exported - ensemble.logits(base_logits)).max()
    decided = labels.decide(labels.probability(exported))
    return {
        "bytes": sum(path.stat().st_size for path in folder.iterdir()),
        "accuracy": round(float((decided == test.labels).mean()), 6),
        "accuracy_before_rounding": about["test"]["accuracy"],
        "largest_difference_to_keras": float(f"{difference:.2g}"),
    }


def answers(predictor: Predictor, test: Reviews) -> np.ndarray:
    """The exported model's logits of `test`, float32 (reviews), under a progress bar."""
    logits = np.empty(len(test), np.float32)
    by_length = np.argsort(test.lengths, kind="stable")
    parts = np.array_split(by_length, range(STEP, len(test), STEP))
    for part in progress(parts, "ask the exported model, hundreds", len(parts)):
        logits[part] = predictor.logits(test.take(part))
    return logits


if __name__ == "__main__":
    command.run(main)
