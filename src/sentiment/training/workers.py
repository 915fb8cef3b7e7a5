"""The processes that train one network together, by TensorFlow's `MultiWorkerMirroredStrategy`.

Each has all of the network, and its share of every batch. What they exchange are sums over all of them: of
gradients, and of what the chief alone knows, to which the others add zeros.
"""

import json
import os
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from threading import Timer
from typing import Any

import numpy as np
import tensorflow as tf

from sentiment.errors import UserError
from sentiment.training import tf_config
from sentiment.training.tf_config import Place

PATIENCE = 300.0  # seconds that the others have to come; they may still be importing TensorFlow, or reading
AGAIN = "start all of them again: training goes on after its last whole epoch"


class Workers:
    """All processes of a training, of which this one has the number `rank`; the chief has 0."""

    def __init__(self, strategy: tf.distribute.Strategy, rank: int, number: int):
        self.strategy, self.rank, self.number = strategy, rank, number
        self._sums = tf.function(lambda values: strategy.run(self._sum, (values,)), reduce_retracing=True)

    @property
    def is_chief(self) -> bool:
        """Whether this is the one that validates, and writes."""
        return self.rank == 0

    def sum(self, values: Sequence[tf.Tensor | tf.IndexedSlices]) -> list:
        """The sums over all workers, each of whom calls this, too, in a function that `strategy` runs.

        Slices, as an embedding's gradient has them, stay as many as they are: Keras's optimizers square each,
        and would come to another result with their sum.
        """
        if self.number == 1:
            return list(values)
        return tf.distribute.get_replica_context().all_reduce(tf.distribute.ReduceOp.SUM, list(values))

    def share(self, value: Any) -> Any:
        """The chief's `value`, which JSON can hold; those of the others do not count."""
        if self.number == 1:
            return value
        content = np.frombuffer(json.dumps(value).encode(), np.uint8)
        length = int(self._of_chief([np.array(len(content))])[0])
        (content,) = self._of_chief([np.resize(content, length)])
        return json.loads(content.numpy().astype(np.uint8).tobytes())

    def share_variables(self, variables: Sequence[Any]) -> None:
        """Give all workers the chief's values of Keras's `variables`."""
        if self.number == 1:
            return
        values = self._of_chief([variable.numpy() for variable in variables])
        for variable, value in zip(variables, values, strict=True):
            variable.assign(tf.cast(value, variable.dtype))

    def agree(self, fingerprint: str) -> None:
        """Raise UserError where the chief has another `fingerprint` of what it trains."""
        if self.share(fingerprint) != fingerprint:
            raise UserError(f"worker {self.rank} has other parameters, tokens or code than the chief")

    def _sum(self, values: list[tf.Tensor]) -> list[tf.Tensor]:
        return self.sum(list(map(tf.identity, values)))  # arguments are on no device, which TensorFlow wants

    def _of_chief(self, arrays: list[np.ndarray]) -> list[tf.Tensor]:
        """The chief's values of numeric arrays, whose shapes are the same for all workers."""
        # TensorFlow wants one type for all; this holds float32 and whole numbers exactly.
        values = [
            tf.constant(array if self.is_chief else np.zeros_like(array), tf.float64) for array in arrays
        ]
        return self._sums(values)


ALONE = Workers(tf.distribute.get_strategy(), 0, 1)


@contextmanager
def joined() -> Iterator[Workers]:
    """Wait for the workers that TF_CONFIG names, and for all of them at the end again.

    Must come before TensorFlow's first computation. Raises UserError where TF_CONFIG is wrong, where the
    others do not come, or once one of them is lost.
    """
    place = tf_config.load()
    if len(place.addresses) == 1:
        yield ALONE
        return
    try:
        workers = Workers(_strategy(place), place.rank, len(place.addresses))
        yield workers
        workers.share(None)  # who leaves earlier is taken for lost
    except (tf.errors.UnavailableError, tf.errors.AbortedError, tf.errors.DeadlineExceededError) as error:
        raise UserError(f"{_name(place)}: another worker is lost; {AGAIN}") from error


def _strategy(place: Place) -> tf.distribute.Strategy:
    """Meet the others; ends the process in one line where they do not come."""
    print(f"{_name(place)}: waiting for {len(place.addresses) - 1} more", file=sys.stderr)
    timer = Timer(PATIENCE, _give_up, [place])
    timer.daemon = True
    timer.start()
    interrupt = signal.signal(signal.SIGINT, signal.SIG_DFL)  # Python's own waits for TensorFlow
    try:
        return tf.distribute.MultiWorkerMirroredStrategy()
    finally:
        signal.signal(signal.SIGINT, interrupt)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)  # which TensorFlow takes for a notice, and goes on
        timer.cancel()


def _give_up(place: Place) -> None:
    """TensorFlow waits for an hour, and nothing else can stop it."""
    others = [address for rank, address in enumerate(place.addresses) if rank != place.rank]
    problem = f"{_name(place)}: {', '.join(others)} did not all come within {PATIENCE:.0f} s"
    print(f"error: {problem}; {AGAIN}", file=sys.stderr, flush=True)
    os._exit(1)


def _name(place: Place) -> str:
    return f"worker {place.rank} of {len(place.addresses)}" + ("" if place.rank else ", the chief")
