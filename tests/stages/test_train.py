"""The stage `train` on a small corpus: what it writes, when it is killed too, and when it begins anew."""

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from conftest import ROOT, run, small_params

from sentiment import metrics, params
from sentiment.ensemble import Ensemble
from sentiment.network import model
from sentiment.stages import train
from sentiment.system import machine
from sentiment.training import lessons
from sentiment.training.workers import ALONE

STAGE = [sys.executable, "-m", "sentiment.stages.train", "data", "models", "metrics"]
EPOCHS = 20
READER = {"epochs": 4, "reversed": 0.5, "sentences": 0.5}
CURVES = [f"{part}/{score}.tsv" for part in ("train", "validation") for score in ("loss", "accuracy")]


def ready(corpus_folder: Path, folder: Path, epochs: int = EPOCHS, **changes: float) -> Path:
    """A folder in which the stage can run, for many short epochs."""
    shutil.copytree(corpus_folder, folder, dirs_exist_ok=True)
    model = {"convolution": 8, "chunk_length": 5}  # as little as takes every step
    train = {"epochs": epochs, "patience": epochs, "reversed": 0.0, **changes}
    small_params(folder, model=model, train=train)
    return folder


@pytest.fixture(scope="module")
def done(corpus_folder, tmp_path_factory) -> Path:
    """A folder where the stage has run without a stop."""
    folder = ready(corpus_folder, tmp_path_factory.mktemp("train"))
    run(*STAGE, cwd=folder)
    return folder


@pytest.fixture(scope="module")
def done_with_reader(corpus_folder, tmp_path_factory) -> Path:
    """A folder where the stage has trained a reader, too, without a stop."""
    folder = ready(corpus_folder, tmp_path_factory.mktemp("train"), **READER)
    run(*STAGE, cwd=folder)
    return folder


def outputs(folder: Path) -> dict[str, bytes]:
    paths = [folder / "models/model.keras", folder / "models/ensemble.json"]
    paths += [path for path in (folder / "metrics").rglob("*") if path.is_file()]
    return {str(path.relative_to(folder)): path.read_bytes() for path in paths}


@pytest.mark.slow
def test_what_it_writes(done, reviews, classifier, vocabulary):
    assert set(outputs(done)) == {
        *("models/model.keras", "models/ensemble.json", "metrics/train.json", "metrics/train/metrics.json"),
        *(f"metrics/train/plots/metrics/{name}" for name in CURVES),
    }
    assert not (done / "models/checkpoint").exists()
    scores = json.loads((done / "metrics/train.json").read_text())
    assert scores["epochs"] == EPOCHS
    assert scores["environment"]["threads"] == 2
    assert scores["environment"]["precision"] == machine.precision("bfloat16")
    assert len(json.loads((done / "models/seconds.json").read_text())["epochs"]) == EPOCHS
    votes, ngrams = classifier.votes_and_logits(reviews)
    lstm = model.predict(model.load(done / "models/model.keras", vocabulary), reviews, votes)[:, 0]
    alone = metrics.validation(reviews.labels, lstm)
    assert scores["validation_accuracy"] == alone["validation_accuracy"]
    assert scores["validation_loss"] == pytest.approx(alone["validation_log_loss"], abs=2e-6)
    ensemble = Ensemble.load(done / "models/ensemble.json", vocabulary)
    base_logits = {"lstm": lstm, "ngrams": ngrams}
    fitted = Ensemble.fit(base_logits, reviews.labels)
    assert ensemble.weights == pytest.approx(fitted.weights, abs=1e-4)
    stacked = metrics.validation(reviews.labels, ensemble.logits(base_logits))
    assert scores["network"] == pytest.approx(stacked, abs=2e-6)
    rows = (done / "metrics/train/plots/metrics/validation/loss.tsv").read_text().splitlines()
    assert len(rows) == 1 + EPOCHS
    best = float(rows[scores["best_epoch"]].split("\t")[-1])
    assert best == pytest.approx(scores["validation_loss"], abs=1e-6)


