"""uvicorn, which starts and stops as a command should."""

import os
import signal
import socket
import sys
from types import FrameType

import uvicorn
from fastapi import FastAPI

PATIENCE = 30  # seconds that requests which are being answered when it stops have left


class Server(uvicorn.Server):
    """Answers what it was asked before the first SIGINT or SIGTERM; ends at the second."""

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        if self.should_exit:
            os._exit(1)  # threads may be in the midst of a computation, and nothing is lost with them
        super().handle_exit(sig, frame)


def run(app: FastAPI, listener: socket.socket) -> None:
    """Answer at `listener` until a signal says to stop.

    Ends in exit status 1 where `app` does not start: its traceback is in the log, for what a user can mistake
    is found before.
    """
    config = uvicorn.Config(
        app,
        lifespan="on",  # by itself uvicorn takes some of its errors for an app that has no lifespan
        log_level="warning",
        server_header=False,
        timeout_graceful_shutdown=PATIENCE,
    )
    server = Server(config)

    def stop(*_) -> None:
        if not server.should_exit:  # in the end uvicorn raises the signal again
            sys.exit(0)

    for kind in (signal.SIGINT, signal.SIGTERM):
        signal.signal(kind, stop)
    try:
        server.run([listener])
    except SystemExit as end:  # `stop` ends in 0, and newer uvicorns in another status than ours
        sys.exit(1 if end.code else 0)
    if not server.started:
        sys.exit(1)
