"""Load `sentiment serve` with single reviews at a fixed rate, and write benchmarks/serve.md.

    python -m benchmarks.serve     # about seven minutes; let nothing else run meanwhile

First at rising rates, to find how many requests a second it answers with 99 of 100 within LIMIT; then at
one rate for minutes. Requests leave when it is their time, whether or not earlier ones are answered, and
their latency counts from then: a server that falls behind cannot hide it by holding the requests up.
"""

import asyncio
import csv
import itertools
import json
import platform
import re
import subprocess
import sys
import time
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated
from urllib.request import urlopen

import numpy as np
import psutil
import typer
from joblib import cpu_count

from sentiment.errors import UserError
from sentiment.system.command import run
from sentiment.system.files import replacing
from sentiment.system.machine import processor

ROOT = Path(__file__).parents[1]
CORPORA = ("data/IMDB Dataset.csv", "data/sample.csv")  # the first that is there
OUTPUT = ROOT / "benchmarks" / "serve.md"
LIMIT = 0.1  # seconds within which 99 of 100 requests are to be answered
STEP = 50  # requests a second, between one rate and the next
STEP_SECONDS = 15
LOOK = 30  # seconds between two looks at the server's memory
IDLE = 2  # seconds without a request after which a connection is not used again; uvicorn's limit is 5
PATIENCE = 20  # seconds after which a request that is not answered is an error


@dataclass
class Load:
    """What came of requests at a fixed `rate` a second.

    latencies: seconds from when a request was due to the end of its answer, those with status 200.
    errors: how often which other status came, or None.
    memory: bytes that the server held, at the start and every LOOK seconds.
    cores: of the server and of the one that asks, kept busy on average.
    """

    rate: int
    latencies: list[float] = field(default_factory=list)
    errors: Counter = field(default_factory=Counter)
    memory: list[int] = field(default_factory=list)
    cores: tuple[float, float] = (0.0, 0.0)

    def percentiles(self) -> np.ndarray:
        """The 50th, 95th and 99th percentile of the latencies in milliseconds: float64 (3)."""
        return 1000 * np.percentile(self.latencies or [np.inf], [50, 95, 99])

    def good(self) -> bool:
        """Whether the server keeps up with it."""
        return not self.errors and self.percentiles()[2] < 1000 * LIMIT


class Connection(asyncio.Protocol):
    """A connection that is kept open, for one request at a time; far lighter than an HTTP library."""

    def __init__(self):
        self.answer, self.received = None, b""

    def connection_made(self, transport: asyncio.Transport) -> None:
        self.transport = transport

    async def ask(self, request: bytes) -> int | None:
        """The status of the answer to `request`; None where the connection was closed before it."""
        self.answer, self.received = asyncio.get_running_loop().create_future(), b""
        self.transport.write(request)
        return await self.answer

    def data_received(self, data: bytes) -> None:
        self.received += data
        head, end, body = self.received.partition(b"\r\n\r\n")
        if end and len(body) == int(re.search(rb"(?i)content-length: *(\d+)", head)[1]):
            self.answer.set_result(int(head.split(None, 2)[1]))

    def connection_lost(self, error: Exception | None) -> None:
        if self.answer and not self.answer.done():
            self.answer.set_result(None)


def main(
    rate: Annotated[int, typer.Option(help="Requests a second, in the long run.")] = 200,
    seconds: Annotated[int, typer.Option(help="How long that is.")] = 300,
) -> None:
    """Measure, and write the table."""
    corpus = next(path for path in CORPORA if (ROOT / path).is_file())
    with (ROOT / corpus).open(encoding="utf-8", newline="") as file:
        reviews = [row["review"] for row in csv.DictReader(file)]
    with server() as (process, port):
        requests = itertools.cycle([request(review, port) for review in reviews])
        ramp = []
        while not ramp or ramp[-1].good():
            ramp.append(asyncio.run(load(process, port, requests, STEP * (len(ramp) + 1), STEP_SECONDS)))
            print(row(ramp[-1]), dict(ramp[-1].errors) or "", flush=True)
        long = asyncio.run(load(process, port, requests, rate, seconds))
        print(row(long), dict(long.errors) or "", flush=True)
    with replacing(OUTPUT) as part:
        part.write_text(report(corpus, reviews, ramp, long), "utf-8")


