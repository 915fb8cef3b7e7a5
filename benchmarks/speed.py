"""How long a step of training takes, of the LSTM and of variants of it."""

import time
from typing import Any

import numpy as np

from benchmarks.course import load
from benchmarks.results import SECTIONS, changed
from sentiment import params
from sentiment.embedding import matrix
from sentiment.network import model
from sentiment.network.batches import Batches
from sentiment.training import loop, optimizers
from sentiment.training.steps import Steps

ROUNDS, STEPS = 10, 20  # steps of each network in each round


def measure(variants: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Time variants of the LSTM, by name, each with some parameters changed.

    Returns the `steps` that all training reviews take, and the `seconds` per step, by variant and round. All
    variants take the same batches in turn, so that whatever else the machine does affects all alike. Word
    vectors are random and votes zero, which takes as long as those of a real training.
    """
    settings = params.load(*SECTIONS)
    config = settings.train
    loop.prepare(config)
    vocabulary, train, _ = load()
    embedding = matrix.make(settings.embedding, vocabulary, {})
    max_ngram = settings.baseline.max_ngram
    votes = np.zeros((len(train.ids), max_ngram), np.float16) if settings.model.ngrams else None
    epoch = Batches(train, config.batch_size, config.seed, votes=votes)
    steps = len(epoch.batches)
    networks = {}
    for name, change in variants.items():
        variant = changed(params.load(*SECTIONS), change)
        network = model.build(variant.model, embedding, max_ngram)
        loop.compile(network, variant.train, len(train))
        taken = Steps(network, max_ngram if variant.model.ngrams else 0)
        networks[name] = taken, variant.train.precision
    return {"steps": steps, "seconds": time_steps(networks, epoch)}


def time_steps(networks: dict[str, tuple[Steps, str]], epoch: Batches) -> dict[str, list[float]]:
    """Seconds per step by network, each with its precision, and round, on the first batches of `epoch`."""
    chosen = epoch.batches[: ROUNDS * STEPS]
    rounds = [chosen[start::ROUNDS] for start in range(min(ROUNDS, len(chosen)))]
    seconds: dict[str, list[float]] = {name: [] for name in networks}
    for number, epoch.batches in enumerate([rounds[0], *rounds]):  # the first one is for compiling
        first = number % len(networks)  # finds cold caches: each network in turn
        for name in [*networks, *networks][first : first + len(networks)]:
            taken, precision = networks[name]
            with optimizers.precision(precision):
                start = time.monotonic()
                taken.take(epoch)
            if number:
                seconds[name].append((time.monotonic() - start) / len(epoch.batches))
                print(f"round {number}: {seconds[name][-1]:.3f} s per step, {name}", flush=True)
    return seconds
