"""Training that survives a kill: after each epoch, all of its state on disk, whole or not at all."""

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np

from sentiment.errors import UserError
from sentiment.system import files

ARRAYS, STATE = "state.npz", "history.json"


@dataclass
class Checkpoints:
    """A folder of checkpoints of one training, known by its `fingerprint`.

    Each is a folder with the weights, the optimizer's state, and the history so far. Which epoch was the
    best, and how long ago, follows from the history. The last is kept to resume from, and the best.
    """

    folder: Path
    network: keras.Model
    fingerprint: str

    def save(self, history: list[dict]) -> None:
        """Add one after the last epoch in `history`, and drop those no longer needed."""
        with files.replacing(self._path(len(history))) as part:
            part.mkdir()
            # Not Keras's save_weights: HDF5 can crash on a full disk.
            np.savez(part / ARRAYS, *(variable.numpy() for variable in self.variables()))
            files.write_json(part / STATE, {"fingerprint": self.fingerprint, "history": history})
        for old in set(self._all()) - {self._path(len(history)), self._path(best_epoch(history))}:
            files.remove(old)

    def resume(self) -> list[dict]:
        """Load the last one into the network, which must have its optimizer; return its history.

        Where there is none, return an empty one. Those of a training with another fingerprint (other
        parameters, tokens or code) are removed. Raises UserError where one is damaged.
        """
        for path in reversed(self._all()):
            with self._refusing(path):
                state = files.read_json(path / STATE)
                if state["fingerprint"] == self.fingerprint:
                    self._load(path)
                    return state["history"]
        self.clear()
        return []

    def restore_best(self, history: list[dict]) -> None:
        """Load the best one into the network; raises UserError where it is damaged."""
        path = self._path(best_epoch(history))
        with self._refusing(path):
            self._load(path)

    def clear(self) -> None:
        """Remove all."""
        for path in self._all():
            files.remove(path)

    def variables(self) -> list:
        """What a checkpoint holds: the network's weights, and the optimizer's state."""
        return [*self.network.weights, *self.network.optimizer.variables]

    def _load(self, path: Path) -> None:
        with np.load(path / ARRAYS) as values:
            for number, variable in enumerate(self.variables()):
                variable.assign(values[f"arr_{number}"])

    @contextmanager
    def _refusing(self, path: Path) -> Iterator[None]:
        try:
            yield
        except (FileNotFoundError, EOFError, ValueError, KeyError, TypeError, zipfile.BadZipFile):
            raise UserError(f"{path}: a damaged checkpoint; remove {self.folder} to train anew") from None

    def _path(self, epoch: int) -> Path:
        return self.folder / f"epoch-{epoch:04d}"

    def _all(self) -> list[Path]:
        return sorted(self.folder.glob("epoch-*"))


def best_epoch(history: list[dict]) -> int:
    """The number, from 1, of the epoch with the lowest `stopping_loss`, the first of equals."""
    losses = [epoch["stopping_loss"] for epoch in history]
    return losses.index(min(losses)) + 1
