"""How long a step of training takes, beside the same network on plain Keras layers."""

import time

import numpy as np

from benchmarks.course import load
from sentiment import embedding, model, params, training
from sentiment.batches import Batches

ROUNDS, STEPS = 10, 20  # steps of either network in each round


def measure() -> dict:
    """The steps of an epoch; and the seconds a step, by network and round.

    `ours` is the LSTM that the project trains, `plain` the same on `keras.layers.LSTM` without chunks. Both
    take the same batches, in turn, so that whatever else the machine does hits both alike. Vectors are
    random and votes zero, which takes as long as those of a real training.
    """
    settings = params.load("baseline", "embedding", "model", "train")
    training.prepare(settings.train)
    words, train, _ = load()
    vectors = embedding.make(settings.embedding, words, {})
    lengths = settings.baseline.max_ngram if settings.model.ngrams else 0
    votes = np.zeros((len(train.ids), lengths), np.float16) if lengths else None
    plain = settings.model.model_copy(update={"chunk_length": 0})
    runs = {}
    for name, p in ("ours", settings.model), ("plain", plain):
        network = training.compile(model.lstm(p, vectors, lengths), settings.train, len(train))
        runs[name] = network, training.Average(network, settings.train.average)
    epoch = Batches(train, settings.train.batch_size, settings.train.seed, votes=votes)
    chosen, steps = epoch.batches[: ROUNDS * STEPS], len(epoch.batches)
    rounds = [chosen[start::ROUNDS] for start in range(min(ROUNDS, steps))]
    seconds = {name: [] for name in runs}
    for number, epoch.batches in enumerate([rounds[0], *rounds]):  # the first one is for compiling
        for name in sorted(runs, reverse=number % 2 == 0):  # whoever comes first finds cold caches
            network, average = runs[name]
            start = time.monotonic()
            network.fit(epoch.stream(), shuffle=False, callbacks=[average], verbose=0)
            if number:
                seconds[name].append((time.monotonic() - start) / len(epoch.batches))
                print(f"round {number}: {seconds[name][-1]:.3f} s a step, {name}", flush=True)
    return {"steps": steps, "seconds": seconds}
