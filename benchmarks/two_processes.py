"""Training by two processes with a thread each, against one process with two threads, on this machine.

    python -m benchmarks.two_processes

Both take the same steps with the network of params.yaml, in float32, on made-up reviews, with
lengths and frequencies as in `synthetic`. Writes benchmarks/two_processes.json.
"""

import json
import os
import socket
import subprocess
import sys
import time
from statistics import median
from types import SimpleNamespace

import numpy as np

from benchmarks import synthetic
from benchmarks.results import FOLDER
from sentiment import params
from sentiment.data import dataset
from sentiment.network import model
from sentiment.network.batches import Batches
from sentiment.system import files, machine
from sentiment.training import loop, workers
from sentiment.training.steps import Steps
from sentiment.training.workers import Workers

STEPS, WARM, ROUNDS = 40, 3, 3  # steps that count, those before, and how often both take them, in turn
SEED = 42
WORKER = "--worker"


def main() -> None:
    """Run both in turn; write the median seconds of a step, and the largest difference of the losses."""
    runs = {workers: [run(workers) for _ in range(ROUNDS)] for workers in (1, 2)}
    seconds = {
        workers: median(second for one in found for second in one["seconds"])
        for workers, found in runs.items()
    }
    one, two = (np.array(runs[workers][0]["losses"]) for workers in (1, 2))
    content = {
        "steps": STEPS,
        "seconds_one_process": round(seconds[1], 4),
        "seconds_two_processes": round(seconds[2], 4),
        "ratio": round(seconds[2] / seconds[1], 3),
        "largest_difference": float(np.abs(one - two).max()),
        "processor": machine.processor(),
    }
    files.write_json(FOLDER / "two_processes.json", content)
    print(json.dumps(content, indent=2))


def run(workers: int) -> dict:
    """What the first of that many processes tells: the `seconds` and the `losses` of its steps."""
    command = [sys.executable, "-m", "benchmarks.two_processes", WORKER, str(2 // workers)]
    addresses = [f"127.0.0.1:{port}" for port in free_ports(workers)]
    started = []
    for rank in range(workers):
        task = {"cluster": {"worker": addresses}, "task": {"type": "worker", "index": rank}}
        environment = {**os.environ, "TF_CONFIG": json.dumps(task)}
        started.append(subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True))
    first, *_ = [process.communicate()[0] for process in started]
    if any(process.returncode for process in started):
        sys.exit("error: a process has failed")
    return json.loads(first)


def free_ports(number: int) -> list[int]:
    """Ports of this machine that nobody listens on."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(number)]
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


def work(threads: int) -> None:
    """Take the steps, as one of the workers that TF_CONFIG names; print seconds and losses as JSON."""
    settings = params.load("tokenize", "baseline", "embedding", "model", "train")
    config = settings.train.model_copy(update={"threads": threads, "precision": "float32"})
    loop.prepare(config)
    with workers.joined() as team:
        steps, batches = made_up(settings, config, team)
        seconds, losses = [], []
        for batch in batches.batches[:]:
            batches.batches = [batch]
            start = time.monotonic()
            losses.append(steps.take(batches)["loss"])
            seconds.append(time.monotonic() - start)
    print(json.dumps({"seconds": seconds[WARM:], "losses": losses}))


def made_up(settings: SimpleNamespace, config: params.Train, team: Workers) -> tuple[Steps, Batches]:
    """The network and batches of reviews: a review is positive if most of its ids are even."""
    random, max_ngram = np.random.default_rng(SEED), settings.baseline.max_ngram * settings.model.ngrams
    ids, number = settings.tokenize.vocabulary_size, (STEPS + WARM) * config.batch_size
    lengths = synthetic.review_lengths(random, number).clip(max=settings.tokenize.max_tokens)
    arrays = [(2 + synthetic.zipf(random, length) % (ids - 2)).astype(np.int32) for length in lengths]
    labels = np.array([np.mean(array % 2) < 0.5 for array in arrays]).astype(int)
    reviews = dataset.ragged(arrays, labels, np.arange(number))
    votes = random.normal(size=(len(reviews.ids), max_ngram)).astype(np.float16) if max_ngram else None
    embedding = random.normal(0, 0.1, (ids, settings.embedding.dimensions)).astype(np.float32)
    network = model.build(settings.model, embedding, max_ngram)
    loop.compile(network, config, number)
    return Steps(network, max_ngram, team), Batches(reviews, config.batch_size, SEED, votes=votes)


if __name__ == "__main__":
    if WORKER in sys.argv:
        work(int(sys.argv[-1]))
    else:
        main()
