"""Train the LSTM: Adam, binary cross-entropy, early stopping on the validation loss of the stacked models."""

import hashlib
import os
import sys
from pathlib import Path
from types import SimpleNamespace

import keras
import numpy as np
import tensorflow as tf
from dvclive import Live
from filelock import FileLock, Timeout

from sentiment import metrics, params
from sentiment.data import dataset
from sentiment.data.vocabulary import Vocabulary
from sentiment.embedding import matrix
from sentiment.ensemble import LSTM, Ensemble
from sentiment.errors import UserError
from sentiment.network import model
from sentiment.ngrams import nb_logreg
from sentiment.system import command, files, machine
from sentiment.training import loop, timing
from sentiment.training.checkpoint import Checkpoints, best_epoch
from sentiment.training.loop import Part


def main(data: Path, models: Path, results: Path, recipe: params.Recipe = None) -> None:
    """Train the LSTM on the tokens in DATA, and stack it with the n-gram classifier in MODELS.

    Reads tokens, embedding.npy and votes.npy in DATA and baseline in MODELS; writes model.keras and
    ensemble.json into MODELS, and train.json and the learning curves into RESULTS.
    """
    settings = params.load("model", "train", recipe=recipe)
    models.mkdir(parents=True, exist_ok=True)
    lock = models / "train.lock"
    try:
        # Killing `dvc repro` leaves this process running; without the lock, the next one would
        # start a second training into the same checkpoints.
        with FileLock(lock, timeout=0):
            train(data, models, results, settings)
    except Timeout:
        raise UserError(f"{lock}: another training is running here; wait for it or stop it") from None


def train(data: Path, models: Path, results: Path, settings: SimpleNamespace) -> None:
    """Train while holding the lock."""
    loop.prepare(settings.train)
    vocabulary = Vocabulary.load(data / "tokens" / "vocabulary.json")
    training, validation = read_parts(data, models, vocabulary, settings.model)
    embedding = matrix.load(data / "embedding.npy", vocabulary)
    network = model.build(settings.model, embedding, 0 if training.votes is None else training.votes.shape[1])
    checkpoints = Checkpoints(models / "checkpoint", network, fingerprint(data, models, settings))
    with Live(str(results / "train"), save_dvc_exp=False, dvcyaml=None, monitor_system=False) as live:
        for history in loop.epochs(network, training, validation, settings.train, checkpoints):
            log(live, history)
    logits = model.predict(network, validation.reviews, validation.votes)
    base_logits = {LSTM: logits, **validation.base_logits}
    labels = np.asarray(validation.reviews.labels)
    ensemble = Ensemble.fit(base_logits, labels)
    model.save(network, models / "model.keras", vocabulary)
    ensemble.save(models / "ensemble.json", vocabulary)
    scores = metrics.validation(labels, ensemble.logits(base_logits))
    files.write_json(results / "train.json", summary(network, history, scores, settings.train))
    timing.write(models / "model.keras", [epoch["seconds"] for epoch in history])
    files.remove(checkpoints.folder)


def read_parts(data: Path, models: Path, vocabulary: Vocabulary, config: params.Model) -> tuple[Part, Part]:
    """The training and the validation part, with what the n-gram classifier gives to each.

    The votes in the training part come from classifiers that have not seen its reviews.
    """
    train, validation = (dataset.load(data / "tokens" / part) for part in ("train", "validation"))
    if not config.ngrams:
        return Part(train), Part(validation)
    votes = nb_logreg.load_votes(data / "votes.npy", train)
    return Part(train, votes), loop.with_ngrams(validation, nb_logreg.load(models / "baseline", vocabulary))


def log(live: Live, history: list[dict]) -> None:
    """Append to the learning curves the epochs that are new in `history`."""
    for epoch in history[live.step :]:
        for name in ("loss", "accuracy"):
            live.log_metric(f"train/{name}", epoch[name])
            live.log_metric(f"validation/{name}", epoch[f"val_{name}"])
        live.next_step()


def summary(network: keras.Model, history: list[dict], scores: dict, config: params.Train) -> dict:
    """What train.json holds: the LSTM's best epoch, the stacked network's scores, and the environment."""
    best = history[best_epoch(history) - 1]
    return {
        "parameters": sum(weight.numpy().size for weight in network.trainable_variables),
        "epochs": len(history),
        "best_epoch": best_epoch(history),
        "loss": round(best["loss"], 6),
        "accuracy": round(best["accuracy"], 6),
        "validation_loss": best["val_loss"],
        "validation_accuracy": best["val_accuracy"],
        "network": scores,
        "environment": environment(config),
    }


def environment(config: params.Train) -> dict[str, str | int]:
    """What the last bits of the weights depend on, besides code, parameters and data."""
    return {
        "tensorflow": tf.__version__,
        "keras": keras.__version__,
        "threads": config.threads,
        "precision": machine.precision(config.precision),
        "onednn": os.environ.get("TF_ENABLE_ONEDNN_OPTS", "default"),
        "processor": machine.processor(),
    }


def fingerprint(data: Path, models: Path, settings: SimpleNamespace) -> str:
    """SHA-256 of all that a training depends on; one that was killed goes on only if it is the same.

    The code is that of the modules that are imported here: an edit of any other leaves checkpoints valid.
    """
    modules = [module for name, module in sys.modules.items() if name.split(".")[0] == "sentiment"]
    code = {__file__, *(module.__file__ for module in modules if module.__file__)}
    inputs = [
        *(path for part in ("train", "validation") for path in (data / "tokens" / part).iterdir()),
        *(data / name for name in ("tokens/vocabulary.json", "embedding.npy", "votes.npy")),
        *(models / "baseline").iterdir(),
    ]
    digest = hashlib.sha256(repr((settings, environment(settings.train))).encode())
    for path in [*sorted(code), *sorted(map(str, inputs))]:
        digest.update(files.sha256(path).encode())
    return digest.hexdigest()


if __name__ == "__main__":
    command.run(main)
