"""How long a step of training takes: of the network, and of the same without tricks that make it faster."""

import time
from collections.abc import Collection
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import keras
import numpy as np
from keras import layers

from benchmarks.course import load
from benchmarks.tricks import ADAM, BFLOAT16, CHUNKS, FUSED_LSTM
from sentiment import params
from sentiment.embedding import matrix
from sentiment.network import model
from sentiment.network.batches import Batches
from sentiment.network.fused_lstm import FusedLSTM
from sentiment.training import loop, optimizers

ROUNDS, STEPS = 10, 20  # steps of each network in each round


def measure(variants: dict[str, Collection[str]]) -> dict[str, Any]:
    """Time variants of the network, by name, each without some of its tricks.

    Returns the `steps` of an epoch and the `seconds` per step, by variant and round. All variants take the
    same batches in turn, so that whatever else the machine does affects all alike. Word vectors are random
    and votes zero, which takes as long as those of a real training.
    """
    settings = params.load("baseline", "embedding", "model", "train")
    config = settings.train
    loop.prepare(config)
    vocabulary, train, _ = load()
    embedding = matrix.make(settings.embedding, vocabulary, {})
    votes = np.zeros((len(train.ids), settings.baseline.max_ngram), np.float16)
    epoch = Batches(train, config.batch_size, config.seed, votes=votes if settings.model.ngrams else None)
    steps = len(epoch.batches)
    networks = {name: build(settings, embedding, len(train), without) for name, without in variants.items()}
    return {"steps": steps, "seconds": time_steps(networks, epoch)}


def build(
    settings: SimpleNamespace, embedding: np.ndarray, reviews: int, without: Collection[str]
) -> tuple[keras.Model, str]:
    """The network, ready to train on that many `reviews`, and its precision; some tricks are switched off.

    The source has no options for that: Keras's own classes take the place of ours while it is built.
    """
    config = settings.model.model_copy(update={"chunk_length": 0}) if CHUNKS in without else settings.model
    lstm = layers.LSTM if FUSED_LSTM in without else FusedLSTM
    adam = keras.optimizers.Adam if ADAM in without else optimizers.Adam
    with patch.object(model, "FusedLSTM", lstm), patch.dict(optimizers.OPTIMIZERS, adam=adam):
        network = model.build(config, embedding, settings.baseline.max_ngram)
        loop.compile(network, settings.train, reviews)
    return network, "float32" if BFLOAT16 in without else settings.train.precision


def time_steps(networks: dict[str, tuple[keras.Model, str]], epoch: Batches) -> dict[str, list[float]]:
    """Seconds per step by network, each with its precision, and round, on the first batches of `epoch`."""
    chosen = epoch.batches[: ROUNDS * STEPS]
    rounds = [chosen[start::ROUNDS] for start in range(min(ROUNDS, len(chosen)))]
    seconds: dict[str, list[float]] = {name: [] for name in networks}
    for number, epoch.batches in enumerate([rounds[0], *rounds]):  # the first one is for compiling
        first = number % len(networks)  # finds cold caches: each network in turn
        for name in [*networks, *networks][first : first + len(networks)]:
            network, precision = networks[name]
            with optimizers.precision(precision):
                start = time.monotonic()
                network.fit(epoch.stream(), shuffle=False, verbose=0)
            if number:
                seconds[name].append((time.monotonic() - start) / len(epoch.batches))
                print(f"round {number}: {seconds[name][-1]:.3f} s per step, {name}", flush=True)
    return seconds
