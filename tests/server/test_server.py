"""`sentiment serve`: the real server, asked over HTTP, by a fuzzer and in a real browser."""

import asyncio
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from conftest import ROOT, run
from prometheus_client.parser import text_string_to_metric_families

from sentiment.cli import serve
from sentiment.inference.predictor import Predictor
from sentiment.server import app
from sentiment.server.middleware import SAFE_HEADERS
from sentiment.server.schemas import BODY, CHARACTERS, TEXTS

MODEL = ROOT / "models" / "imdb"
COMMAND = [sys.executable, "-m", "sentiment.cli.main", "serve"]
PATIENCE = 60  # seconds; much less is needed, unless the machine has other work
NO_JSON = "expected JSON, with the header Content-Type: application/json"
LONG = "I went to see it with my brother, and we both liked it a lot. " * 60


def wait_until(condition):
    """Call `condition` until it returns something true, and return that."""
    end = time.monotonic() + PATIENCE
    while not (result := condition()):
        assert time.monotonic() < end, "this takes too long"
        time.sleep(0.01)
    return result


class Server:
    """A running server: what it has said on standard output, its `url`, and its process."""

    def __init__(self, folder):
        self.said, self.errors = folder / "stdout", folder / "stderr"
        with self.said.open("w") as said, self.errors.open("w") as errors:
            command = [*COMMAND, "--port", "0", "--model", MODEL]
            self.process = subprocess.Popen(command, cwd=folder, stdout=said, stderr=errors)
        wait_until(lambda: self.said.read_text().endswith("\n") or self.process.poll() is not None)
        self.url = re.search(r"http://\S+", self.said.read_text())[0]

    def stop(self, how: signal.Signals) -> tuple[int, str]:
        """Its exit status and what it has said on standard error."""
        self.process.send_signal(how)
        return self.process.wait(PATIENCE), self.errors.read_text()


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    server = Server(tmp_path_factory.mktemp("server"))
    yield server
    status, errors = server.stop(signal.SIGINT)
    assert (status, "Traceback" in errors) == (0, False), errors  # after all that the tests have asked


@pytest.fixture(scope="module")
def client(server):
    with httpx.Client(base_url=server.url, timeout=PATIENCE) as client:
        yield client


@pytest.fixture(scope="module")
def predictor():
    return Predictor(MODEL, threads=1)


def metrics(client) -> dict:
    """The value of each sample of /metrics, by its name and the values of its labels."""
    families = text_string_to_metric_families(client.get("/metrics").text)
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in families
        for sample in family.samples
    }


def explaining(pool, client) -> list:
    """Have two texts explained, and go on when one of them waits, while the other is being worked on."""
    asked = [pool.submit(client.post, "/explain", json={"text": LONG}) for _ in range(2)]
    wait_until(lambda: metrics(client)["sentiment_waiting_texts", "/explain"] == 1)
    return asked


# what it answers


def test_it_says_where_it_is_and_which_model_answers(server, client):
    model = client.get("/health").json()["model"]
    assert server.said.read_text().startswith(
        f"{MODEL}: trained on {model['corpus']}, test accuracy {model['accuracy']:.1%}"
    )
    assert server.url.startswith("http://127.0.0.1:")
    assert model["path"] == str(MODEL)
    assert client.get("/health").json()["status"] == "ok"


STARTED = """
import asyncio, sys
from sentiment.predictor import Predictor
from sentiment.serve import app

def there():
    print("bs4" in sys.modules, "nltk" in sys.modules)

async def start():
    application = app.create(Predictor(sys.argv[1]), [])
    there()
    async with application.router.lifespan_context(application):
        there()

asyncio.run(start())
"""


def test_the_first_to_ask_waits_for_no_import():
    assert run(sys.executable, "-c", STARTED, str(MODEL), cwd=ROOT).stdout == "False False\nTrue True\n"


