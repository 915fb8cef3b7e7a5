"""Train the LSTM: Adam, binary cross-entropy, early stopping on the validation loss of the whole network."""

import hashlib
import os
from pathlib import Path
from typing import Annotated

import keras
import numpy as np
import tensorflow as tf
import typer
from dvclive import Live
from filelock import FileLock, Timeout

from sentiment import params
from sentiment.data import dataset
from sentiment.data.vocabulary import Vocabulary
from sentiment.embedding import matrix
from sentiment.errors import UserError
from sentiment.metrics import validation as validation_scores
from sentiment.network import model
from sentiment.ngrams import nb_logreg, neighbours
from sentiment.system import command, files, machine
from sentiment.training import loop, timing
from sentiment.training.checkpoint import best_epoch
from sentiment.training.loop import Part


def main(
    tokens: Path,
    vectors: Path,
    baseline: Path,
    votes: Path,
    network: Path,
    metrics: Path,
    curves: Path,
    index: Annotated[Path | None, typer.Option("--neighbours", help="Join it with this index, too.")] = None,
    recipe: params.Recipe = None,
) -> None:
    """Train a NETWORK (a .keras file) on TOKENS, with METRICS and learning CURVES.

    It starts from the word VECTORS and from the BASELINE, whose VOTES in the training part it learns from.
    """
    settings = params.load("model", "train", recipe=recipe)
    checkpoints = network.parent / "checkpoint"
    network.parent.mkdir(parents=True, exist_ok=True)
    try:
        # Killing `dvc repro` leaves this process running; without the lock, the next one would
        # start a second training into the same checkpoints.
        with FileLock(network.parent / "train.lock", timeout=0):
            train(tokens, vectors, baseline, votes, index, network, metrics, curves, checkpoints, settings)
    except Timeout:
        raise UserError(
            f"{network.parent / 'train.lock'}: another training is running here; wait for it or stop it"
        ) from None


def train(
    tokens: Path,
    vectors: Path,
    baseline: Path,
    votes: Path,
    index: Path | None,
    target: Path,
    metrics: Path,
    curves: Path,
    checkpoints: Path,
    settings,
) -> None:
    """Do it, with the lock held."""
    loop.prepare(settings.train)
    vocabulary = Vocabulary.load(tokens / "vocabulary.json")
    classifier = nb_logreg.load(baseline, vocabulary) if settings.model.ngrams else None
    lookup = neighbours.load(index, vocabulary, "run `dvc repro neighbours` or `dvc pull`") if index else None
    reviews = Part(dataset.load(tokens / "train"))
    if classifier:
        reviews = Part(reviews.reviews, nb_logreg.load_votes(votes, reviews.reviews))
    validation = loop.heard(dataset.load(tokens / "validation"), classifier, lookup)
    if validation.others is not None and len(np.unique(validation.reviews.labels)) < 2:
        raise UserError(
            "the validation part needs positive and negative reviews, to join the LSTM with the other parts; "
            "enlarge split.validation or the corpus"
        )
    network = model.build(
        settings.model, matrix.load(vectors, vocabulary), classifier, lookup, vocabulary.unknown
    )
    inputs = [vectors, votes, *baseline.iterdir(), *filter(None, [index])]
    fingerprint = fingerprint_of(settings, tokens, *inputs)
    with Live(str(curves), save_dvc_exp=False, dvcyaml=None, monitor_system=False) as live:
        for history in loop.epochs(
            network.get_layer("lstm"), reviews, validation, settings.train, checkpoints, fingerprint
        ):
            for epoch in history[live.step :]:
                for name in ("loss", "accuracy"):
                    live.log_metric(f"train/{name}", epoch[name])
                    live.log_metric(f"validation/{name}", epoch[f"val_{name}"])
                live.next_step()
    if model.joined(network):
        model.join(network, validation.reviews)
    model.save(network, target, vocabulary)
    logits = model.logits(network, validation.reviews)[:, 0]
    joined = validation_scores(np.asarray(validation.reviews.labels), logits)
    files.write_json(metrics, summary(network, history, joined, settings.train))
    timing.write(target, [epoch["seconds"] for epoch in history])
    files.remove(checkpoints)


def summary(network: keras.Model, history: list[dict], joined: dict, config: params.Train) -> dict:
    """What metrics/train.json says: the LSTM's best epoch, the network, and what the last bits depend on."""
    best = best_epoch(history)
    names = {
        "loss": "loss",
        "accuracy": "accuracy",
        "val_loss": "validation_loss",
        "val_accuracy": "validation_accuracy",
    }
    return {
        "parameters": sum(weight.numpy().size for weight in network.trainable_variables),
        "epochs": len(history),
        "best_epoch": best,
        **{theirs: round(history[best - 1][ours], 6) for ours, theirs in names.items()},
        "network": joined,
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


def fingerprint_of(settings, tokens: Path, *inputs: Path) -> str:
    """SHA-256 of all that a training depends on; one that was killed goes on only if it is the same."""
    digest = hashlib.sha256(repr((settings, environment(settings.train))).encode())
    code = Path(loop.__file__).parents[1].rglob("*.py")
    arrays = (path for part in ("train", "validation") for path in (tokens / part).glob("*.npy"))
    for path in sorted([*code, Path(__file__), *arrays, *inputs, tokens / "vocabulary.json"]):
        digest.update(path.read_bytes())
    return digest.hexdigest()


if __name__ == "__main__":
    command.run(main)
