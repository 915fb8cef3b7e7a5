"""ASGI middleware: what applies to every request, whatever its path."""

import asyncio
import re
from collections.abc import Collection

from fastapi import HTTPException
from fastapi.responses import JSONResponse
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# Responses are what their type says, only for pages of this server, and not to be cached.
SAFE_HEADERS = {
    b"content-security-policy": b"default-src 'none'; frame-ancestors 'none'",
    b"x-content-type-options": b"nosniff",
    b"referrer-policy": b"no-referrer",
    b"cross-origin-resource-policy": b"same-origin",
    b"cross-origin-opener-policy": b"same-origin",
    b"cache-control": b"no-store",
}


class BodyLimit:
    """Refuse a body of more than `limit` bytes, before it is parsed and without keeping it in memory.

    Refuse also one that takes more than `seconds`: a stalled client would keep the server from stopping.
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
            except asyncio.TimeoutError:  # not the builtin one before Python 3.11
                raise HTTPException(408, f"the body did not arrive within {self.seconds} seconds") from None
            more = message.get("more_body", False)
            read += len(message.get("body", b""))
            if read > self.limit:
                raise HTTPException(413, f"the body has more than {self.limit:,} bytes")
            return message

        await self.app(scope, limited, send)


class HostNames:
    """Refuse a request whose `Host` is none of `hosts`, unless these are empty.

    This stops DNS rebinding: a website whose own name comes to resolve to this machine could otherwise read
    the responses, as the browser would take them for the website's own.
    """

    def __init__(self, app: ASGIApp, hosts: Collection[str]):
        self.app, self.hosts = app, frozenset(hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        app = self.app
        if scope["type"] == "http" and self.hosts:
            name = re.sub(r":\d*$", "", Headers(scope=scope).get("host", "")).lower()
            if name not in self.hosts:
                app = JSONResponse({"detail": f"expected Host to be {' or '.join(sorted(self.hosts))}"}, 421)
        await app(scope, receive, send)


class Stopping:
    """Refuse every request once `app.state.stopping` is true, so that a proxy asks another server."""

    def __init__(self, app: ASGIApp):
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        app = self.app
        if scope["type"] == "http" and scope["app"].state.stopping:
            headers = {"Retry-After": "1", "Connection": "close"}
            app = JSONResponse({"detail": "the server is stopping; try again in a second"}, 503, headers)
        await app(scope, receive, send)


class SafeHeaders:
    """Add SAFE_HEADERS to every response, unless it has them already."""

    def __init__(self, app: ASGIApp):
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                existing = {name.lower() for name, _ in message["headers"]}
                added = [item for item in SAFE_HEADERS.items() if item[0] not in existing]
                message["headers"] = [*message["headers"], *added]
            await send(message)

        await self.app(scope, receive, send_with_headers)


class Failures:
    """Answer 500 in JSON where the application has failed, and raise the error again for the server's log.

    Starlette's own answer is plain text, and would come from outside of the other middleware.
    """

    def __init__(self, app: ASGIApp):
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = scope["type"] != "http"  # nothing to answer then

        async def watched_send(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self.app(scope, receive, watched_send)
        except Exception:
            if not started:
                response = JSONResponse({"detail": "the server has failed; see its log"}, 500)
                await response(scope, receive, send)
            raise