@contextmanager
def server():
    """Start `sentiment serve` on a free port; yield its process and the port, and stop it."""
    command = [sys.executable, "-m", "sentiment.cli.main", "serve", "--port", "0"]
    process = psutil.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
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


async def load(process: psutil.Process, port: int, requests, rate: int, seconds: int) -> Load:
    """Send `rate` of the `requests` a second to `process`, which listens at `port`."""
    result, free, sent = Load(rate), [], []
    loop, start = asyncio.get_running_loop(), time.perf_counter()
    cpu = [sum(process.cpu_times()[:2]), time.process_time()]
    for number in range(rate * seconds):
        due = start + number / rate
        if (ahead := due - time.perf_counter()) > 0:
            await asyncio.sleep(ahead)
        if number % (rate * LOOK) == 0:
            result.memory.append(process.memory_info().rss)
        sent.append(loop.create_task(ask(port, next(requests), due, free, result)))
    await asyncio.gather(*sent)
    result.memory.append(process.memory_info().rss)
    spent = time.perf_counter() - start
    result.cores = (
        (sum(process.cpu_times()[:2]) - cpu[0]) / spent,
        (time.process_time() - cpu[1]) / spent,
    )
    for connection in free:
        connection.transport.close()
    return result


async def ask(port: int, request: bytes, due: float, free: list[Connection], result: Load) -> None:
    """Send `request`, which was `due`, on a `free` connection or a new one, and note what comes of it."""
    try:
        connection = await connected(port, free)
        status = await asyncio.wait_for(connection.ask(request), PATIENCE)
    except (OSError, asyncio.TimeoutError):
        status = None
    if status == 200:
        result.latencies.append(time.perf_counter() - due)
    else:
        result.errors[status] += 1
    if status is not None:
        connection.used = time.monotonic()
        free.append(connection)


async def connected(port: int, free: list[Connection]) -> Connection:
    """The one of `free` that was used last; a new one where the server may be about to close that."""
    while free:
        connection = free.pop()
        if time.monotonic() - connection.used < IDLE:
            return connection
        connection.transport.close()
    return (await asyncio.get_running_loop().create_connection(Connection, "127.0.0.1", port))[1]


def row(one: Load) -> str:
    """One line of the table."""
    p50, p95, p99 = one.percentiles()
    server, client = one.cores
    errors = one.errors.total()
    return f"| {one.rate} | {p50:.0f} | {p95:.0f} | {p99:.0f} | {errors:,} | {server:.2f} | {client:.2f} |"


def report(corpus: str, reviews: list[str], ramp: list[Load], long: Load) -> str:
    """All of it in Markdown."""
    words = np.mean([len(review.split()) for review in reviews])
    kept = [one.rate for one in ramp if one.good()]
    head = [
        "| requests/s | p50, ms | p95, ms | p99, ms | errors | cores of the server | cores of the load |",
        "|---|---|---|---|---|---|---|",
    ]
    memory = ", ".join(f"{held / 2**20:.0f}" for held in long.memory)
    requests = len(long.latencies) + long.errors.total()
    return "\n".join(
        [
            "# Load on `sentiment serve`",
            "",
            "Written by `python -m benchmarks.serve`, which starts the server and asks it from the same",
            f"machine: {processor()}, {cpu_count()} cores, Python {platform.python_version()}.",
            f"Each request is `POST /predict` with one review of `{corpus}`, {words:.0f} words on average.",
            "It is sent when it is due, whether or not earlier ones are answered; latency counts from then.",
            "",
            f"Rising rates, {STEP_SECONDS} seconds each, up to the first with an error or a p99",
            f"of {1000 * LIMIT:.0f} ms or more:",
            "",
            *head,
            *map(row, ramp),
            "",
            f"The highest that it keeps up with: **{max(kept, default=0)} a second**.",
            "",
            f"{requests:,} requests at one rate:",
            "",
            *head,
            row(long),
            "",
            f"Memory of the server at the start and every {LOOK} seconds, MiB: {memory}.",
            "",
        ]
    )


if __name__ == "__main__":
    run(main)
