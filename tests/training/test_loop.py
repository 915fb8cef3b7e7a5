import json
import os
import subprocess
import sys
import time

import keras
import numpy as np
import pytest
import tensorflow as tf
from conftest import EMBEDDING, small_params
from filelock import FileLock

from sentiment import params
from sentiment.errors import UserError
from sentiment.network import model
from sentiment.ngrams import nb_logreg, neighbours
from sentiment.stages import train
from sentiment.system import machine
from sentiment.training import checkpoint, loop
from sentiment.training.loop import Part


def started(settings, reviews, **changes):
    """A network without n-grams and the settings it trains with."""
    config = settings["train"].model_copy(update=changes)
    keras.utils.set_random_seed(config.seed)
    return model.lstm(settings["model"], EMBEDDING, lengths=0), config


def trained(settings, reviews, folder, stop_after=99, **changes):
    """Train, as if killed after `stop_after` epochs; the network's weights and the last history."""
    network, config = started(settings, reviews, **changes)
    history = []
    for history in loop.epochs(network, Part(reviews), Part(reviews), config, folder, "fingerprint"):
        if len(history) == stop_after:
            break
    return network.get_weights(), history


def test_it_learns(settings, reviews, tmp_path):
    _, history = trained(settings, reviews, tmp_path, epochs=30, patience=30, learning_rate=0.02)
    assert min(epoch["val_loss"] for epoch in history) < 0.3 < history[0]["val_loss"]


def without_seconds(history):
    assert all(epoch["seconds"] > 0 for epoch in history)
    return [{name: value for name, value in epoch.items() if name != "seconds"} for epoch in history]


@pytest.mark.parametrize(
    "changes",
    [{"schedule": "constant"}, {"schedule": "onecycle", "word_deletion": 0.1, "word_swap": 0.1}],
    ids=str,
)
def test_a_killed_training_ends_in_the_same_bits(settings, reviews, tmp_path, changes):
    options = {"epochs": 3, "patience": 3, **changes}
    model = settings["model"].model_copy(update={"recurrent_dropout": 0.2})
    settings = settings | {"model": model}
    whole, history = trained(settings, reviews, tmp_path / "whole", **options)
    trained(settings, reviews, tmp_path / "killed", stop_after=1, **options)
    resumed, resumed_history = trained(settings, reviews, tmp_path / "killed", **options)
    assert without_seconds(resumed_history) == without_seconds(history)
    for one, other in zip(whole, resumed, strict=True):
        np.testing.assert_array_equal(one, other)


def test_early_stopping_keeps_the_best_weights(settings, reviews, tmp_path):
    options = {"epochs": 40, "patience": 2, "learning_rate": 0.5}
    weights, history = trained(settings, reviews, tmp_path, **options)
    best = checkpoint.best_epoch(history)
    assert len(history) == min(best + 2, 40)
    network, _ = started(settings, reviews)
    network.set_weights(weights)
    with np.load(tmp_path / f"epoch-{best:04d}" / checkpoint.ARRAYS) as arrays:
        averages = list(arrays.values())[-len(network.trainable_variables) :]
    for weight, kept in zip(network.trainable_variables, averages, strict=True):
        np.testing.assert_array_equal(weight.numpy(), kept)
    assert len(list(tmp_path.iterdir())) <= 2


def test_the_best_epoch_goes_by_all_parts_together(settings, reviews, tmp_path):
    network, config = started(settings, reviews, epochs=2)
    right = np.where(reviews.labels == 1, 1.0, -1.0)
    heard = Part(reviews, others=right[:, None])
    for history in loop.epochs(network, Part(reviews), heard, config, tmp_path, "fingerprint"):
        assert history[-1]["stopping_loss"] < 0.1 < history[-1]["val_loss"]
    history[0]["stopping_loss"] = history[1]["stopping_loss"] - 0.01
    assert checkpoint.best_epoch(history) == 1


def test_each_member_learns_from_a_loss_of_its_own(settings, reviews):
    """Even one whose mistakes the others make up for."""
    network, config = started(settings, reviews)
    trained = loop.compile(network, config, len(reviews))
    ids, labels = reviews.padded(np.arange(len(reviews))), reviews.labels[:, None].astype(np.float32)
    each = trained([ids]).numpy().astype(np.float64)
    assert each.shape == (len(reviews), 2)
    np.testing.assert_allclose(network([ids]), each.mean(axis=1, keepdims=True), rtol=1e-5)
    losses = np.logaddexp(0, np.where(labels == 1, -each, each))
    assert trained.evaluate([ids], labels, verbose=0)[0] == pytest.approx(losses.mean(), rel=1e-5)


