"""Export the trained network, with all that predicting takes, as a folder that needs no TensorFlow."""

from pathlib import Path

import numpy as np

from sentiment import params
from sentiment.data import dataset, labels
from sentiment.data.vocabulary import Vocabulary
from sentiment.ensemble import NGRAMS, Ensemble
from sentiment.export import manifest, to_onnx
from sentiment.inference import artifact
from sentiment.inference.predictor import Predictor
from sentiment.network import model
from sentiment.ngrams import nb_logreg
from sentiment.system import command, files


def main(data: Path, models: Path, results: Path) -> None:
    """Export what MODELS holds into its folder `export`, and write export.json into RESULTS.

    That says what rounding the weights cost on the test part of the tokens in DATA. The manifest describes
    the training, from clean.parquet in DATA and the metrics of the stages before in RESULTS.
    """
    about = manifest.describe(data, results, params.load("data", "clean", "split", "tokenize"))
    vocabulary = Vocabulary.load(data / "tokens" / "vocabulary.json")
    ensemble = Ensemble.load(models / "ensemble.json", vocabulary)
    classifier = None
    if ensemble.takes_ngrams:
        classifier = nb_logreg.load(models / "baseline", vocabulary).quantized()
    network = model.load(models / "model.keras", vocabulary)
    to_onnx.round_weights(network)
    content = to_onnx.to_onnx(network, vocabulary.fingerprint)
    test = dataset.load(data / "tokens" / "test")
    with files.replacing(models / "export") as folder:
        folder.mkdir()
        artifact.write(folder, content, classifier, ensemble, vocabulary, about)
        exported = Predictor(folder).logits(test)
        size = sum(path.stat().st_size for path in folder.iterdir())
    votes, base_logits = None, {}
    if classifier:
        votes, base_logits[NGRAMS] = classifier.votes_and_logits(test)
    base_logits |= zip(ensemble.networks, model.predict(network, test, votes).T, strict=True)
    difference = np.abs(exported - ensemble.logits(base_logits)).max()
    decided = labels.decide(labels.probability(exported))
    summary = {
        "bytes": size,
        "accuracy": round(float((decided == test.labels).mean()), 6),
        "accuracy_before_rounding": about["test"]["accuracy"],
        "largest_difference_to_keras": float(f"{difference:.2g}"),
    }
    files.write_json(results / "export.json", summary)


if __name__ == "__main__":
    command.run(main)