@pytest.mark.slow
def test_what_it_writes_with_a_reader(done_with_reader, reviews, classifier, vocabulary):
    done, alone = (
        done_with_reader,
        {"train/metrics.json", *(f"train/plots/metrics/{name}" for name in CURVES)},
    )
    reader = {name.replace("train/", "train/reader/", 1) for name in alone}
    assert set(outputs(done)) == {
        *("models/model.keras", "models/ensemble.json", "metrics/train.json"),
        *(f"metrics/{name}" for name in alone | reader),
    }
    scores = json.loads((done / "metrics/train.json").read_text())
    assert scores["epochs"] == scores["reader"]["epochs"] == READER["epochs"]
    seconds = json.loads((done / "models/seconds.json").read_text())["epochs"]
    assert len(seconds) == READER["epochs"] and min(seconds) > 0
    votes, ngrams = classifier.votes_and_logits(reviews)
    network = model.load(done / "models/model.keras", vocabulary)
    columns = dict(zip(("lstm", "reader"), model.predict(network, reviews, votes).T, strict=True))
    lstm = metrics.validation(reviews.labels, columns["lstm"])
    assert scores["validation_loss"] == pytest.approx(lstm["validation_log_loss"], abs=2e-6)
    ensemble = Ensemble.load(done / "models/ensemble.json", vocabulary)
    assert ensemble.networks == ["lstm", "reader"] and ensemble.takes_ngrams
    stacked = ensemble.logits({**columns, "ngrams": ngrams})
    assert scores["network"] == pytest.approx(metrics.validation(reviews.labels, stacked), abs=2e-6)


