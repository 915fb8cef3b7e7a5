"""Answer over HTTP, and on a page."""

import ipaddress
import socket
from pathlib import Path
from typing import Annotated

import typer

from sentiment.errors import UserError, printable

LOOPBACK = ("127.0.0.1", "[::1]", "localhost")  # in an address that a browser is given


def serve(
    model: Annotated[Path | None, typer.Option(help="Folder of an exported model.")] = None,
    host: Annotated[str, typer.Option(help="Address to listen on; 0.0.0.0 for all.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 for a free one.")] = 8000,
) -> None:
    """Answer over HTTP, and on a page."""
    listener = listen(host, port)  # before all that takes long: a port in use is told at once
    # Half a second of imports: the other commands have no use for them.
    from sentiment.inference.predictor import Predictor
    from sentiment.server import app, uvicorn_server

    predictor = Predictor(model, threads=1)  # with more they would get in each other's way
    predictor.predict(["The first text takes the longest: not at a visitor's expense."])
    application = app.create(predictor, names(listener, host))
    print(f"{printable(predictor.artifact.description)}; at {address(listener)} until Ctrl-C", flush=True)
    uvicorn_server.run(application, listener)


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens at `host` and `port`; raises UserError where it cannot."""
    try:
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        return socket.create_server(address[:2], family=family, backlog=1024)
    except UnicodeError:
        raise UserError(f"cannot listen at {host}: not a machine's name; choose one with --host") from None
    except OSError as error:
        # create_server makes its message longer than the system's own.
        reason = error.strerror.partition(" (")[0]
        problem = f"cannot listen at {host}, port {port}: {reason}"
        raise UserError(f"{problem}; choose others with --host and --port") from None


def names(listener: socket.socket, host: str) -> set[str]:
    """What `listener`, which was to listen at `host`, is called; empty if other machines, too, can reach it.

    They may know it by any name. How `host` is spelt says nothing about that: 127.1 is this machine alone.
    """
    bound = listener.getsockname()[0]
    if not ipaddress.ip_address(bound).is_loopback:
        return set()
    return {*LOOPBACK, _in_url(bound), _in_url(host.lower())}


def address(listener: socket.socket) -> str:
    """Where a browser finds what listens at `listener`."""
    host, port = listener.getsockname()[:2]
    return f"http://{_in_url(host)}:{port}"


def _in_url(host: str) -> str:
    return f"[{host}]" if ":" in host else host
