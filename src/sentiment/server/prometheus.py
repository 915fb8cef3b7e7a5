"""The server's metrics, for Prometheus."""

import time
from collections.abc import Collection

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

BUCKETS = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10)  # seconds


class Metrics:
    """The metrics of one application and its process."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        self.requests = Counter(
            "sentiment_requests", "Requests answered", ["path", "status"], registry=self._registry
        )
        self.seconds = Histogram(
            "sentiment_request_seconds",
            "Time from the head of a request to the end of the response",
            ["path"],
            buckets=BUCKETS,
            registry=self._registry,
        )
        self.batches = Histogram(
            "sentiment_batch_texts",
            "Texts predicted together",
            buckets=(1, 2, 4, 8, 16),
            registry=self._registry,
        )
        self.waiting = Gauge("sentiment_waiting_texts", "Texts waiting", ["path"], registry=self._registry)

    def text(self) -> bytes:
        """Return all of them in Prometheus's text format."""
        return generate_latest(self._registry)


class Observer:
    """Middleware: count requests and their seconds by path; paths that are not among `paths` count as one."""

    def __init__(self, app: ASGIApp, metrics: Metrics, paths: Collection[str]):
        self.app, self.metrics, self.paths = app, metrics, frozenset(paths)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        status, start = 500, time.perf_counter()

        async def watched_send(message: Message) -> None:
            nonlocal status
            status = message.get("status", status)
            await send(message)

        path = scope["path"].removeprefix(scope["root_path"])
        path = path if path in self.paths else "other"
        try:
            await self.app(scope, receive, watched_send)
        finally:
            self.metrics.requests.labels(path, status).inc()
            self.metrics.seconds.labels(path).observe(time.perf_counter() - start)
