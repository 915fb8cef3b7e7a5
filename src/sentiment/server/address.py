"""Where the server listens, and by which host names it may be called."""

import ipaddress
import re
import socket

from sentiment.errors import UserError

LOOPBACK = ("127.0.0.1", "[::1]", "localhost")  # as they stand in a URL


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens at `host` and `port`; raises UserError if it cannot."""
    try:
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        return socket.create_server(address[:2], family=family, backlog=1024)
    except UnicodeError:
        raise UserError(f"cannot listen at {host}: not a host name; choose one with --host") from None
    except OSError as error:
        reason = (error.strerror or str(error)).partition(" (")[0]  # create_server appends the address
        message = f"cannot listen at {host}, port {port}: {reason}; choose others with --host and --port"
        raise UserError(message) from None


def host_names(listener: socket.socket, host: str) -> set[str]:
    """Return the names of this server, for a `listener` at `host`; none if other machines can reach it.

    Those may call it by any name. The bound address decides, not the spelling: 127.1 is this machine alone.
    """
    bound = listener.getsockname()[0]
    if not ipaddress.ip_address(bound).is_loopback:
        return set()
    return {*LOOPBACK, _in_url(bound), _in_url(host.lower())}


def url(listener: socket.socket) -> str:
    """Return the URL at which a browser finds the server."""
    host, port = listener.getsockname()[:2]
    return f"http://{_in_url(host)}:{port}"


def prefix(root_path: str) -> str:
    """Return `root_path` as it stands in front of a path, such as /app; raises UserError for others."""
    parts = root_path.strip("/")
    if not re.fullmatch(r"[\w.~/-]*", parts, re.ASCII) or "//" in parts:
        raise UserError(f"--root-path {root_path}: expected a path such as /app")
    return f"/{parts}" if parts else ""


def _in_url(host: str) -> str:
    return f"[{host}]" if ":" in host else host
