"""server/app.py, routes.py and schemas.py: what the real server answers, and what it refuses."""

import json
import re
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from conftest import run
from running_server import LONG, MODEL, explaining, metrics

from sentiment.inference.predictor import Predictor
from sentiment.server.schemas import TEXTS

pytest_plugins = ["server_fixtures"]

GET_ROUTES = ("/", "/docs", "/health", "/metrics", "/openapi.json")


@pytest.fixture(scope="module")
def predictor():
    return Predictor(MODEL, threads=1)


def test_it_prints_its_address_and_the_model(server, client):
    model = client.get("/health").json()["model"]
    description = f"{MODEL}: trained on {model['corpus']}, test accuracy {model['accuracy']:.1%}"
    assert server.output.read_text() == f"{description}; at {server.url} until Ctrl-C\n"
    assert server.url.startswith("http://127.0.0.1:")
    assert model["path"] == str(MODEL)
    low, high = model["accuracy_interval"]
    assert low < model["accuracy"] < high
    assert client.get("/health").json()["status"] == "ok"


@pytest.mark.parametrize("path", GET_ROUTES)
def test_head_has_the_headers_of_get_without_a_body(client, path):
    head, get = client.head(path), client.get(path)
    assert (head.status_code, head.content) == (200, b"")
    assert get.content
    changing = {"date", "content-length"} if path == "/metrics" else {"date"}
    for response in head, get:
        assert changing <= set(response.headers)
        for name in changing:
            del response.headers[name]
    assert head.headers == get.headers
    assert client.head("/predict").status_code == 405


def test_concurrent_requests_get_the_predictions_of_the_predictor(client, predictor):
    texts = [f"Review {number}: {'not ' * (number % 3)}good. {'So long. ' * number}" for number in range(200)]
    texts += ["", "<br />", "zxcvb qwrtz", "word " * 2000]
    requests = [texts[start : start + 3] for start in range(0, len(texts), 3)]
    before = metrics(client)["sentiment_batch_texts_sum",]
    with ThreadPoolExecutor(16) as pool:
        responses = list(pool.map(lambda some: client.post("/predict", json={"texts": some}), requests))
    answers = [one for response in responses for one in response.raise_for_status().json()["predictions"]]
    expected = predictor.predict(texts)
    assert [one["label"] or "" for one in answers] == expected.label.tolist()
    assert [one["abstained"] for one in answers] == expected.abstained.tolist()
    assert [one["label"] for one in answers[200:203]] == [None, None, None]  # not "", which the schema lacks
    assert [one["probability"] for one in answers] == pytest.approx(expected.probability.tolist(), abs=1e-5)
    assert [one["unknown_share"] for one in answers] == pytest.approx(expected.unknown_share.tolist())
    assert [one["truncated"] for one in answers] == expected.truncated.tolist()
    assert expected.truncated.any() and expected.unknown_share.any()
    assert metrics(client)["sentiment_batch_texts_sum",] - before == len(texts)


def test_an_explanation(client, predictor):
    text = "It is <b>not</b> a good film."
    answer = client.post("/explain", json={"text": text}).raise_for_status().json()
    assert "".join(piece["text"] for piece in answer["pieces"]) == "It is not a good film."
    assert sum(piece["contribution"] for piece in answer["pieces"]) < 0 > answer["logit"]
    assert answer["probability"] == pytest.approx(predictor.predict([text]).probability[0], abs=1e-5)
    assert answer["label"] == "negative"


def test_predictions_do_not_wait_for_an_explanation(client):
    with ThreadPoolExecutor(2) as pool:
        explanations = explaining(pool, client)
        response = client.post("/predict", json={"texts": ["A fine film."]})
        assert not any(one.done() for one in explanations)
        assert [one.result().status_code for one in explanations] == [200, 200]
        assert response.status_code == 200


def test_metrics_count_requests_by_path_and_status(client):
    before = metrics(client)
    client.post("/predict", json={"texts": ["A fine film."]})
    client.post("/predict", json={})
    client.get("/one/that/does/not/exist")
    after = metrics(client)
    counted = {key: value - before.get(key, 0) for key, value in after.items()}
    assert counted["sentiment_requests_total", "/predict", "200"] == 1
    assert counted["sentiment_requests_total", "/predict", "422"] == 1
    assert counted["sentiment_requests_total", "other", "404"] == 1
    assert counted["sentiment_request_seconds_count", "/predict"] == 2
    assert after["sentiment_waiting_texts", "/predict"] == 0
    assert after["process_resident_memory_bytes",] > 2**20


