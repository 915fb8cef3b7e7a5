"""What goes around every request, whichever address it is for (ASGI middleware)."""

import asyncio
import re
import time
from collections.abc import Collection

from fastapi import HTTPException
from fastapi.responses import JSONResponse
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sentiment.server.prometheus import Metrics

# Every answer is what its type says, for pages of this server alone, and nothing to keep.
SAFE_HEADERS = {
    b"content-security-policy": b"default-src 'none'; frame-ancestors 'none'",
    b"x-content-type-options": b"nosniff",
    b"referrer-policy": b"no-referrer",
    b"cross-origin-resource-policy": b"same-origin",
    b"cross-origin-opener-policy": b"same-origin",
    b"cache-control": b"no-store",
}


class BodyLimit:
    """Refuse a body of more than `limit` bytes, before anything parses it and without keeping it.

    And one that is not there after some `seconds`: a client that has stalled would hold up the server's end.
    """

    def __init__(self, app: ASGIApp, limit: int, seconds: float):
        self.app, self.limit, self.seconds = app, limit, seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        read, more, clock = 0, True, asyncio.get_running_loop().time
        end = clock() + self.seconds

        async def limited() -> Message:
            nonlocal read, more
            try:
                message = await asyncio.wait_for(receive(), end - clock() if more else None)
            except asyncio.TimeoutError:  # before Python 3.11, the builtin one is another
                raise HTTPException(408, f"the body was not there after {self.seconds} seconds") from None
            more = message.get("more_body", False)
            read += len(message.get("body", b""))
            if read > self.limit:
                raise HTTPException(413, f"the body has more than {self.limit:,} bytes")
            return message

        await self.app(scope, limited, send)


class OwnNames:
    """Refuse a request to any other name than `hosts`, unless there are none.

    A page of another site cannot read a local server's answers, for a browser asks that server first, unless
    the site's own name suddenly means this machine (DNS rebinding).
    """

    def __init__(self, app: ASGIApp, hosts: Collection[str]):
        self.app, self.hosts = app, frozenset(hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        app = self.app
        if scope["type"] == "http" and self.hosts:
            name = re.sub(r":\d*$", "", Headers(scope=scope).get("host", "")).lower()
            if name not in self.hosts:
                app = JSONResponse({"detail": f"this server answers as {', '.join(sorted(self.hosts))}"}, 421)
        await app(scope, receive, send)


class SafeHeaders:
    """Add SAFE_HEADERS to every answer, but for those that it has already."""

    def __init__(self, app: ASGIApp):
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def headed(message: Message) -> None:
            if message["type"] == "http.response.start":
                there = {name.lower() for name, _ in message["headers"]}
                added = [item for item in SAFE_HEADERS.items() if item[0] not in there]
                message["headers"] = [*message["headers"], *added]
            await send(message)

        await self.app(scope, receive, headed)


class Failures:
    """Answer a request that an error of ours has ended, too; the error goes on to the server, which logs it.

    Starlette would answer it as well, but from outside of all the others here, and not in JSON.
    """

    def __init__(self, app: ASGIApp):
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = scope["type"] != "http"  # then there is nothing to answer

        async def seen(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self.app(scope, receive, seen)
        except Exception:
            if not started:
                answer = JSONResponse({"detail": "the server has failed; its log says how"}, 500)
                await answer(scope, receive, send)
            raise


class Observer:
    """Count requests and their seconds by path; those that are not among `paths` together."""

    def __init__(self, app: ASGIApp, metrics: Metrics, paths: Collection[str]):
        self.app, self.metrics, self.paths = app, metrics, frozenset(paths)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        status, start = 500, time.perf_counter()

        async def seen(message: Message) -> None:
            nonlocal status
            status = message.get("status", status)
            await send(message)

        path = scope["path"] if scope["path"] in self.paths else "other"
        try:
            await self.app(scope, receive, seen)
        finally:
            self.metrics.requests.labels(path, status).inc()
            self.metrics.seconds.labels(path).observe(time.perf_counter() - start)