def test_many_at_once_get_the_answers_of_the_predictor(client, predictor):
    texts = [f"Review {number}: {'not ' * (number % 3)}good. {'So long. ' * number}" for number in range(200)]
    texts += ["", "<br />", "zxcvb qwrtz", "word " * 2000]
    requests = [texts[start : start + 3] for start in range(0, len(texts), 3)]
    before = metrics(client)["sentiment_batch_texts_sum",]
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda some: client.post("/predict", json={"texts": some}), requests))
    got = [one for answer in answers for one in answer.raise_for_status().json()["predictions"]]
    expected = predictor.predict(texts)
    assert [one["label"] for one in got] == expected.label.tolist()
    assert [one["probability"] for one in got] == pytest.approx(expected.probability.tolist(), abs=1e-5)
    assert [one["unknown_share"] for one in got] == pytest.approx(expected.unknown_share.tolist())
    assert [one["truncated"] for one in got] == expected.truncated.tolist()
    assert expected.truncated.any() and expected.unknown_share.any()
    assert metrics(client)["sentiment_batch_texts_sum",] - before == len(texts)


def test_an_explanation_adds_up(client, predictor):
    text = "It is <b>not</b> a good film."
    answer = client.post("/explain", json={"text": text}).raise_for_status().json()
    assert "".join(piece["text"] for piece in answer["pieces"]) == "It is not a good film."
    total = sum(piece["contribution"] for piece in answer["pieces"])
    assert total == pytest.approx(answer["logit"] - answer["base"], abs=1e-4)
    assert answer["probability"] == pytest.approx(predictor.predict([text]).probability[0], abs=1e-5)
    assert answer["label"] == "negative"


def test_predictions_do_not_wait_for_an_explanation(client):
    with ThreadPoolExecutor(2) as pool:
        asked = explaining(pool, client)
        answer = client.post("/predict", json={"texts": ["A fine film."]})
        assert not any(one.done() for one in asked)
        assert [one.result().status_code for one in asked] == [200, 200]
        assert answer.status_code == 200


def test_metrics_count_requests_by_path_and_status(client):
    before = metrics(client)
    client.post("/predict", json={"texts": ["A fine film."]})
    client.post("/predict", json={})
    client.get("/one/that/is/not/there")
    after = metrics(client)
    counted = {key: value - before.get(key, 0) for key, value in after.items()}
    assert counted["sentiment_requests_total", "/predict", "200"] == 1
    assert counted["sentiment_requests_total", "/predict", "422"] == 1
    assert counted["sentiment_requests_total", "other", "404"] == 1
    assert counted["sentiment_request_seconds_count", "/predict"] == 2
    assert after["sentiment_waiting_texts", "/predict"] == 0
    assert after["process_resident_memory_bytes",] > 2**20


# what it refuses


@pytest.mark.parametrize(
    ("path", "body", "status", "where"),
    [
        ("/predict", {"texts": []}, 422, "texts: "),
        ("/predict", {"texts": ["word"] * (TEXTS + 1)}, 422, "texts: "),
        ("/predict", {"texts": ["word", "w" * (CHARACTERS + 1)]}, 422, "texts.1: "),
        ("/predict", {"texts": ["word", 5, None]}, 422, "texts.1: .* (and 1 more)"),
        ("/predict", {"texts": "word"}, 422, "texts: "),
        ("/predict", {"text": "word"}, 422, "texts: Field required"),
        ("/predict", {"texts": ["word"], "model": "x"}, 422, "model: "),
        ("/predict", ["word"], 422, "body: "),
        ("/explain", {"text": ["word"]}, 422, "text: "),
        ("/explain", {"text": "w" * (CHARACTERS + 1)}, 422, "text: "),
        ("/nowhere", {"text": "word"}, 404, "Not Found"),
        ("/health", {"text": "word"}, 405, "Method Not Allowed"),
    ],
)
def test_what_is_wrong_is_told_in_one_line(client, path, body, status, where):
    answer = client.post(path, json=body)
    detail = answer.json()["detail"]
    assert (answer.status_code, "\n" in detail) == (status, False)
    assert re.match(where.replace("(", r"\(").replace(")", r"\)"), detail), detail
    assert len(detail) < 200  # the text itself is not in it