def test_bfloat16_is_for_training_alone():
    """What validation and prediction compute is float32, to the bit, whatever was trained before.

    In the block it is another product, unless this processor has no bfloat16.
    """
    values = np.random.default_rng(0).normal(size=(2, 64, 64)).astype(np.float32)

    def product():
        return tf.function(lambda one, other: tf.matmul(one, other))(*values).numpy()

    before = product()
    with loop.precision("bfloat16"):
        assert (product() != before).any() == (machine.precision("bfloat16") == "bfloat16")
        with loop.precision("float32"):
            np.testing.assert_array_equal(product(), before)
        assert (product() != before).any() == (machine.precision("bfloat16") == "bfloat16")
    np.testing.assert_array_equal(product(), before)


def test_a_half_removed_checkpoint_is_passed_over(settings, reviews, tmp_path):
    """A kill while an old checkpoint is removed leaves it under a name that nothing reads."""
    trained(settings, reviews, tmp_path, stop_after=1)
    (tmp_path / "epoch-0001").rename(tmp_path / ".part-epoch-0001")
    (tmp_path / ".part-epoch-0001" / checkpoint.STATE).unlink()
    _, history = trained(settings, reviews, tmp_path)
    assert len(history) == 2


def torn(path):
    path.write_bytes(path.read_bytes()[:-100])


@pytest.mark.parametrize(
    ("name", "damage"),
    [
        (checkpoint.ARRAYS, torn),
        (checkpoint.ARRAYS, lambda path: path.unlink()),
        (checkpoint.STATE, lambda path: path.write_text("")),
        (checkpoint.STATE, lambda path: path.write_text("[]")),
    ],
)
def test_a_damaged_checkpoint_is_told(settings, reviews, tmp_path, name, damage):
    trained(settings, reviews, tmp_path, stop_after=1)
    damage(tmp_path / "epoch-0001" / name)
    with pytest.raises(UserError, match=r"epoch-0001: a damaged checkpoint; remove .* to train anew"):
        trained(settings, reviews, tmp_path)


def test_another_training_does_not_take_up_these_checkpoints(settings, reviews, tmp_path):
    trained(settings, reviews, tmp_path, stop_after=1)
    network, config = started(settings, reviews)
    network = loop.compile(network, config, len(reviews))
    assert checkpoint.Checkpoints(tmp_path, network, [], "another").resume() == []
    assert not list(tmp_path.iterdir())


def test_a_diverging_training_is_told(settings, reviews, tmp_path):
    with pytest.raises(UserError, match=r"no longer a number after epoch 1; lower train\.learning_rate"):
        trained(settings, reviews, tmp_path, optimizer="sgd", learning_rate=1e38)


def test_the_average_of_the_weights(settings, reviews):
    network, config = started(settings, reviews)
    trained = loop.compile(network, config, len(reviews))
    average = loop.Average(trained, 0.5)
    bias = trained.trainable_variables[-1]
    start = bias.numpy()
    for step, value in [(1, 10.0), (100, 20.0)]:
        trained.optimizer.iterations.assign(step)
        bias.assign([value])
        average.update()
    # At step 1 the old counts 2/11, at step 100 one half.
    with average.in_place():
        np.testing.assert_allclose(bias.numpy(), ((2 / 11) * start + (9 / 11) * 10 + 20) / 2, rtol=1e-6)
    assert bias.numpy() == 20.0


@pytest.mark.parametrize("rate", [0.01, keras.optimizers.schedules.CosineDecay(0.1, 20)], ids=type)
def test_adam_is_that_of_keras(rate):
    random = np.random.default_rng(0)
    gradients = [random.normal(size=(6, 3)).astype("float32") for _ in range(20)]

    def weights(kind):
        variable, optimizer = keras.Variable(np.ones((6, 3), "float32")), kind(learning_rate=rate)
        for number, gradient in enumerate(gradients):
            # As those of an embedding, for a batch with a word in it twice.
            rows = tf.IndexedSlices(gradient[:3], [1, 4, 1], (6, 3))
            optimizer.apply([rows if number % 2 else tf.constant(gradient)], [variable])
        return variable.numpy()

    np.testing.assert_allclose(weights(loop.Adam), weights(keras.optimizers.Adam), atol=1e-5)


@pytest.mark.parametrize("name", ["adam", "adamw", "rmsprop", "sgd"])
def test_the_optimizer_is_the_one_that_is_named(settings, reviews, name):
    network, config = started(settings, reviews, optimizer=name)
    optimizer = loop.compile(network, config, len(reviews)).optimizer
    assert type(optimizer).__name__.lower() == name
    assert isinstance(optimizer, loop.Adam) == (name == "adam")


def test_one_cycle_rises_and_falls():
    rate = loop.OneCycle(peak=1.0, steps=100)
    values = [float(rate(step)) for step in range(101)]
    assert values[0] == pytest.approx(0.04)
    assert max(values) == pytest.approx(1.0)
    assert np.argmax(values) == 30
    assert values[100] == pytest.approx(0.0, abs=1e-6)
    assert (np.diff(values[:31]) > 0).all()
    assert (np.diff(values[30:]) < 0).all()