def killed_and_resumed(folder: Path, after: str) -> str:
    """SIGKILL once there is a checkpoint `after` which, then the same command again: what that prints."""
    process = subprocess.Popen(STAGE, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while not list(folder.glob(f"models/checkpoint/{after}")):
        assert process.poll() is None
        time.sleep(0.01)
    process.kill()
    process.wait()
    assert not (folder / "models/model.keras").exists()
    return run(*STAGE, cwd=folder).stdout


@pytest.mark.slow
def test_it_survives_a_kill(done, corpus_folder, tmp_path):
    """In the middle: the same bytes as in one go."""
    folder = ready(corpus_folder, tmp_path)
    printed = killed_and_resumed(folder, "lstm/epoch-00[01][3-9]")
    assert "Epoch 2/" not in printed
    assert f"Epoch {EPOCHS}/{EPOCHS}" in printed
    assert outputs(folder) == outputs(done)


@pytest.mark.slow
def test_the_reader_survives_a_kill_and_the_lstm_is_not_trained_again(
    done_with_reader, corpus_folder, tmp_path
):
    folder = ready(corpus_folder, tmp_path, **READER)
    printed = killed_and_resumed(folder, "reader/epoch-000[2-9]")
    assert "Epoch 1/" not in printed and "Epoch 2/" not in printed
    assert printed.count(f"Epoch {READER['epochs']}/") == 1
    assert outputs(folder) == outputs(done_with_reader)


@pytest.mark.slow
def test_a_full_disk_is_one_line(corpus_folder, tmp_path):
    """A limit on what a file may hold stands in for it: the first checkpoint does not fit."""
    folder = ready(corpus_folder, tmp_path)
    limited = ["bash", "-c", 'ulimit -f 4; exec "$@"', "bash", *STAGE]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE")}
    options = {"cwd": folder, "capture_output": True, "text": True, "check": False}
    result = subprocess.run(limited, env=environment, **options)  # coverage's own file would not fit, either
    assert result.returncode == 1
    error = "error: models/checkpoint/lstm/epoch-0001: File too large: larger than files may be here; raise "
    assert result.stderr.splitlines()[-1] == f"{error}the limit (`ulimit -f`)"
    assert "Traceback" not in result.stderr
    assert not list((folder / "models/checkpoint/lstm").iterdir())


def test_the_parts_have_votes_and_logits_only_where_the_network_takes_them(
    corpus_folder, settings, vocabulary, classifier, reviews
):
    folders = corpus_folder / "data", corpus_folder / "models"
    training, validation = lessons.read_parts(*folders, vocabulary, settings["model"])
    np.testing.assert_array_equal(training.votes, np.load(corpus_folder / "data/votes.npy"))
    assert not training.base_logits
    np.testing.assert_array_equal(validation.base_logits["ngrams"], classifier.logits(reviews))
    without = settings["model"].model_copy(update={"ngrams": False})
    for part in lessons.read_parts(*folders, vocabulary, without):
        assert part.votes is None and not part.base_logits


def test_another_input_parameter_or_processor_begins_anew(corpus_folder, tmp_path, monkeypatch):
    folder = ready(corpus_folder, tmp_path)
    monkeypatch.chdir(folder)
    settings = params.load("model", "train")

    def fingerprint():
        environment = train.environment(settings.train, ALONE)
        return train.fingerprint(Path("data"), Path("models"), settings, environment)

    before = fingerprint()
    assert fingerprint() == before
    settings.train = settings.train.model_copy(update={"seed": 7})
    assert fingerprint() != before
    settings.train = params.load("train").train
    (folder / "data/tokens/test/labels.npy").unlink()
    assert fingerprint() == before
    for name in ("data/tokens/validation/labels.npy", "data/votes.npy", "models/baseline/classifier.json"):
        content = (folder / name).read_bytes()
        (folder / name).write_bytes(content + b" ")
        assert fingerprint() != before
        (folder / name).write_bytes(content)
    monkeypatch.setattr(machine, "processor", lambda: "Abacus")  # the last bits are another machine's
    assert fingerprint() != before


EDITS = """
import sys
from pathlib import Path
from sentiment import params
from sentiment.stages import train

settings = params.load("model", "train")
fingerprint = lambda: train.fingerprint(Path("data"), Path("models"), settings)
source = Path(train.__file__).parents[1]
before = fingerprint()
for path in sorted([*source.rglob("*.py"), *source.rglob("*.txt")]):
    text = path.read_text()
    path.write_text(text + "# edited")
    if fingerprint() != before:
        print(path.relative_to(source))
    path.write_text(text)
assert fingerprint() == before
"""


@pytest.mark.slow
def test_an_edit_of_what_training_imports_begins_anew_and_no_other(corpus_folder, tmp_path):
    """Each module of a copy of the source is edited in turn."""
    folder = ready(corpus_folder, tmp_path)
    shutil.copytree(ROOT / "src/sentiment", folder / "src/sentiment", ignore=lambda *_: ["published"])
    edited = run(sys.executable, "-c", EDITS, cwd=folder, PYTHONPATH=str(folder / "src")).stdout.split()
    rooms = {name.split("/")[0] for name in edited}
    assert rooms >= {"training", "network", "ngrams", "data", "embedding", "ensemble.py", "metrics.py"}
    assert {"training/loop.py", "network/model.py", "ngrams/table.py", "stages/train.py"} <= set(edited)
    assert {"training/reversal.py", "training/antonyms.txt"} <= set(edited)
    assert not rooms & {"reports", "server", "scoring", "cli", "evaluation", "export", "inference"}
    assert {name for name in edited if "stages/" in name} == {"stages/__init__.py", "stages/train.py"}


def test_a_network_worse_than_its_baseline_is_told(capsys):
    from sentiment.stages import train  # takes TensorFlow with it

    labels, right = np.array([0, 1, 1, 1]), np.array([-1.0, 1, 1, 1])
    train.warn_if_worse(labels, right, np.ones(4))
    train.warn_if_worse(labels, right, right)
    assert capsys.readouterr().err == ""
    train.warn_if_worse(labels, np.ones(4), right)
    assert "balanced accuracy, 50.0%, is below the n-grams', 100.0%" in capsys.readouterr().err
