"""Checkpoints, of the smallest of networks."""

import keras
import numpy as np
import pytest

from sentiment.errors import UserError
from sentiment.training import checkpoint
from sentiment.training.checkpoint import ARRAYS, STATE, Checkpoints


@pytest.fixture
def checkpoints(tmp_path):
    return Checkpoints(tmp_path / "checkpoint", made(), "fingerprint")


def made():
    """A compiled network of two weights, whose optimizer has four more."""
    network = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    network.compile(keras.optimizers.Adam(0.1), "mse")
    network.optimizer.build(network.trainable_variables)
    return network


def train(checkpoints: Checkpoints, *losses: float) -> tuple[list[dict], list[list]]:
    """Train an epoch for each of `losses`, which it reports; the history, and the state after each epoch."""
    history, states = [], []
    for loss in losses:
        checkpoints.network.fit(np.ones((4, 1)), np.zeros(4), verbose=0)
        history.append({"stopping_loss": loss})
        checkpoints.save(history)
        states.append(state(checkpoints.network))
    return history, states


def state(network):
    return [value.numpy().tolist() for value in [*network.weights, *network.optimizer.variables]]


def again(checkpoints: Checkpoints, fingerprint: str = "fingerprint") -> Checkpoints:
    """The same folder in the hands of another process: with a network that is not trained."""
    return Checkpoints(checkpoints.folder, made(), fingerprint)


def kept(checkpoints: Checkpoints) -> list[str]:
    return sorted(path.name for path in checkpoints.folder.glob("*"))


def test_without_checkpoints_training_begins(checkpoints):
    before = state(checkpoints.network)
    assert checkpoints.resume() == []
    assert state(checkpoints.network) == before


def test_the_last_is_resumed_and_the_best_restored(checkpoints):
    history, states = train(checkpoints, 0.5, 0.3, 0.4, 0.4)
    assert kept(checkpoints) == ["epoch-0002", "epoch-0004"]
    other = again(checkpoints)
    assert other.resume() == history
    assert state(other.network) == states[3]
    other.restore_best(history)
    assert state(other.network) == states[1] != states[3]
    other.clear()
    assert kept(checkpoints) == []


def test_the_best_epoch_is_the_first_of_equals():
    losses = [0.5, 0.3, 0.3, 0.4]
    assert checkpoint.best_epoch([{"stopping_loss": loss} for loss in losses]) == 2


def test_another_training_does_not_take_them_up(checkpoints):
    train(checkpoints, 0.5)
    assert again(checkpoints, "another").resume() == []
    assert kept(checkpoints) == []


def test_a_half_removed_one_is_passed_over(checkpoints):
    """A kill while an old checkpoint is removed leaves it under a name that nothing reads."""
    history, _ = train(checkpoints, 0.5, 0.3)
    half = checkpoints.folder / ".part-epoch-0001"
    half.mkdir()
    (half / ARRAYS).write_bytes(b"half")
    assert again(checkpoints).resume() == history


@pytest.mark.parametrize(
    ("name", "damage"),
    [
        (ARRAYS, lambda path: path.write_bytes(path.read_bytes()[:-100])),
        (ARRAYS, lambda path: path.unlink()),
        (ARRAYS, lambda path: np.savez(path, arr_0=np.zeros((1, 1)))),  # of another network
        (STATE, lambda path: path.write_text("")),
        (STATE, lambda path: path.write_text("[]")),
    ],
)
def test_a_damaged_one_is_told(checkpoints, name, damage):
    history, _ = train(checkpoints, 0.5)
    damage(checkpoints.folder / "epoch-0001" / name)
    problem = rf"epoch-0001: a damaged checkpoint; remove {checkpoints.folder} to train anew"
    with pytest.raises(UserError, match=problem):
        again(checkpoints).resume()
    if name == ARRAYS:
        with pytest.raises(UserError, match=problem):
            again(checkpoints).restore_best(history)