@pytest.mark.parametrize(
    ("body", "kind", "status", "detail"),
    [
        (b"", "application/json", 422, "body: Field required"),
        (b'{"texts":', "application/json", 422, "body: not JSON: Expecting value, at character 10"),
        (b'{"texts": ["\xff"]}', "application/json", 400, ""),
        (b'{"texts": ["\\ud800"]}', "application/json", 422, "texts.0: "),  # half of a surrogate pair
        (b"[" * 100_000, "application/json", 400, ""),
        (b'{"texts": [' + b"9" * 100_000 + b"]}", "application/json", 400, ""),
        (b'{"texts": ["a"], "' + b"long" * 1000 + b'": 1}', "application/json", 422, "long"),
        (b'{"texts": ["a"], "two\\nlines": 1}', "application/json", 422, "two?lines: "),
        (b'{"texts": ["word"]}', "text/plain", 415, NO_JSON),  # which another site's page may send unasked
        (b'{"texts": ["word"]}', "application/x-www-form-urlencoded", 415, NO_JSON),  # curl's own
    ],
)
def test_what_is_not_a_text_in_json_is_refused(client, body, kind, status, detail):
    answer = client.post("/predict", content=body, headers={"Content-Type": kind})
    assert answer.status_code == status
    said = answer.json()["detail"]
    assert said.startswith(detail) and 0 < len(said) < 200 and said.isprintable()


@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_has_a_limit_in_bytes(client, chunked):
    def sent(size):
        body = json.dumps({"texts": ["word"]}).encode().ljust(size)
        content = (body[start : start + 2**16] for start in range(0, size, 2**16)) if chunked else body
        return client.post("/predict", content=content, headers={"Content-Type": "application/json"})

    assert sent(BODY).status_code == 200
    refused = sent(8 * BODY)
    assert (refused.status_code, refused.json()["detail"]) == (413, f"the body has more than {BODY:,} bytes")
    assert sent(20).status_code == 200


def test_a_name_that_another_site_has_given_to_this_address_is_refused(server, client):
    port = httpx.URL(server.url).port
    statuses = {
        name: client.get("/health", headers={"Host": name}).status_code
        for name in (f"localhost:{port}", f"[::1]:{port}", "LOCALHOST", f"elsewhere.example:{port}", "")
    }
    assert list(statuses.values()) == [200, 200, 200, 421, 421]


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.2", "127.1", "LOCALHOST"])
def test_on_this_machine_alone_it_has_no_other_names_however_its_host_is_spelt(host):
    with serve.listen(host, 0) as listener:
        bound = listener.getsockname()[0]
        assert serve.names(listener, host) == {"127.0.0.1", "[::1]", "localhost", host.lower(), bound}


def test_other_machines_may_call_it_by_any_name():
    with serve.listen("0.0.0.0", 0) as listener:
        assert serve.names(listener, "0.0.0.0") == set()


@pytest.mark.parametrize("path", ["/", "/health", "/nowhere"])
def test_every_answer_has_headers_that_keep_it_to_this_server(client, path):
    headers = client.get(path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy and "http" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert "access-control-allow-origin" not in headers


def test_a_failure_of_its_own_is_answered_like_the_rest_and_goes_on_to_the_log(predictor):
    application = app.create(predictor, [])

    @application.get("/failing")
    async def failing():
        raise ValueError("secret")

    async def answer(logged):
        there = httpx.ASGITransport(application, raise_app_exceptions=logged)
        async with httpx.AsyncClient(transport=there, base_url="http://localhost") as client:
            return await client.get("/failing")

    answered = asyncio.run(answer(logged=False))
    assert answered.status_code == 500
    assert answered.json() == {"detail": "the server has failed; its log says how"}
    assert {name.decode() for name in SAFE_HEADERS} <= set(answered.headers)
    with pytest.raises(ValueError, match="secret"):  # this is how uvicorn gets its traceback
        asyncio.run(answer(logged=True))


def test_it_answers_or_says_that_it_is_busy(client):
    def ask(_):
        return client.post("/predict", json={"texts": [LONG[:1000]] * TEXTS})

    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(ask, range(12)))
    statuses = {answer.status_code for answer in answers}
    assert statuses == {200, 503}
    busy = next(answer for answer in answers if answer.status_code == 503)
    assert int(busy.headers["retry-after"]) > 0 and "again" in busy.json()["detail"]
    assert ask(0).status_code == 200


