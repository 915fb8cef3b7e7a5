"""uvicorn, made to start and stop as a command should."""

import asyncio
import os
import signal
import socket
import sys
from types import FrameType

import uvicorn
from fastapi import FastAPI

from sentiment.server import connection

IDLE = 10  # seconds that a connection may take until it has sent the head of a request
GRACE_PERIOD = 30  # seconds for the requests in progress when it stops
GOODBYE = 0.5  # seconds, at least, in which requests that come too late are told so
LEAVING = 2  # seconds for the last answers to leave


class Server(uvicorn.Server):
    """Finishes the requests in progress at the first SIGINT or SIGTERM; ends at once at the second."""

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        if self.should_exit:
            os._exit(1)  # threads may be computing, and nothing is lost with them
        super().handle_exit(sig, frame)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Answer the requests in progress, and tell all others to go elsewhere, before connections close."""
        self.config.app.state.stopping = True  # type: ignore[union-attr]
        in_progress = set(self.server_state.tasks)
        await asyncio.sleep(GOODBYE)
        if in_progress:
            await asyncio.wait(in_progress, timeout=GRACE_PERIOD)
        await super().shutdown(sockets)


def run(app: FastAPI, listener: socket.socket, root_path: str = "") -> None:
    """Serve `app` at `listener`, behind a proxy that removes `root_path`, until a signal stops it.

    Exits with status 1 if `app` fails to start, and logs the traceback: users' mistakes are found before.
    """
    config = uvicorn.Config(
        app,
        http=connection.Connection,
        ws="none",
        lifespan="on",  # with `auto`, uvicorn takes some errors for an app without a lifespan
        log_level="warning",
        server_header=False,
        root_path=root_path,
        limit_concurrency=connection.most(),
        timeout_keep_alive=IDLE,
        timeout_graceful_shutdown=LEAVING,
    )
    server = Server(config)

    def stop(*_: object) -> None:
        if not server.should_exit:  # uvicorn raises the signal again at its end
            sys.exit(0)

    for kind in (signal.SIGINT, signal.SIGTERM):
        signal.signal(kind, stop)
    try:
        server.run([listener])
    except SystemExit as end:  # 0 from `stop`; newer uvicorns have statuses of their own
        sys.exit(1 if end.code else 0)
    if not server.started:
        sys.exit(1)
