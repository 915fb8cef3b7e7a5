"""Train the LSTMs: Adam, binary cross-entropy, early stopping on the validation loss.

The LSTM is the one that reads the n-grams' votes; the reader learns from reversed copies of reviews, too.
"""

import hashlib
import os
import sys
from collections.abc import Iterable, Iterator
from itertools import zip_longest
from pathlib import Path
from types import SimpleNamespace

import keras
import numpy as np
import tensorflow as tf
from dvclive import Live
from sklearn.metrics import balanced_accuracy_score

from sentiment import metrics, params
from sentiment.data import dataset
from sentiment.data.labels import decide, probability
from sentiment.data.vocabulary import Vocabulary
from sentiment.embedding import matrix
from sentiment.ensemble import LSTM, READER, Ensemble
from sentiment.network import model
from sentiment.ngrams import nb_logreg
from sentiment.ngrams import votes as votes_of
from sentiment.system import command, files, full_disk, machine, one_writer
from sentiment.training import balance, loop, memory, timing
from sentiment.training.checkpoint import Checkpoints, best_epoch
from sentiment.training.loop import Part
from sentiment.training.opinions import ANTONYMS
from sentiment.training.reading import Reading


def main(data: Path, models: Path, results: Path, recipe: params.Recipe = None) -> None:
    """Train the LSTMs on the tokens in DATA, and stack them with the n-gram classifier in MODELS.

    Reads tokens, embedding.npy and votes.npy in DATA and baseline in MODELS; writes model.keras and
    ensemble.json into MODELS, and train.json and the learning curves into RESULTS.
    """
    outputs = models / "model.keras", models / "ensemble.json", results / "train.json"
    with one_writer.hold(
        outputs, inputs(data, models), lambda: params.load("model", "train", recipe=recipe)
    ) as run:
        with run.replacing() as parts:
            seconds = train(data, models, results / "train", run, parts)
        timing.write(models / "model.keras", seconds)
        files.remove(models / "checkpoint")


def inputs(data: Path, models: Path) -> list[Path]:
    """The files and folders that training reads."""
    tokens = (data / "tokens" / name for name in ("train", "validation", "vocabulary.json"))
    return [*tokens, data / "embedding.npy", data / "votes.npy", models / "baseline"]


def train(data: Path, models: Path, curves: Path, run: one_writer.Run, outputs: list[Path]) -> list[float]:
    """Train, write network, ensemble and scores to `outputs`; return the seconds of each epoch."""
    settings = run.settings
    loop.prepare(settings.train)
    vocabulary = Vocabulary.load(data / "tokens" / "vocabulary.json")
    training, validation = read_parts(data, models, vocabulary, settings.model)
    lessons = {LSTM: (training, validation)}
    embedding = matrix.load(data / "embedding.npy", vocabulary)
    held_out, weight, reader = validation, None, None
    if settings.train.reversed:
        reading = Reading.learn(vocabulary, training.reviews, settings.train)
        texts, weight = reading.held_out(validation.reviews, settings.train)
        lessons[READER] = (Part(training.reviews, reading=reading), Part(texts))
        classifier = nb_logreg.load(models / "baseline", vocabulary) if settings.model.ngrams else None
        held_out = loop.with_ngrams(texts, classifier)
        reader = reading.reverser.opinions.embedding(embedding)
    memory.require(settings, vocabulary, embedding.shape[1], len(training.reviews))
    max_ngram = 0 if training.votes is None else training.votes.shape[1]
    network = model.build(settings.model, embedding, max_ngram, reader)
    checkpoints, trained = models / "checkpoint", fingerprint(data, models, settings)
    histories = {}
    for name, parts in lessons.items():
        lstm = model.part(network, name)
        kept = Checkpoints(checkpoints / name, lstm, trained)
        epochs = loop.epochs(lstm, *parts, settings.train, kept)
        histories[name] = follow(epochs, curves / ("" if name == LSTM else name), run)
    ensemble, logits = stack(network, lessons, held_out, weight, len(validation.reviews), settings.train)
    labels = np.asarray(validation.reviews.labels)
    scores = metrics.validation(labels, logits)
    warn_if_worse(labels, logits, nb_logreg.load(models / "baseline", vocabulary).logits(validation.reviews))
    model.save(network, outputs[0], vocabulary)
    ensemble.save(outputs[1], vocabulary)
    files.write_json(outputs[2], summary(network, histories, scores, settings.train))
    return _seconds(histories)