def test_what_nobody_waits_for_is_not_worked_out(client, server):
    def give_up(_):
        with pytest.raises(httpx.ReadTimeout):
            httpx.post(f"{server.url}/explain", json={"text": LONG}, timeout=httpx.Timeout(60, read=0.2))

    def given_up():
        return metrics(client).get(("sentiment_requests_total", "/explain", "499"), 0)

    before = given_up()
    with ThreadPoolExecutor(5) as pool:
        asked = explaining(pool, client)
        list(pool.map(give_up, range(3)))
        wait_until(lambda: given_up() == before + 3)
        assert not all(one.done() for one in asked)
    assert metrics(client)["sentiment_waiting_texts", "/explain"] == 0


# how it starts and stops


def closed(url) -> bool:
    """Whether nobody listens at `url`."""
    try:
        httpx.get(f"{url}/health", timeout=PATIENCE)
    except httpx.TransportError as error:  # another one where it is about to close
        return isinstance(error, httpx.ConnectError)
    return False


def test_it_answers_what_it_was_asked_before_it_stops(tmp_path):
    server = Server(tmp_path)
    with httpx.Client(base_url=server.url, timeout=PATIENCE) as client, ThreadPoolExecutor(3) as pool:
        texts = {"texts": [LONG[:5000]] * TEXTS}
        asked = [pool.submit(client.post, "/predict", json=texts) for _ in range(3)]
        wait_until(lambda: metrics(client)["sentiment_waiting_texts", "/predict"] > TEXTS)
        status, errors = server.stop(signal.SIGTERM)
        for one in asked:
            assert len(one.result().raise_for_status().json()["predictions"]) == TEXTS
    assert (status, errors) == (0, "")
    assert closed(server.url)


def test_a_client_that_stalls_does_not_keep_it_from_stopping(tmp_path):
    server = Server(tmp_path)
    url = httpx.URL(server.url)
    head = "POST /predict HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    with socket.create_connection((url.host, url.port), PATIENCE) as stalled, httpx.Client() as client:
        stalled.sendall(f"{head}Content-Length: 100\r\n\r\n{{".encode())
        client.get(f"{server.url}/health")  # by then, it has read that
        assert server.stop(signal.SIGTERM) == (0, "")
        assert stalled.recv(1000).startswith(b"HTTP/1.1 408 ")


def test_a_second_ctrl_c_ends_it_at_once(tmp_path):
    server = Server(tmp_path)
    with httpx.Client(base_url=server.url, timeout=PATIENCE) as client, ThreadPoolExecutor(2) as pool:
        asked = explaining(pool, client)
        server.process.send_signal(signal.SIGINT)
        wait_until(lambda: closed(server.url))
        assert server.stop(signal.SIGINT) == (1, "")
        assert all(isinstance(one.exception(), httpx.TransportError) for one in asked)


FAILING = """
import contextlib, sys
import fastapi
from sentiment.serve import server, web

async def outside(scope, receive, send):
    raise ValueError("no start")

@contextlib.asynccontextmanager
async def inside(app):
    raise ValueError("no start")
    yield

app = outside if sys.argv[1] == "outside" else fastapi.FastAPI(lifespan=inside)
server.run(app, web.listen("127.0.0.1", 0))
"""


@pytest.mark.parametrize("where", ["outside", "inside"])
def test_a_failing_start_ends_it_with_its_traceback(where, tmp_path):
    command = [sys.executable, "-c", FAILING, where]
    result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=PATIENCE)
    assert result.returncode == 1
    assert "Traceback" in result.stderr and "ValueError: no start" in result.stderr


