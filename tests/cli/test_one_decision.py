"""A logit near zero gets the same label from Python, in the shell, in files and over HTTP."""

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

TEXT = "A fine film."


async def over_http(model):
    """Return the labels from both routes."""
    application = app.create(model, [])
    transport = httpx.ASGITransport(application)
    async with (
        application.router.lifespan_context(application),
        httpx.AsyncClient(transport=transport, base_url="http://localhost") as client,
    ):
        predicted = await client.post("/predict", json={"texts": [TEXT]})
        explained = await client.post("/explain", json={"text": TEXT})
    return predicted.json()["predictions"][0]["label"], explained.json()["label"]


@pytest.mark.parametrize(("logit", "expected"), [(0.0, "positive"), (-4e-7, "negative")])
def test_python_the_shell_files_and_http_agree(constant_model, tmp_path, logit, expected):
    folder = constant_model(logit)
    command, options = (sys.executable, "-m", "sentiment.cli.main"), ("--model", str(folder))
    model = sentiment.load(folder)
    labels = [model.predict([TEXT]).label[0], explain(model, TEXT).prediction.label[0]]
    labels += asyncio.run(over_http(model))
    for output in ("--json",), ("--json", "--explain"):
        answer = json.loads(run(*command, "predict", *options, *output, TEXT, cwd=tmp_path).stdout)
        labels.append(answer["label"])
        assert (answer["probability"] >= 0.5) == (expected == "positive")
    (tmp_path / "in.csv").write_text(f"review\n{TEXT}\n")
    run(*command, "score", *options, "in.csv", "out.csv", cwd=tmp_path)
    with (tmp_path / "out.csv").open(newline="") as file:
        [row] = csv.DictReader(file)
    labels.append(row["predicted"])
    assert row["probability"] == ("0.500000" if expected == "positive" else "0.499999")
    assert labels == [expected] * 7
