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
    """Answer at `listener` until a signal says to stop."""
    config = uvicorn.Config(app, log_level="warning", server_header=False, timeout_graceful_shutdown=PATIENCE)
    server = Server(config)

    def stop(*_) -> None:
        if not server.should_exit:  # in the end uvicorn raises the signal again
            sys.exit(0)

    for kind in (signal.SIGINT, signal.SIGTERM):
        signal.signal(kind, stop)
    server.run([listener])
