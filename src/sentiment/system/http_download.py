"""Download of a file over HTTP, with a progress bar."""

import hashlib
from pathlib import Path

import requests

from sentiment.errors import UserError
from sentiment.system import progress

CHUNK = 2**16  # bytes between two updates of the progress bar


def download(url: str, path: Path, timeout: float, max_bytes: float = float("inf")) -> str:
    """Write the file at `url` to `path`; return its SHA-256 in hexadecimal.

    Raises UserError, with the reason only, if the server sends nothing for `timeout` seconds, more than
    `max_bytes` in all, or an error.
    """
    identity = {"Accept-Encoding": "identity"}  # else a server may compress, which changes the checksum
    digest, received = hashlib.sha256(), 0
    try:
        with requests.get(url, headers=identity, timeout=timeout, stream=True) as response:
            response.raise_for_status()
            total = int(response.headers.get("Content-Length", 0))
            bar = progress.bar("download", total or None, in_bytes=True)
            with path.open("wb") as file, bar as advance:
                for chunk in response.iter_content(CHUNK):
                    received += len(chunk)
                    if max(received, total) > max_bytes:
                        raise UserError(f"more than {max_bytes:,} bytes")
                    file.write(chunk)
                    digest.update(chunk)
                    advance(len(chunk))
    except (requests.RequestException, ValueError) as error:  # ValueError: a URL or a length that is none
        raise UserError(_reason(error, timeout)) from error
    return digest.hexdigest()


def _reason(error: Exception, timeout: float) -> str:
    """Describe an error of requests in a few words."""
    if isinstance(error, requests.HTTPError) and error.response is not None:
        return f"HTTP status {error.response.status_code}"
    if isinstance(error, requests.Timeout) or "timed out" in str(error):
        return f"no answer for {timeout:g} seconds"
    if isinstance(error, requests.exceptions.ChunkedEncodingError):
        return "the connection broke off"
    return "no connection" if type(error) is requests.ConnectionError else type(error).__name__