STAGE = [sys.executable, "-m", "sentiment.stages.train"]
STAGE += ["tokens", "embedding.npy", "baseline", "votes.npy", "models/model.keras", "train.json", "curves"]
STAGE += ["--neighbours", "neighbours.npz"]


@pytest.fixture
def ready(tmp_path, vocabulary, reviews, classifier, index):
    """A folder in which the train stage can run, for many short epochs."""
    for part in ("train", "validation"):
        reviews.save(tmp_path / "tokens" / part)
    vocabulary.save(tmp_path / "tokens" / "vocabulary.json")
    np.save(tmp_path / "embedding.npy", EMBEDDING)
    (tmp_path / "baseline").mkdir()
    nb_logreg.save(classifier, tmp_path / "baseline", vocabulary)
    neighbours.save(tmp_path / "neighbours.npz", index, vocabulary)
    np.save(tmp_path / "votes.npy", classifier.votes(classifier.table.find(reviews)).astype(np.float16))
    small_params(tmp_path, train={"epochs": 40, "patience": 40, "batch_size": 32})
    return tmp_path


def outputs(folder):
    files = [
        folder / "models" / "model.keras",
        folder / "train.json",
        *sorted(folder.glob("curves/**/*.tsv")),
    ]
    assert len(files) == 6
    return [file.read_bytes() for file in files]


def test_the_stage_survives_a_kill(ready):
    """SIGKILL in the middle, then the same command again: the same bytes as in one go."""
    process = subprocess.Popen(STAGE, cwd=ready, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while not list((ready / "models").glob("checkpoint/epoch-00[0-3][3-9]")):
        assert process.poll() is None
        time.sleep(0.01)
    process.kill()
    process.wait()
    assert not (ready / "models" / "model.keras").exists()

    resumed = subprocess.run(STAGE, cwd=ready, check=True, capture_output=True, text=True)
    assert "Epoch 2/" not in resumed.stdout
    assert "Epoch 40/40" in resumed.stdout
    assert not (ready / "models" / "checkpoint").exists()
    after_kill = outputs(ready)

    subprocess.run(STAGE, cwd=ready, check=True, capture_output=True)
    assert outputs(ready) == after_kill
    metrics = json.loads((ready / "train.json").read_text())
    assert metrics["epochs"] == 40
    assert len(json.loads((ready / "models" / "seconds.json").read_text())["epochs"]) == 40
    assert metrics["environment"]["threads"] == 2
    assert metrics["environment"]["precision"] == machine.precision("bfloat16")


def test_a_validation_part_of_one_label_is_refused(ready, reviews):
    np.save(ready / "tokens" / "validation" / "labels.npy", np.ones_like(reviews.labels))
    result = subprocess.run(STAGE, cwd=ready, capture_output=True, text=True, check=False)
    assert result.returncode == 1
    assert result.stderr.splitlines()[-1].startswith("error: the validation part needs positive and negative")
    assert not (ready / "models" / "model.keras").exists()


def test_another_processor_begins_anew(ready, monkeypatch):
    """What was trained so far has its last bits from another machine than metrics/train.json would name."""
    paths = [ready / name for name in ("tokens", "embedding.npy", "votes.npy")]
    monkeypatch.chdir(ready)
    settings = params.load("model", "train")
    before = train.fingerprint_of(settings, *paths)
    assert train.fingerprint_of(settings, *paths) == before
    monkeypatch.setattr(machine, "processor", lambda: "Abacus")
    assert train.fingerprint_of(settings, *paths) != before


def test_a_full_disk_is_one_line(ready):
    """A limit on what a file may hold stands in for it: the first checkpoint does not fit."""
    limited = ["bash", "-c", 'ulimit -f 20; exec "$@"', "bash", *STAGE]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE")}
    options = {"cwd": ready, "capture_output": True, "text": True, "check": False}
    result = subprocess.run(limited, env=environment, **options)  # coverage's own file would not fit, either
    assert result.returncode == 1
    assert result.stderr.splitlines()[-1] == "error: [Errno 27] File too large"
    assert "Traceback" not in result.stderr
    assert not list((ready / "models" / "checkpoint").iterdir())


def test_a_second_training_at_the_same_time_is_refused(ready):
    (ready / "models").mkdir()
    with FileLock(ready / "models" / "train.lock"):
        result = subprocess.run(STAGE, cwd=ready, capture_output=True, text=True, check=False)
    assert result.returncode == 1
    assert result.stderr.splitlines()[-1] == (
        "error: models/train.lock: another training is running here; wait for it or stop it"
    )
    assert not (ready / "models" / "model.keras").exists()
