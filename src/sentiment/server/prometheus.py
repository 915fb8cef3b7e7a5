"""The server's metrics, for Prometheus."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest

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
