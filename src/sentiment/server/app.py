"""The web application: the routes, their middleware, and the threads that predict and explain."""

import asyncio
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute

from sentiment.errors import printable
from sentiment.inference.explain import explain
from sentiment.inference.predictions import Predictions
from sentiment.inference.predictor import Predictor
from sentiment.server import invalid_request, mistakes
from sentiment.server.batcher import Batcher
from sentiment.server.middleware import BodyLimit, Failures, HostNames, SafeHeaders, Stopping
from sentiment.server.prometheus import Metrics, Observer
from sentiment.server.routes import router
from sentiment.server.schemas import ANYWHERE, BODY, SECONDS, Answer, Explained, Model, Piece

BATCH = 16  # texts predicted together: more gain little, and make the next wait longer
PREDICT_QUEUE = 400  # texts that may wait for a prediction: about a second's work
EXPLAIN_QUEUE = 4  # texts that may wait for an explanation: some seconds' work


def create(predictor: Predictor, hosts: Collection[str]) -> FastAPI:
    """Return an application for `predictor`; unless `hosts` is empty, it refuses all other host names."""
    app = FastAPI(
        title="sentiment",
        description="Classify reviews as positive or negative.",
        lifespan=_lifespan,
        docs_url=None,  # /docs is in routes.py; these load scripts from elsewhere, and are blank offline
        redoc_url=None,
    )
    app.state.model = _model(predictor)
    app.state.predictor = predictor
    app.state.metrics = Metrics()
    app.state.stopping = False
    app.include_router(router, responses=ANYWHERE)
    app.exception_handler(RequestValidationError)(invalid_request.answer)
    app.add_middleware(BodyLimit, limit=BODY, seconds=SECONDS)  # the innermost; each goes around those above
    app.add_middleware(HostNames, hosts=hosts)
    app.add_middleware(Stopping)
    app.add_middleware(Failures)
    app.add_middleware(SafeHeaders)
    paths = [route.path for route in router.routes if isinstance(route, APIRoute)]
    app.add_middleware(Observer, metrics=app.state.metrics, paths=paths)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Warm up, and run two threads while `app` runs, so that no prediction waits for an explanation."""
    predictor, metrics = app.state.predictor, app.state.metrics
    predictor.predict(["<p>Déjà vu</p>"])  # HTML and non-ASCII letters import more, before the first request

    def predict_batch(texts: list[str]) -> list[Answer]:
        metrics.batches.observe(len(texts))
        return _answers(predictor.predict(texts))

    def explain_batch(texts: list[str]) -> list[Explained]:
        return [_explained(predictor, text) for text in texts]

    app.state.predictions = predictions = Batcher(predict_batch, BATCH, PREDICT_QUEUE)
    app.state.explanations = explanations = Batcher(explain_batch, 1, EXPLAIN_QUEUE)
    metrics.waiting.labels("/predict").set_function(lambda: predictions.waiting)
    metrics.waiting.labels("/explain").set_function(lambda: explanations.waiting)
    yield
    await asyncio.to_thread(predictions.close)
    await asyncio.to_thread(explanations.close)


def _answers(predictions: Predictions) -> list[Answer]:
    columns = (
        predictions.label.tolist(),
        predictions.probability.tolist(),
        predictions.unknown_share.tolist(),
        predictions.truncated.tolist(),
        predictions.abstained.tolist(),
    )
    return [
        Answer(
            label=label or None,
            probability=probability,
            unknown_share=unknown,
            truncated=truncated,
            abstained=abstained,
        )
        for label, probability, unknown, truncated, abstained in zip(*columns, strict=True)
    ]


def _explained(predictor: Predictor, text: str) -> Explained:
    explanation = explain(predictor, text)
    pieces = [Piece(text=piece.text, contribution=piece.contribution) for piece in explanation.pieces]
    answer = _answers(explanation.prediction)[0].model_dump()
    return Explained(**answer, pieces=pieces, base=explanation.base, logit=explanation.logit)


def _model(predictor: Predictor) -> Model:
    artifact = predictor.artifact
    test = artifact.about["test"]
    interval = (test["accuracy_low"], test["accuracy_high"]) if "accuracy_low" in test else None
    return Model(
        path=printable(str(artifact.path)),
        corpus=artifact.about["corpus"],
        labels=tuple(artifact.labels.names.tolist()),
        accuracy=test["accuracy"],
        accuracy_interval=interval,
        mistake=mistakes.first(predictor),
        vocabulary=artifact.vocabulary.fingerprint,
    )
