"""The routes: what each path takes and returns. Predicting is left to the batchers in `app.state`."""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST

from sentiment.server import api_page
from sentiment.server.batcher import Batcher, Busy
from sentiment.server.page import PAGE, POLICY, policy
from sentiment.server.schemas import PROBLEMS, Answers, Explained, Health, OneText, Texts

router = APIRouter()


def _get(path: str, **options: Any) -> Callable:
    """Route GET to a function, and HEAD, which FastAPI leaves out; only GET is in the OpenAPI description."""

    def register(function: Callable) -> Callable:
        router.get(path, **options)(function)
        return router.head(path, **options | {"include_in_schema": False})(function)

    return register


@router.post("/predict", responses=PROBLEMS)
async def predict(body: Texts, request: Request) -> Answers:
    """Classify each text as positive or negative."""
    return Answers(predictions=await _submit(request, request.app.state.predictions, body.texts))


@router.post("/explain", responses=PROBLEMS)
async def explain(body: OneText, request: Request) -> Explained:
    """Classify a text, and show what each of its words contributed. This takes a second or two."""
    return (await _submit(request, request.app.state.explanations, [body.text]))[0]


@_get("/health")
async def health(request: Request) -> Health:
    """Show that the server is up, and which model it uses."""
    return Health(model=request.app.state.model)


@_get(
    "/metrics",
    response_class=Response,
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
)
async def metrics(request: Request) -> Response:
    """Report counts and times since the start, in Prometheus's text format."""
    return Response(request.app.state.metrics.text(), headers={"Content-Type": CONTENT_TYPE_LATEST})


@_get("/", include_in_schema=False)
async def page() -> HTMLResponse:
    """Show the web page."""
    return HTMLResponse(PAGE, headers={"Content-Security-Policy": POLICY})


@_get("/docs", include_in_schema=False)
async def docs(request: Request) -> HTMLResponse:
    """Show the OpenAPI description to people."""
    shown = api_page.render(request.app.openapi(), str(request.base_url))
    return HTMLResponse(shown, headers={"Content-Security-Policy": policy(shown)})


async def _submit(request: Request, batcher: Batcher, texts: list[str]) -> list:
    """Return the batcher's answers to `texts`; cancel them if the client goes away."""
    try:
        future = batcher.submit(texts)
        answers = asyncio.wrap_future(future)
        try:
            await _answered_or_gone(request, answers, partial(batcher.defer, future))
            return await answers
        finally:  # also when the server's grace period is over
            answers.cancel()
    except Busy:
        detail = "too many texts are waiting; try again in a second"
        raise HTTPException(503, detail, {"Retry-After": "1"}) from None


async def _answered_or_gone(request: Request, answers: asyncio.Future, defer: Callable[[], None]) -> None:
    """Wait for `answers`; raise status 499 if the client goes away first.

    One that has only closed its own side of the connection may be waiting still, or have gone: `defer` it.
    """
    while not answers.done():
        receiving = asyncio.ensure_future(request.receive())
        try:
            await asyncio.wait([answers, receiving], return_when=asyncio.FIRST_COMPLETED)
        finally:
            receiving.cancel()
        if receiving.done() and not answers.done():
            if receiving.result()["type"] == "http.disconnect":
                raise HTTPException(499, "the client has gone")  # nginx's status, for the metrics
            defer()