@pytest.mark.parametrize(
    ("path", "body", "status", "where"),
    [
        ("/predict", {"texts": []}, 422, "texts: "),
        (
            "/predict",
            {"texts": ["word"] * (TEXTS + 1)},
            422,
            "texts: 101 texts; at most 100 are read ",
        ),
        (
            "/predict",
            {"texts": ["word", "w" * 20_001]},
            422,
            "texts.1: a text of 20,001 characters; ",
        ),
        ("/predict", {"texts": ["word", 5, None]}, 422, r"texts.1: .* \(and 1 more\)"),
        ("/predict", {"text": "word"}, 422, "texts: Field required"),
        ("/predict", {"texts": ["word"], "model": "x"}, 422, "model: "),
        ("/predict", {"texts": ["word"], "long" * 1000: 1}, 422, "long"),
        ("/predict", {"texts": ["word"], "two\nlines": 1}, 422, r"two\?lines: "),
        ("/predict", {"texts": ["\ud800"]}, 422, "texts.0: "),  # half of a surrogate pair
        ("/predict", ["word"], 422, "body: "),
        ("/predict", b"", 422, "body: Field required"),
        ("/predict", b'{"texts":', 422, "body: not JSON: Expecting value, at character 10"),
        ("/predict", b'{"texts": ["\xff"]}', 400, "."),
        ("/predict", b"[" * 100_000, 400, "."),
        ("/predict", b'{"texts": [' + b"9" * 100_000 + b"]}", 400, "."),
        ("/explain", {"text": "é" * 123_456}, 422, "text: a text of 123,456 characters; at most 20,000 "),
        ("/nowhere", {"text": "word"}, 404, "Not Found"),
        ("/health", {"text": "word"}, 405, "Method Not Allowed"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_a_wrong_request_is_refused_in_one_line(client, path, body, status, where):
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    response = client.post(path, content=content, headers={"Content-Type": "application/json"})
    detail = response.json()["detail"]
    assert response.status_code == status
    assert re.match(where, detail) and detail.isprintable(), detail
    assert len(detail) < 200  # the text itself is not in it


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded"])
def test_a_body_that_another_sites_page_may_send_unasked_is_refused(client, content_type):
    headers = {"Content-Type": content_type}  # the second is curl's default
    response = client.post("/predict", content=b'{"texts": ["word"]}', headers=headers)
    message = "expected JSON, with the header Content-Type: application/json"
    assert (response.status_code, response.json()) == (415, {"detail": message})


@pytest.mark.slow
def test_overload_is_refused_with_retry_after(client):
    def request(_):
        return client.post("/predict", json={"texts": [LONG[:1000]] * TEXTS})

    with ThreadPoolExecutor(12) as pool:
        responses = list(pool.map(request, range(12)))
    assert {response.status_code for response in responses} == {200, 503}
    busy = next(response for response in responses if response.status_code == 503)
    assert int(busy.headers["retry-after"]) > 0 and "again" in busy.json()["detail"]
    assert request(0).status_code == 200


def test_every_operation_describes_the_refusal_of_another_host(client):
    paths = client.get("/openapi.json").json()["paths"]
    operations = [operation for path in paths.values() for operation in path.values()]
    answers = [operation["responses"]["421"]["content"]["application/json"] for operation in operations]
    assert answers == 4 * [{"schema": {"$ref": "#/components/schemas/Problem"}}]
    refused = client.get("/health", headers={"Host": "elsewhere.example"})
    assert (refused.status_code, list(refused.json())) == (421, ["detail"])


@pytest.mark.slow
def test_no_generated_request_makes_it_fail(client, server, tmp_path):
    before = metrics(client)
    checks = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"
    options = ["--phases", "examples,coverage,fuzzing", "--max-examples", "100", "--seed", "1"]
    url = f"{server.url}/openapi.json"
    run(sys.executable, "-m", "schemathesis.cli", "run", url, "--checks", checks, *options, cwd=tmp_path)
    counted = {key: value - before.get(key, 0) for key, value in metrics(client).items()}
    requests = {key: value for key, value in counted.items() if key[0] == "sentiment_requests_total"}
    assert sum(requests.values()) > 200
    assert [key for key, value in requests.items() if value and key[2].startswith("5")] == []
