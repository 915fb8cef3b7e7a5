"""What the server counts, for Prometheus."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest

SECONDS = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10)


class Metrics:
    """The figures of one application, those of its process included."""

    def __init__(self):
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        self.requests = Counter(
            "sentiment_requests", "Requests answered", ["path", "status"], registry=self._registry
        )
        self.seconds = Histogram(
            "sentiment_request_seconds",
            "From a request's head to the end of the answer",
            ["path"],
            buckets=SECONDS,
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
        """All of them, in Prometheus's text format."""
        return generate_latest(self._registry)
