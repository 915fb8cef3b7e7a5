"""Single requests to a server at a fixed rate: an open loop.

Requests leave when they are due, whether or not earlier ones are answered, and their latency counts from
then: a server that falls behind cannot hide it by holding the requests up.
"""

import asyncio
import re
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import psutil

LIMIT = 0.1  # seconds within which 99 of 100 requests are to be answered
LOOK = 30  # seconds between two looks at the server's memory
IDLE = 2  # seconds without a request after which a connection is not used again; uvicorn's limit is 5
PATIENCE = 20  # seconds after which a request that is not answered is an error


@dataclass
class Load:
    """What came of requests at a fixed `rate` per second.

    latencies: seconds from when a request was due to the end of its answer, those with status 200.
    errors: how often each other status came, or None.
    memory: bytes that the server held, at the start and every LOOK seconds.
    cores: that the server, and the client, kept busy on average.
    """

    rate: int
    latencies: list[float] = field(default_factory=list)
    errors: Counter[int | None] = field(default_factory=Counter)
    memory: list[int] = field(default_factory=list)
    cores: tuple[float, float] = (0.0, 0.0)

    def percentiles(self) -> np.ndarray:
        """The 50th, 95th and 99th percentile of the latencies in milliseconds: float64 (3)."""
        return 1000 * np.percentile(self.latencies or [np.inf], [50, 95, 99])

    def good(self) -> bool:
        """Whether the server keeps up with it."""
        return not self.errors and bool(self.percentiles()[2] < 1000 * LIMIT)


class Connection(asyncio.Protocol):
    """A connection that is kept open, for one request at a time; far lighter than an HTTP library."""

    def __init__(self) -> None:
        self.answer: asyncio.Future[int | None] | None = None
        self.received = b""
        self.used = 0.0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        self.transport = transport

    async def ask(self, request: bytes) -> int | None:
        """The status of the answer to `request`; None where the connection was closed before it."""
        self.answer, self.received = asyncio.get_running_loop().create_future(), b""
        self.transport.write(request)
        return await self.answer

    def data_received(self, data: bytes) -> None:
        self.received += data
        head, end, body = self.received.partition(b"\r\n\r\n")
        length = re.search(rb"(?i)content-length: *(\d+)", head)
        if self.answer and end and length and len(body) == int(length[1]):
            self.answer.set_result(int(head.split(None, 2)[1]))

    def connection_lost(self, error: Exception | None) -> None:
        if self.answer and not self.answer.done():
            self.answer.set_result(None)


async def load(
    process: psutil.Process, port: int, requests: Iterator[bytes], rate: int, seconds: int
) -> Load:
    """Send `rate` of the `requests` per second to `process`, which listens at `port`."""
    result, sent = Load(rate), []
    free: list[Connection] = []
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
