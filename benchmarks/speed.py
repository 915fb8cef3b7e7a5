"""How long a step of training takes, beside the same network on plain Keras layers, and what bounds it."""

import time

import keras
import numpy as np
import tensorflow as tf

from benchmarks.course import load
from sentiment import params
from sentiment.embedding import matrix
from sentiment.network import model
from sentiment.network.batches import Batches
from sentiment.system import machine
from sentiment.training import loop

ROUNDS, STEPS = 10, 20  # steps of either network in each round
SIZE = 1024  # of the square matrices whose product shows what the machine can do
PRODUCTS = 50  # of those


def measure() -> dict:
    """The steps of an epoch; the seconds a step, by network and round; operations a step; rates.

    `ours` is the LSTM that the project trains, `plain` the same on `keras.layers.LSTM` without chunks, in
    float32. Both take the same batches, in turn, so that whatever else the machine does hits both alike.
    Vectors are random and votes zero, which takes as long as those of a real training. `operations` are the
    multiplications and additions of a step's matrix products, `rates` how many of them a second the machine
    can do, by precision.
    """
    settings = params.load("baseline", "embedding", "model", "train")
    config = settings.train
    loop.prepare(config)
    vocabulary, train, _ = load()
    vectors = matrix.make(settings.embedding, vocabulary, {})
    lengths = settings.baseline.max_ngram if settings.model.ngrams else 0
    votes = np.zeros((len(train.ids), lengths), np.float16) if lengths else None
    plain = settings.model.model_copy(update={"chunk_length": 0})
    runs = {}
    for name, network, precision in ("ours", settings.model, config.precision), ("plain", plain, "float32"):
        trained = loop.compile(model.lstm(network, vectors, lengths, vocabulary.unknown), config, len(train))
        runs[name] = trained, loop.Average(trained, config.average), precision
    epoch = Batches(train, config.batch_size, config.seed, votes=votes)
    chosen, steps = epoch.batches[: ROUNDS * STEPS], len(epoch.batches)
    rounds = [chosen[start::ROUNDS] for start in range(min(ROUNDS, steps))]
    seconds = {name: [] for name in runs}
    for number, epoch.batches in enumerate([rounds[0], *rounds]):  # the first one is for compiling
        for name in sorted(runs, reverse=number % 2 == 0):  # whoever comes first finds cold caches
            trained, average, precision = runs[name]
            with loop.precision(precision):
                start = time.monotonic()
                trained.fit(epoch.stream(), shuffle=False, callbacks=[average], verbose=0)
            if number:
                seconds[name].append((time.monotonic() - start) / len(epoch.batches))
                print(f"round {number}: {seconds[name][-1]:.3f} s a step, {name}", flush=True)
    tokens = np.mean([len(batch) * train.lengths[batch].max() for batch in chosen])
    return {
        "steps": steps,
        "seconds": seconds,
        "operations": operations(runs["plain"][0], settings.model) * float(tokens),
        "rates": {
            name: rate(name) for name in dict.fromkeys(["float32", machine.precision(config.precision)])
        },
    }


def operations(network: keras.Model, config: params.Model) -> float:
    """Multiplications and additions to learn from a token, in the products with convolution and LSTM.

    Each weight takes one of either for the outputs, and for the gradients twice as many.
    """
    pool = config.pool_size if config.convolution else 1
    total = 0.0
    for weight in network.trainable_variables:
        if weight.name in ("kernel", "recurrent_kernel") and "dense" not in weight.path:
            total += 6 * weight.numpy().size / (pool if "lstm" in weight.path else 1)
    return total


def rate(precision: str) -> float:
    """Multiplications and additions a second in products of large matrices."""
    matrix = tf.random.stateless_uniform((SIZE, SIZE), (1, 2))
    product = tf.function(lambda x: tf.matmul(x, x))
    with loop.precision(precision):
        product(matrix)
        start = time.monotonic()
        for _ in range(PRODUCTS):
            product(matrix)
        return PRODUCTS * 2 * SIZE**3 / (time.monotonic() - start)
