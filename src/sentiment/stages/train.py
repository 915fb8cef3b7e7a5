"""Train the LSTMs: Adam, binary cross-entropy, early stopping on the validation loss.

The LSTM is the one that reads the n-grams' votes; the reader learns from reversed copies of reviews, too.
"""

import hashlib
import os
import sys
from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path
from types import SimpleNamespace

import keras
import numpy as np
import tensorflow as tf
from dvclive import Live
from sklearn.metrics import balanced_accuracy_score

from sentiment import metrics, params
from sentiment.data.labels import decide, probability
from sentiment.data.vocabulary import Vocabulary
from sentiment.ensemble import LSTM, Ensemble
from sentiment.network import model
from sentiment.ngrams import nb_logreg
from sentiment.system import command, files, full_disk, machine, one_writer
from sentiment.training import balance, loop, tf_config, timing, workers
from sentiment.training.checkpoint import best_epoch
from sentiment.training.lessons import Lessons
from sentiment.training.opinions import ANTONYMS
from sentiment.training.workers import Workers


def main(data: Path, models: Path, results: Path, recipe: params.Recipe = None) -> None:
    """Train the LSTMs on the tokens in DATA, and stack them with the n-gram classifier in MODELS.

    Reads tokens, embedding.npy and votes.npy in DATA and baseline in MODELS; writes model.keras and
    ensemble.json into MODELS, and train.json and the learning curves into RESULTS. Where the environment
    variable TF_CONFIG names several workers, all but the chief write nothing.
    """
    if tf_config.load().rank:
        assist(data, models, params.load("model", "train", recipe=recipe))
        return
    outputs = models / "model.keras", models / "ensemble.json", results / "train.json"
    with one_writer.hold(
        outputs, inputs(data, models), lambda: params.load("model", "train", recipe=recipe)
    ) as run:
        loop.prepare(run.settings.train)
        with workers.joined() as team:
            with run.replacing() as parts:
                seconds = train(data, models, results / "train", run, parts, team)
            timing.write(models / "model.keras", seconds)
            files.remove(models / "checkpoint")


def inputs(data: Path, models: Path) -> list[Path]:
    """The files and folders that training reads."""
    tokens = (data / "tokens" / name for name in ("train", "validation", "vocabulary.json"))
    return [*tokens, data / "embedding.npy", data / "votes.npy", models / "baseline"]


def train(
    data: Path, models: Path, curves: Path, run: one_writer.Run, outputs: list[Path], team: Workers
) -> list[float]:
    """Train, write network, ensemble and scores to `outputs`; return the seconds of each epoch."""
    config = run.settings.train
    vocabulary = Vocabulary.load(data / "tokens" / "vocabulary.json")
    lessons = Lessons.read(data, models, vocabulary, run.settings)
    team.agree(fingerprint(data, models, run.settings))
    known = fingerprint(data, models, run.settings, environment(config, team))
    histories = {}
    for name, epochs in lessons.learn(config, models / "checkpoint", known, team):
        histories[name] = follow(epochs, curves / ("" if name == LSTM else name), run)
    validation = lessons.parts[LSTM][1].reviews
    ensemble, logits = stack(lessons, len(validation), config)
    labels = np.asarray(validation.labels)
    scores = metrics.validation(labels, logits)
    warn_if_worse(labels, logits, nb_logreg.load(models / "baseline", vocabulary).logits(validation))
    model.save(lessons.network, outputs[0], vocabulary)
    ensemble.save(outputs[1], vocabulary)
    content = summary(lessons.network, histories, scores) | {"environment": environment(config, team)}
    files.write_json(outputs[2], content)
    return _seconds(histories)


def assist(data: Path, models: Path, settings: SimpleNamespace) -> None:
    """Train with the chief, who keeps what comes of it."""
    loop.prepare(settings.train)
    with workers.joined() as team:
        vocabulary = Vocabulary.load(data / "tokens" / "vocabulary.json")
        lessons = Lessons.read(data, models, vocabulary, settings)
        team.agree(fingerprint(data, models, settings))
        for _, epochs in lessons.learn(settings.train, models / "checkpoint", "", team):
            for _ in epochs:
                pass


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


def stack(lessons: Lessons, validation: int, config: params.Train) -> tuple[Ensemble, np.ndarray]:
    """Fit the ensemble of the LSTMs and the other base models; and ask it on the validation part.

    That are the first `validation` of the reviews held out.
    """
    held_out, weight = lessons.held_out, lessons.weight
    logits = model.predict(lessons.network, held_out.reviews, held_out.votes)
    base_logits = {**dict(zip(lessons.parts, logits.T, strict=True)), **held_out.base_logits}
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


def summary(network: keras.Model, histories: dict[str, list[dict]], scores: dict) -> dict:
    """What train.json holds but for the environment: each LSTM's best epoch, the stacked network's scores."""
    return {
        "parameters": sum(weight.numpy().size for weight in network.trainable_variables),
        **_best(histories[LSTM]),
        **{name: _best(history) for name, history in histories.items() if name != LSTM},
        "network": scores,
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


def environment(config: params.Train, team: Workers) -> dict[str, str | int]:
    """What the last bits of the weights depend on, besides code, parameters and data."""
    return {
        "tensorflow": tf.__version__,
        "keras": keras.__version__,
        "threads": config.threads,
        "precision": machine.precision(config.precision),
        "onednn": os.environ.get("TF_ENABLE_ONEDNN_OPTS", "default"),
        "processor": machine.processor(),
        **({"workers": team.number} if team.number > 1 else {}),
        **_gpu(),
    }


def _gpu() -> dict[str, str]:
    """The model of the GPU that trains, if one does."""
    gpus = tf.config.get_visible_devices("GPU")
    return {"gpu": tf.config.experimental.get_device_details(gpus[0])["device_name"]} if gpus else {}


def fingerprint(data: Path, models: Path, settings: SimpleNamespace, extra: dict | None = None) -> str:
    """SHA-256 of all that a training depends on; one that was killed goes on only if it is the same.

    `extra` is the `environment`, in which workers may differ. The code is that of the modules that are
    imported here, and the list of antonyms: an edit of any other leaves checkpoints valid.
    """
    modules = [module for name, module in sys.modules.items() if name.split(".")[0] == "sentiment"]
    code = {__file__, str(ANTONYMS), *(module.__file__ for module in modules if module.__file__)}
    inputs = [
        *(path for part in ("train", "validation") for path in (data / "tokens" / part).iterdir()),
        *(data / name for name in ("tokens/vocabulary.json", "embedding.npy", "votes.npy")),
        *(models / "baseline").iterdir(),
    ]
    digest = hashlib.sha256(repr((settings, extra)).encode())
    for path in [*sorted(code), *sorted(map(str, inputs))]:
        digest.update(files.sha256(path).encode())
    return digest.hexdigest()


if __name__ == "__main__":
    command.run(main)