def test_a_port_in_use_is_told_in_one_line(server, tmp_path):
    port = server.url.rpartition(":")[2]
    result = run(*COMMAND, "--port", port, cwd=tmp_path, check=False)
    assert result.returncode == 1
    assert re.fullmatch(rf"error: cannot listen at 127.0.0.1, port {port}: [^\n]*\n", result.stderr)


@pytest.mark.parametrize("host", ["a..b", "x" * 64])
def test_a_mistyped_host_is_told_in_one_line(host, tmp_path):
    result = run(*COMMAND, "--host", host, cwd=tmp_path, check=False)
    assert result.returncode == 1
    assert result.stderr == f"error: cannot listen at {host}: not a machine's name; choose one with --host\n"


def test_a_model_that_is_not_there_is_told_in_one_line(tmp_path):
    result = run(*COMMAND, "--port", "0", "--model", "nowhere", cwd=tmp_path, check=False)
    assert result.returncode == 1
    assert re.fullmatch(r"error: nowhere: no such folder[^\n]*\n", result.stderr)


def test_help_comes_without_what_serving_imports(tmp_path):
    code = "import sys; from sentiment.serve import cli; print({'fastapi', 'onnxruntime'} & set(sys.modules))"
    assert run(sys.executable, "-c", code, cwd=tmp_path).stdout == "set()\n"


def test_it_listens_at_ipv6_too():
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        pytest.skip("this machine has no IPv6")
    with serve.listen("0::1", 0) as listener:
        assert serve.address(listener) == f"http://[::1]:{listener.getsockname()[1]}"
        assert serve.names(listener, "0::1") == {"127.0.0.1", "[::1]", "localhost", "[0::1]"}


# in a browser


@pytest.fixture(scope="module")
def browser():
    from playwright.sync_api import sync_playwright

    chromium = shutil.which("chromium")
    if not chromium:
        pytest.skip("needs Debian's chromium: apt install chromium")
    with sync_playwright() as playwright:
        root = ["--no-sandbox"] if os.geteuid() == 0 else []
        with playwright.chromium.launch(executable_path=chromium, args=root) as browser:
            yield browser


@pytest.fixture
def open_page(browser, server):
    """Open the page with settings of a browser's context; in the end, it must have stayed with its server."""
    contexts, requested, said = [], [], []

    def open_page(**settings):
        contexts.append(browser.new_context(**settings))
        page = contexts[-1].new_page()
        page.set_default_timeout(1000 * PATIENCE)
        page.on("request", lambda request: requested.append(request.url))
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("dialog", lambda dialog: said.append("a dialog") or dialog.dismiss())
        page.goto(server.url)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert [url for url in requested if not url.startswith((f"{server.url}/", "data:"))] == []
    said = [text for text in said if not text.startswith("Failed to load resource")]  # a refused request
    assert requested and said == []  # a breach of the Content-Security-Policy would be said


def asked(page, review):
    """Type `review`, ask, and wait for the words to be coloured."""
    page.get_by_role("textbox", name="Review").fill(review)
    page.get_by_role("button", name="Ask").click()
    return explained(page)


def explained(page):
    page.wait_for_selector("#words b")
    return page


def test_a_review_is_read_and_its_words_are_coloured(open_page):
    page = asked(open_page(), "A superb film. I loved it, but for one awful song.")
    assert page.get_by_role("status").first.inner_text().startswith("Positive\nwith a probability of ")
    assert 50 < float(page.get_by_role("meter").get_attribute("aria-valuenow")) <= 100
    assert page.locator("#words").inner_text() == "A superb film. I loved it, but for one awful song."
    superb, awful = (
        page.locator("b.positive", has_text="superb"),
        page.locator("b.negative", has_text="awful"),
    )
    paint = "e => [getComputedStyle(e).backgroundColor, getComputedStyle(e).textDecorationStyle]"
    (green, solid), (red, wavy) = superb.evaluate(paint), awful.evaluate(paint)
    assert green != red and "rgba(0, 0, 0, 0)" not in (green, red)
    assert (solid, wavy) == ("solid", "wavy")  # for those who do not see the difference of the colours
    assert re.fullmatch(r"\+\d\.\d\d: for positive", superb.get_attribute("title"))
    assert "For negative\nawful" in page.locator("#strongest").inner_text()
    assert re.search(r"models/imdb, .* is right on 9\d\.\d% of the test", page.locator("footer").inner_text())


