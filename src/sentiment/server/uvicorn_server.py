"""uvicorn, made to start and stop as a command should."""

import os
import signal
import socket
import sys
from types import FrameType

import uvicorn
from fastapi import FastAPI

GRACE_PERIOD = 30  # seconds for the requests in progress when it stops


class Server(uvicorn.Server):
    """Finishes the requests in progress at the first SIGINT or SIGTERM; ends at once at the second."""

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        if self.should_exit:
            os._exit(1)  # threads may be computing, and nothing is lost with them
        super().handle_exit(sig, frame)


def run(app: FastAPI, listener: socket.socket) -> None:
    """Serve `app` at `listener` until a signal stops it.

    Exits with status 1 if `app` fails to start, and logs the traceback: users' mistakes are found before.
    """
    config = uvicorn.Config(
        app,
        lifespan="on",  # with `auto`, uvicorn takes some errors for an app without a lifespan
        log_level="warning",
        server_header=False,
        timeout_graceful_shutdown=GRACE_PERIOD,
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
