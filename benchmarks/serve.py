"""Load `sentiment serve` with single reviews at a fixed rate, and write benchmarks/serve.md.

    python -m benchmarks.serve     # about seven minutes; let nothing else run meanwhile

First at rising rates, to find how many requests per second it answers with 99 of 100 within LIMIT; then at
one rate for minutes.
"""

import asyncio
import csv
import itertools
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated
from urllib.request import urlopen

import numpy as np
import psutil
import typer

from benchmarks.load import LIMIT, LOOK, Load, load
from benchmarks.results import DATA, FOLDER, machine, write
from sentiment.errors import UserError
from sentiment.reports.markdown import table
from sentiment.system.command import run

CORPORA = DATA / "IMDB Dataset.csv", DATA / "sample.csv"  # the first that is there
STEP = 50  # requests per second, between one rate and the next
STEP_SECONDS = 15
COLUMNS = [
    *("requests/s", "p50, ms", "p95, ms", "p99, ms", "errors"),
    *("cores of the server", "cores of the client"),
]


def main(
    rate: Annotated[int, typer.Option(help="Requests per second, in the long run.")] = 200,
    seconds: Annotated[int, typer.Option(help="How long that is.")] = 300,
) -> None:
    """Measure, and write the table."""
    corpus = next((path for path in CORPORA if path.is_file()), None)
    if corpus is None:
        raise UserError(f"{CORPORA[-1]}: no such file; run this in the project's root")
    with corpus.open(encoding="utf-8", newline="") as file:
        reviews = [row["review"] for row in csv.DictReader(file)]
    with server() as (process, port):
        requests = itertools.cycle([request(review, port) for review in reviews])
        ramp: list[Load] = []
        while not ramp or ramp[-1].good():
            ramp.append(asyncio.run(load(process, port, requests, STEP * (len(ramp) + 1), STEP_SECONDS)))
            print(*row(ramp[-1]), dict(ramp[-1].errors) or "", flush=True)
        long = asyncio.run(load(process, port, requests, rate, seconds))
        print(*row(long), dict(long.errors) or "", flush=True)
    words = float(np.mean([len(review.split()) for review in reviews]))
    report(f"`{corpus}`, {words:.0f} words on average", ramp, long)


@contextmanager
def server() -> Iterator[tuple[psutil.Process, int]]:
    """Start `sentiment serve` on a free port; yield its process and the port, and stop it."""
    command = [sys.executable, "-m", "sentiment.cli.main", "serve", "--port", "0"]
    process = psutil.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        line = process.stdout.readline()
        if not (found := re.search(r"http://\S+:(\d+)", line)):
            raise UserError("`sentiment serve` does not start; see above")
        # It listens before it has loaded all that answering takes.
        urlopen(f"{found[0]}/health").close()
        yield process, int(found[1])
    finally:
        process.terminate()
        process.wait()


def request(review: str, port: int) -> bytes:
    """The bytes of a request to predict `review`."""
    body = json.dumps({"texts": [review]}).encode()
    head = f"POST /predict HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


def row(one: Load) -> list[str]:
    """The cells of one rate."""
    milliseconds = [f"{value:.0f}" for value in one.percentiles()]
    return [str(one.rate), *milliseconds, f"{one.errors.total():,}", *(f"{cores:.2f}" for cores in one.cores)]


def report(reviews: str, ramp: list[Load], long: Load) -> None:
    """Write the page."""
    good = max((one.rate for one in ramp if one.good()), default=0)
    memory = ", ".join(f"{size / 2**20:.0f}" for size in long.memory)
    requests = len(long.latencies) + long.errors.total()
    write(
        FOLDER / "serve.md",
        "# Load on `sentiment serve`",
        "Written by `python -m benchmarks.serve`, which runs the server and its client on one machine: "
        f"{machine()}. Each request is `POST /predict` with one review of {reviews}. It is sent when it is "
        "due, whether or not earlier ones are answered; latency counts from then.",
        f"Rising rates, {STEP_SECONDS} seconds each, up to the first with an error or a p99 of "
        f"{1000 * LIMIT:.0f} ms or more:",
        table(COLUMNS, [row(one) for one in ramp]),
        f"The highest that it keeps up with: **{good} per second**.",
        f"{requests:,} requests at one rate:",
        table(COLUMNS, [row(long)]),
        f"Memory of the server at the start and every {LOOK} seconds, MiB: {memory}.",
    )


if __name__ == "__main__":
    run(main)
