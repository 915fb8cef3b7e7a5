"""Download of a file over HTTP, with a progress bar."""

from dataclasses import dataclass
from pathlib import Path

import pooch
import requests
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from sentiment.errors import UserError

CHUNK = 2**16  # bytes between two updates of the progress bar


@dataclass(frozen=True)
class Limits:
    """What a server may do: wait for `timeout` seconds without sending, and send `max_bytes` in all."""

    timeout: float
    max_bytes: float = float("inf")


def fetch(url: str, folder: Path, limits: Limits, known_hash: str | None = None) -> Path:
    """Download `url` into `folder` under a name made of the URL, unless it is there; return its path.

    `known_hash`, such as sha256:…, is the expected checksum. Raises UserError, with the reason only, if the
    download fails.
    """
    pooch.get_logger().setLevel("ERROR")  # its other messages are paths and checksums
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        downloader = pooch.HTTPDownloader(
            progressbar=Bar(progress, progress.add_task("download", visible=False), limits.max_bytes),
            chunk_size=CHUNK,
            timeout=limits.timeout,
            headers={"Accept-Encoding": "identity"},  # compression would change the checksum
        )
        try:
            return Path(pooch.retrieve(url, known_hash, path=folder, downloader=downloader))
        except (requests.RequestException, ValueError) as error:
            raise UserError(_reason(error, limits.timeout)) from error


def _reason(error: Exception, timeout: float) -> str:
    """Describe an error of requests or pooch in a few words."""
    if isinstance(error, requests.HTTPError) and error.response is not None:
        return f"HTTP status {error.response.status_code}"
    if isinstance(error, requests.Timeout) or "timed out" in str(error):
        return f"no answer for {timeout:g} seconds"
    if isinstance(error, requests.exceptions.ChunkedEncodingError):
        return "the connection broke off"
    if type(error) is requests.ConnectionError:
        return "no connection"
    if "hash" in str(error):
        return "another checksum than params.yaml's"
    return type(error).__name__


@dataclass
class Bar:
    """The progress bar that pooch updates; it also stops a download that grows too large."""

    progress: Progress
    task: TaskID
    max_bytes: float
    received: int = 0  # bytes
    total: int = 0  # bytes, set by pooch; 0 if the server does not send the length

    def update(self, size: int) -> None:
        """Count `size` more bytes; raises UserError if there are, or will be, more than `max_bytes`."""
        self.received += size
        if max(self.received, self.total) > self.max_bytes:
            raise UserError(f"more than {self.max_bytes:,} bytes")
        self.progress.update(self.task, visible=True, completed=self.received, total=self.total or None)

    def reset(self) -> None:
        """Start counting anew: at the end, pooch adds the total as a whole."""
        if self.total:
            self.received = 0

    def close(self) -> None:
        """Do nothing; pooch calls it at the very end."""
