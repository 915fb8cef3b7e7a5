"""A text gets the same label, or none, from Python, in the shell, in files and over HTTP."""

import asyncio
import csv
import json
import sys

import httpx
import pytest
from conftest import run

import sentiment
from sentiment.inference.explain import explain
from sentiment.server import app


async def over_http(model, text):
    """Return the labels from both routes."""
    application = app.create(model, [])
    transport = httpx.ASGITransport(application)
    async with (
        application.router.lifespan_context(application),
        httpx.AsyncClient(transport=transport, base_url="http://localhost") as client,
    ):
        predicted = await client.post("/predict", json={"texts": [text]})
        explained = await client.post("/explain", json={"text": text})
    return predicted.json()["predictions"][0]["label"], explained.json()["label"]


@pytest.mark.parametrize(
    ("logit", "text", "expected", "probability"),
    [
        (0.0, "A fine film.", "positive", "0.500000"),
        (-4e-7, "A fine film.", "negative", "0.499999"),
        (0.0, "Xqzzy!", None, "0.500000"),
        (-4e-7, "<br />", None, "0.499999"),
        (0.0, "", None, "0.500000"),
    ],
)
def test_python_the_shell_files_and_http_agree(constant_model, tmp_path, logit, text, expected, probability):
    folder = constant_model(logit)
    command, options = (sys.executable, "-m", "sentiment.cli.main"), ("--model", str(folder))
    model = sentiment.load(folder)
    python = [model.predict([text]).label[0], explain(model, text).prediction.label[0]]
    assert python == [expected or ""] * 2
    labels = [*asyncio.run(over_http(model, text))]
    for output in ("--json",), ("--json", "--explain"):
        answer = json.loads(run(*command, "predict", *options, *output, text, cwd=tmp_path).stdout)
        labels.append(answer["label"])
        assert answer["probability"] == float(probability)
        assert answer["abstained"] == (expected is None)
    (tmp_path / "in.csv").write_text(f'review\n"{text}"\n')
    run(*command, "score", *options, "in.csv", "out.csv", cwd=tmp_path)
    with (tmp_path / "out.csv").open(newline="") as file:
        [row] = csv.DictReader(file)
    assert (row["predicted"], row["probability"]) == (expected or "", probability)
    assert labels == [expected] * 4
