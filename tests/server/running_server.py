"""A running `sentiment serve`, for the tests of this folder."""

import re
import resource
import signal
import subprocess
import sys
import time
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import httpx
from conftest import ROOT
from prometheus_client.parser import text_string_to_metric_families

MODEL = ROOT / "models" / "imdb"
COMMAND = [sys.executable, "-m", "sentiment.cli.main", "serve"]
TIMEOUT = 60  # seconds; much less is needed, unless the machine is busy
LONG = "I went to see it with my brother, and we both liked it a lot. " * 60


def wait_until(condition):
    """Call `condition` until it returns something true, and return that."""
    end = time.monotonic() + TIMEOUT
    while not (result := condition()):
        assert time.monotonic() < end, "this takes too long"
        time.sleep(0.01)
    return result


class Server:
    """A server process with its `url` and the files of its output."""

    def __init__(self, folder: Path, *options: str, model: Path = MODEL, descriptors: int = 1024):
        def limit():
            resource.setrlimit(resource.RLIMIT_NOFILE, (descriptors, descriptors))

        self.output, self.errors = folder / "stdout", folder / "stderr"
        with self.output.open("w") as output, self.errors.open("w") as errors:
            command = [*COMMAND, "--port", "0", "--model", model, *options]
            self.process = subprocess.Popen(
                command, cwd=folder, stdout=output, stderr=errors, preexec_fn=limit
            )
        wait_until(lambda: self.output.read_text().endswith("\n") or self.process.poll() is not None)
        self.url = re.search(r"http://\S+", self.output.read_text())[0]

    def stop(self, signal: signal.Signals) -> tuple[int, str]:
        """Return its exit status and its standard error."""
        self.process.send_signal(signal)
        return self.process.wait(TIMEOUT), self.errors.read_text()


def metrics(client: httpx.Client) -> dict:
    """Return the samples of /metrics by name and label values."""
    families = text_string_to_metric_families(client.get("/metrics").text)
    samples = [sample for family in families for sample in family.samples]
    return {(sample.name, *sample.labels.values()): sample.value for sample in samples}


def explaining(pool: ThreadPoolExecutor, client: httpx.Client) -> list[Future]:
    """Request two explanations, and return once the first is in progress and the second waits."""
    requests = [pool.submit(client.post, "/explain", json={"text": LONG}) for _ in range(2)]
    wait_until(lambda: metrics(client)["sentiment_waiting_texts", "/explain"] == 1)
    return requests
