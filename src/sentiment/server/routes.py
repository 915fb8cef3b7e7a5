"""The routes: what each path takes and returns. Predicting is left to the batchers in `app.state`."""

import asyncio
from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST

from sentiment.server.batcher import Batcher, Busy
from sentiment.server.page import PAGE, POLICY
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


async def _submit(request: Request, batcher: Batcher, texts: list[str]) -> list:
    """Return the batcher's answers to `texts`; cancel them if the client goes away."""
    try:
        answers = asyncio.wrap_future(batcher.submit(texts))
    except Busy:
        detail = "too many texts are waiting; try again in a second"
        raise HTTPException(503, detail, {"Retry-After": "1"}) from None
    gone = asyncio.ensure_future(request.receive())  # after the body, only a disconnection can come
    try:
        await asyncio.wait([answers, gone], return_when=asyncio.FIRST_COMPLETED)
        if not answers.done():
            raise HTTPException(499, "the client has gone")  # nginx's status, for the metrics
        return answers.result()
    finally:  # also when the server's grace period is over
        gone.cancel()
        answers.cancel()