def read_parts(data: Path, models: Path, vocabulary: Vocabulary, config: params.Model) -> tuple[Part, Part]:
    """The training and the validation part, with what the n-gram classifier gives to each.

    The votes in the training part come from classifiers that have not seen its reviews.
    """
    train, validation = (dataset.load(data / "tokens" / part) for part in ("train", "validation"))
    if not config.ngrams:
        return Part(train), Part(validation)
    votes = votes_of.load(data / "votes.npy", train)
    return Part(train, votes), loop.with_ngrams(validation, nb_logreg.load(models / "baseline", vocabulary))


def follow(epochs: Iterator[list[dict]], curves: Path, run: one_writer.Run) -> list[dict]:
    """Draw the learning curves of a training into a folder as it goes on; return its history.

    Raises UserError once the run is an orphan: the curves are the one output that grows.
    """
    history: list[dict] = []
    run.check()
    with (
        full_disk.naming(curves),
        Live(str(curves), save_dvc_exp=False, dvcyaml=None, monitor_system=False) as live,
    ):
        for history in epochs:
            run.check()
            for epoch in history[live.step :]:
                for name in ("loss", "accuracy"):
                    live.log_metric(f"train/{name}", epoch[name])
                    live.log_metric(f"validation/{name}", epoch[f"val_{name}"])
                live.next_step()
    return history


def stack(
    network: keras.Model,
    names: Iterable[str],
    held_out: Part,
    weight: np.ndarray | None,
    validation: int,
    config: params.Train,
) -> tuple[Ensemble, np.ndarray]:
    """Fit the ensemble of the LSTMs, by name, and the other base models; and ask it on the validation part.

    That are the first `validation` reviews of `held_out`, each of which has a weight, float (reviews).
    """
    logits = model.predict(network, held_out.reviews, held_out.votes)
    base_logits = {**dict(zip(names, logits.T, strict=True)), **held_out.base_logits}
    labels = np.asarray(held_out.reviews.labels)
    ensemble = Ensemble.fit(base_logits, labels, balance.sample_weight(labels, config, weight))
    usual = {name: logits[:validation] for name, logits in base_logits.items()}
    if weight is not None:
        usual_labels = labels[:validation]
        ensemble = ensemble.calibrated(usual, usual_labels, balance.sample_weight(usual_labels, config))
    return ensemble, ensemble.logits(usual)


def warn_if_worse(labels: np.ndarray, network: np.ndarray, baseline: np.ndarray) -> None:
    """Say so if the network's logits of the validation part, float (reviews), are worse than the n-grams'."""
    decided = (decide(probability(logits)) for logits in (network, baseline))
    ours, theirs = (balanced_accuracy_score(labels, some) for some in decided)
    if ours < theirs:
        print(
            f"warning: on the validation part, the network's balanced accuracy, {ours:.1%}, is below the "
            f"n-grams', {theirs:.1%}: more train.epochs or reviews may help",
            file=sys.stderr,
        )


def summary(
    network: keras.Model, histories: dict[str, list[dict]], scores: dict, config: params.Train
) -> dict:
    """What train.json holds: each LSTM's best epoch, the stacked network's scores, and the environment."""
    return {
        "parameters": sum(weight.numpy().size for weight in network.trainable_variables),
        **_best(histories[LSTM]),
        **{name: _best(history) for name, history in histories.items() if name != LSTM},
        "network": scores,
        "environment": environment(config),
    }


def _seconds(histories: dict[str, list[dict]]) -> list[float]:
    """How long each epoch took, of all LSTMs together."""
    seconds = ([epoch["seconds"] for epoch in history] for history in histories.values())
    return list(map(sum, zip_longest(*seconds, fillvalue=0)))


def _best(history: list[dict]) -> dict[str, float]:
    number = best_epoch(history)
    best = history[number - 1]
    return {
        "epochs": len(history),
        "best_epoch": number,
        "loss": round(best["loss"], 6),
        "accuracy": round(best["accuracy"], 6),
        "validation_loss": best["val_loss"],
        "validation_accuracy": best["val_accuracy"],
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

    The code is that of the modules that are imported here, and the list of antonyms: an edit of any other
    leaves checkpoints valid.
    """
    modules = [module for name, module in sys.modules.items() if name.split(".")[0] == "sentiment"]
    code = {__file__, str(ANTONYMS), *(module.__file__ for module in modules if module.__file__)}
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