def test_a_review_with_a_script_in_it_is_shown_as_text(open_page, server):
    page = open_page()
    hostile = (
        """Superb <script>alert(1)</script><img src="x" onerror="alert(2)"> </q><b onclick=alert()>film</b>"""
    )
    asked(page, hostile)
    assert page.locator("#typed q").inner_text() == hostile
    assert page.locator("#words").inner_text() == "Superb film"
    assert page.locator("script").count() == 1 and page.locator("img").count() == 0


def test_the_keyboard_is_enough(open_page):
    page = open_page()
    page.keyboard.press("Tab")
    page.keyboard.type("Dull and awful.")
    page.keyboard.press("Control+Enter")
    assert explained(page).locator("#verdict").inner_text().startswith("Negative")
    page.keyboard.press("Control+a")
    page.keyboard.type("A superb film.")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "ask"
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    page.locator("#verdict", has_text="Positive").wait_for()
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.wait_for_function("document.getElementById('text').value.length > 50")  # the first example
    explained(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_a_phone_and_has_contrast_in_light_and_dark(open_page, scheme):
    page = open_page(viewport={"width": 320, "height": 640}, color_scheme=scheme, has_touch=True)
    asked(page, f"<i>Superb</i>, but awful {'x' * 300} and dull {'. ' * 900}")
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    brightness = page.evaluate("getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number)")
    assert (sum(brightness) > 3 * 128) == (scheme == "light")
    for selector in (
        "header p",
        "#verdict",
        "#verdict small",
        "#typed",
        ".legend",
        "#words b",
        "dt",
        "footer",
    ):
        assert page.locator(selector).first.evaluate(CONTRAST) >= 4.5, selector  # WCAG 2.2, level AA


# The contrast of an element's text with all the backgrounds that it lies on, as WCAG 2.2 defines it.
CONTRAST = """element => {
    const context = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
    const elements = [];
    for (let one = element; one; one = one.parentElement) elements.unshift(one);
    const paint = color => {
        context.fillStyle = color;
        context.fillRect(0, 0, 1, 1);
        const [r, g, b] = [...context.getImageData(0, 0, 1, 1).data].map(value => {
            value /= 255;
            return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
        });
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const below = elements.map(one => paint(getComputedStyle(one).backgroundColor)).pop();
    const text = paint(getComputedStyle(element).color);
    return (Math.max(below, text) + 0.05) / (Math.min(below, text) + 0.05);
}"""


def test_a_mistake_is_told_on_the_page(open_page):
    page = open_page()
    page.get_by_role("button", name="Ask").click()
    assert page.get_by_role("alert").inner_text() == "Type or paste a review first."
    page.get_by_role("textbox", name="Review").fill("word " * CHARACTERS)
    page.get_by_role("button", name="Ask").click()
    page.get_by_role("alert").get_by_text(f"at most {CHARACTERS} characters").wait_for()
    assert not page.locator("#result").is_visible()


# by a fuzzer


def test_no_request_makes_it_fail(client, server, tmp_path):
    before = metrics(client)
    checks = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"
    options = ["--phases", "examples,coverage,fuzzing", "--max-examples", "100", "--seed", "1"]
    url = f"{server.url}/openapi.json"
    run(sys.executable, "-m", "schemathesis.cli", "run", url, "--checks", checks, *options, cwd=tmp_path)
    counted = {key: value - before.get(key, 0) for key, value in metrics(client).items()}
    requests = {key: value for key, value in counted.items() if key[0] == "sentiment_requests_total"}
    assert sum(requests.values()) > 200
    assert [key for key, value in requests.items() if value and key[2].startswith("5")] == []
