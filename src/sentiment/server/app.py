"""The application that answers over HTTP: its addresses, and what goes in and out there."""

import asyncio
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager

from fastapi import APIRouter, FastAPI, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST

from sentiment.errors import printable
from sentiment.inference.artifact import Artifact
from sentiment.inference.explain import explain
from sentiment.inference.predictor import Predictions, Predictor
from sentiment.server.batcher import Batcher, Busy
from sentiment.server.middleware import BodyLimit, Failures, Observer, OwnNames, SafeHeaders
from sentiment.server.page import PAGE, POLICY
from sentiment.server.prometheus import Metrics
from sentiment.server.schemas import (
    BODY,
    PROBLEMS,
    SECONDS,
    Answer,
    Answers,
    Health,
    Model,
    OneText,
    Piece,
    Reasons,
    Texts,
)

BATCH = 16  # texts predicted together: more of them gain little, and let the next wait for longer
WAITING = 400  # texts to predict that may wait, about a second's work
EXPLAINING = 4  # texts to explain that may wait, some seconds' work

router = APIRouter()


def create(predictor: Predictor, hosts: Collection[str]) -> FastAPI:
    """Return an application that answers with `predictor`, for requests to `hosts`, or to any if empty."""
    app = FastAPI(
        title="sentiment",
        description="Is a review positive or negative?",
        lifespan=_running,
        docs_url=None,  # these load their scripts from elsewhere, and show nothing without a network
        redoc_url=None,
    )
    app.state.model = _model(predictor.artifact)
    app.state.predictor = predictor
    app.state.metrics = Metrics()
    app.include_router(router)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_middleware(BodyLimit, limit=BODY, seconds=SECONDS)  # each of these goes around those above
    app.add_middleware(OwnNames, hosts=hosts)
    app.add_middleware(Failures)
    app.add_middleware(SafeHeaders)
    app.add_middleware(Observer, metrics=app.state.metrics, paths=[route.path for route in router.routes])
    return app


@router.post("/predict", responses=PROBLEMS)
async def predict(asked: Texts, request: Request) -> Answers:
    """Say of each text whether it is positive."""
    return Answers(predictions=await _answered(request, request.app.state.predicting, asked.texts))


@router.post("/explain", responses=PROBLEMS)
async def explanation(asked: OneText, request: Request) -> Reasons:
    """Say of a text whether it is positive, and what each of its words had to do with that. Takes a while."""
    return (await _answered(request, request.app.state.explaining, [asked.text]))[0]


@router.get("/health")
async def health(request: Request) -> Health:
    """Say which model answers."""
    return Health(model=request.app.state.model)


@router.get(
    "/metrics",
    response_class=Response,
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
)
async def metrics(request: Request) -> Response:
    """What the server has done so far, in Prometheus's text format."""
    return Response(request.app.state.metrics.text(), headers={"Content-Type": CONTENT_TYPE_LATEST})


@router.get("/", include_in_schema=False)
async def page() -> HTMLResponse:
    """A page to ask the model on."""
    return HTMLResponse(PAGE, headers={"Content-Security-Policy": POLICY})


async def _answered(request: Request, batcher: Batcher, texts: list[str]) -> list:
    try:
        answers = asyncio.wrap_future(batcher.submit(texts))
    except Busy:
        detail = "too many texts are waiting; try again in a second"
        raise HTTPException(503, detail, {"Retry-After": "1"}) from None
    gone = asyncio.ensure_future(request.receive())  # after its body nothing comes but the connection's end
    try:
        await asyncio.wait([answers, gone], return_when=asyncio.FIRST_COMPLETED)
        if not answers.done():
            raise HTTPException(499, "the client has gone")  # nginx's status for the log; nobody reads it
        return answers.result()
    finally:  # also where a server that stops has lost its patience
        gone.cancel()
        answers.cancel()


@asynccontextmanager
async def _running(app: FastAPI) -> AsyncIterator[None]:
    """Warm up, and keep two threads as long as `app` runs, so that no prediction waits for an explanation."""
    predictor, metrics = app.state.predictor, app.state.metrics
    # What HTML and letters beyond ASCII take is imported when they are first met: before the first to ask.
    predictor.predict(["<p>Déjà vu</p>"])

    def answers(texts: list[str]) -> list[Answer]:
        metrics.batches.observe(len(texts))
        return _answers(predictor.predict(texts))

    def reasons(texts: list[str]) -> list[Reasons]:
        return [_reasons(predictor, text) for text in texts]

    app.state.predicting = predicting = Batcher(answers, BATCH, WAITING)
    app.state.explaining = explaining = Batcher(reasons, 1, EXPLAINING)
    metrics.waiting.labels("/predict").set_function(lambda: predicting.waiting)
    metrics.waiting.labels("/explain").set_function(lambda: explaining.waiting)
    yield
    await asyncio.to_thread(predicting.close)
    await asyncio.to_thread(explaining.close)


def _answers(predictions: Predictions) -> list[Answer]:
    columns = (
        predictions.label.tolist(),
        predictions.probability.tolist(),
        predictions.unknown_share.tolist(),
        predictions.truncated.tolist(),
    )
    return [
        Answer(label=label, probability=probability, unknown_share=unknown, truncated=truncated)
        for label, probability, unknown, truncated in zip(*columns, strict=True)
    ]


def _reasons(predictor: Predictor, text: str) -> Reasons:
    found = explain(predictor, text)
    pieces = [Piece(text=piece.text, contribution=piece.contribution) for piece in found.pieces]
    answer = _answers(found.prediction)[0].model_dump()
    return Reasons(**answer, pieces=pieces, base=found.base, logit=found.logit)


def _model(about: Artifact) -> Model:
    test, corpus, vocabulary = about.about["test"], about.about["corpus"], about.vocabulary
    path = printable(str(about.path))
    return Model(path=path, corpus=corpus, accuracy=test["accuracy"], vocabulary=vocabulary.fingerprint)


async def _invalid(_: Request, error: RequestValidationError) -> JSONResponse:
    """What is wrong where, in one line; unlike FastAPI's own, without repeating the values sent."""
    first, *others = error.errors()
    if isinstance(first["input"], bytes):  # FastAPI reads only what is said to be JSON
        return JSONResponse({"detail": "expected JSON, with the header Content-Type: application/json"}, 415)
    if first["type"] == "json_invalid":
        problem = f"body: not JSON: {first['ctx']['error']}, at character {first['loc'][1] + 1}"
    else:
        where = ".".join(printable(str(part))[:40] for part in first["loc"][1:])
        problem = f"{where or 'body'}: {first['msg']}"
    more = f" (and {len(others)} more)" if others else ""
    return JSONResponse({"detail": f"{problem}{more}"}, 422)
