"""How long a connection may idle, which one makes room for another, and what it means to hang up.

uvicorn has settings for the time between two requests, and for how many connections may send one. What it has
none for is here: the time before the first request and during a head, idle connections without end, and
clients that close their side of a connection as soon as they have sent a request.
"""

import asyncio
import resource
from pathlib import Path

from uvicorn.protocols.http.h11_impl import H11Protocol

SPARE = 16  # file descriptors for all else: the event loop, modules yet to be imported, other files


def most() -> int:
    """Return how many connections the file descriptors of this process are enough for."""
    descriptors, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return max(2, descriptors - len([*Path("/dev/fd").iterdir()]) - SPARE)


class Connection(H11Protocol):
    """A connection, which is idle until it has the whole head of a request, and again after each answer.

    It is closed when it has been idle for uvicorn's `timeout_keep_alive` seconds, or to make room: of as many
    as its `limit_concurrency`, the one that has been idle for longest goes. If none is idle, uvicorn answers
    the new one with 503.
    """

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._become_idle()
        self._make_room()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)  # stops the clock, even if this is only a part of a head
        if self._is_idle():
            self._start_clock()

    def on_response_complete(self) -> None:
        super().on_response_complete()  # may go on with the next request
        if self._is_idle():
            self._become_idle()

    def eof_received(self) -> bool:  # type: ignore[override]
        """Keep the connection, if the client may still read an answer.

        `receive` wakes up and returns a last, empty part of the body once more.
        """
        if self._is_idle() or self.cycle.more_body:
            return False
        self.cycle.keep_alive = False
        self.cycle.message_event.set()
        return True

    def _is_idle(self) -> bool:
        return self.cycle is None or self.cycle.response_complete

    def _become_idle(self) -> None:
        self._idle_since = self.loop.time()
        self._start_clock()

    def _start_clock(self) -> None:
        self._unset_keepalive_if_required()
        end = self._idle_since + self.timeout_keep_alive
        self.timeout_keep_alive_task = self.loop.call_at(end, self.timeout_keep_alive_handler)

    def _make_room(self) -> None:
        most, self.limit_concurrency = self.limit_concurrency, None  # it counts those that are closing, too
        others = [one for one in self.connections if one is not self and not one.transport.is_closing()]
        if most is None or len(others) + 1 < most:
            return
        idle = [one for one in others if isinstance(one, Connection) and one._is_idle()]
        if idle:
            min(idle, key=lambda one: one._idle_since).timeout_keep_alive_handler()
        else:
            self.limit_concurrency = 0

    def _unsupported_upgrade_warning(self) -> None:
        """Log nothing: an offer to upgrade may be ignored, and clients make one with every request."""
