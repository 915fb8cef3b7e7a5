"""server/page.html and page.py, in a real browser."""

import re
import signal
from http.server import BaseHTTPRequestHandler

import httpx
import pytest
from running_server import TIMEOUT, Server, metrics

from sentiment.server.schemas import CHARACTERS

pytestmark = pytest.mark.browser
pytest_plugins = ["server_fixtures"]


@pytest.fixture
def open_page(browser, server):
    """Open the page with settings of a browser's context; all its requests must go to its own server."""
    contexts, requested, messages = [], [], []

    def open_page(**settings):
        contexts.append(browser.new_context(**settings))
        page = contexts[-1].new_page()
        page.set_default_timeout(1000 * TIMEOUT)
        page.on("request", lambda request: requested.append(request.url))
        page.on("console", lambda message: messages.append(message.text))
        page.on("pageerror", lambda error: messages.append(str(error)))
        page.on("dialog", lambda dialog: messages.append("a dialog") or dialog.dismiss())
        page.goto(server.url)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert [url for url in requested if not url.startswith((f"{server.url}/", "data:"))] == []
    assert requested
    for text in messages:  # a breach of the Content-Security-Policy would be among them
        assert text.startswith("Failed to load resource")  # a refused request


def classify(page, review):
    """Type `review` and send it."""
    page.get_by_role("textbox", name="Review").fill(review)
    page.get_by_role("button", name="Classify").click()
    return page


def explained(page):
    """Wait for the words to be coloured."""
    page.wait_for_selector("#words b")
    return page


def test_a_review_is_classified_and_its_words_are_coloured(open_page):
    text = "One song is awful, but it is a superb film, and I loved it."
    page = explained(classify(open_page(), text))
    assert page.get_by_role("status").first.inner_text().startswith("Positive\nwith a probability of ")
    assert 50 < float(page.get_by_role("meter").get_attribute("aria-valuenow")) <= 100
    assert page.locator("#words").inner_text() == text
    superb = page.locator("b.positive", has_text="superb")
    awful = page.locator("b.negative", has_text="awful")
    paint = "e => [getComputedStyle(e).backgroundColor, getComputedStyle(e).textDecorationStyle]"
    (green, solid), (red, wavy) = superb.evaluate(paint), awful.evaluate(paint)
    assert green != red and "rgba(0, 0, 0, 0)" not in (green, red)
    assert (solid, wavy) == ("solid", "wavy")  # for those who do not see the difference of the colours
    assert re.fullmatch(r"\+\d\.\d\d: for positive", superb.get_attribute("title"))
    assert "For negative\nawful" in page.locator("#strongest").inner_text()
    accuracy = r"models/imdb, .* test accuracy 9\d\.\d% \(95% interval 9\d\.\d% to 9\d\.\d%\)"
    footer = page.locator("footer").inner_text()
    assert re.search(accuracy, footer)
    assert "English film reviews" in footer and "negated complaints" in footer


def test_a_review_with_a_script_in_it_is_shown_as_text(open_page):
    hostile = "Superb <script>alert(1)</script><img src=x onerror='alert(2)'> </q><b onclick=alert()>film</b>"
    page = explained(classify(open_page(), hostile))
    assert page.locator("#typed q").inner_text() == hostile
    assert page.locator("#words").inner_text() == "Superb film"
    assert page.locator("script").count() == 1 and page.locator("img").count() == 0


def test_the_keyboard_is_enough(open_page):
    page = open_page()
    page.keyboard.press("Tab")
    page.keyboard.type("Dull and awful.")
    page.keyboard.press("Control+Enter")
    assert explained(page).locator("#prediction").inner_text().startswith("Negative")
    page.keyboard.press("Control+a")
    page.keyboard.type("A superb film.")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "classify"
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    page.locator("#prediction", has_text="Positive").wait_for()
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.wait_for_function("document.getElementById('text').value.length > 50")  # the first example
    explained(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_a_phone_and_has_contrast_in_light_and_dark(open_page, scheme):
    page = open_page(viewport={"width": 320, "height": 640}, color_scheme=scheme, has_touch=True)
    explained(classify(page, f"<i>Superb</i>, but awful {'x' * 300} and dull {'. ' * 900}"))
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    brightness = page.evaluate("getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number)")
    assert (sum(brightness) > 3 * 128) == (scheme == "light")
    parts = ["header p", "#prediction", "#prediction small", "#typed", ".legend", "#words b", "dt", "footer"]
    for selector in parts:
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


@pytest.mark.parametrize("review", ["Xqzzy!", ""])
def test_a_text_without_a_known_word_gets_no_label(open_page, review):
    page = classify(open_page(), review)
    page.locator("#result.abstained").wait_for()
    assert re.match("Can't tell\nThe model knows no word of this", page.locator("#prediction").inner_text())
    assert not page.locator("#notes").is_visible()  # that "!" is known would contradict it
    assert 0 < float(page.get_by_role("meter").get_attribute("aria-valuenow")) < 100
    assert page.locator("#prediction").evaluate(CONTRAST) >= 4.5
    classify(page, "A superb film.").locator("#result.positive").wait_for()


def test_an_example_that_the_model_gets_wrong_is_marked_as_such(open_page):
    page = open_page()
    page.get_by_role("button", name="one it gets wrong").click()
    explained(page)
    right = re.search(
        "This is a (positive|negative) sentence: the model", page.locator("#notes").inner_text()
    )[1]
    wrong = {"positive": "Negative", "negative": "Positive"}[right]
    assert page.locator("#prediction").inner_text().startswith(wrong)
    assert page.locator("#notes").inner_text().endswith("the model gets it wrong.")
    page.get_by_role("button", name="praise").click()
    page.locator("#notes").wait_for(state="hidden")
    page.locator("#result.positive").wait_for()


def test_a_mistake_is_shown_on_the_page(open_page):
    page = classify(open_page(), "word " * CHARACTERS)
    page.get_by_role("alert").get_by_text("a text of 100,000 characters; at most 20,000 are read").wait_for()
    assert not page.locator("#result").is_visible()


class StrippingProxy(BaseHTTPRequestHandler):
    """What a proxy does that shows a server under /app/."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.server.asked.append(self.path)
        target = self.server.target + self.path.removeprefix("/app")
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        headers = {name: self.headers[name] for name in ("Content-Type",) if name in self.headers}
        answer = httpx.request(self.command, target, content=body, headers=headers, timeout=TIMEOUT)
        self.send_response(answer.status_code)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(answer.content)

    do_POST = do_GET

    def log_message(self, *_):
        pass


def test_the_page_and_the_api_page_work_under_the_path_of_a_proxy(browser, web_server, tmp_path):
    server = Server(tmp_path, "--root-path", "/app")
    web_server.RequestHandlerClass, web_server.target = StrippingProxy, server.url
    page = browser.new_page()
    page.set_default_timeout(1000 * TIMEOUT)
    page.goto(f"{web_server.url}/app/")
    explained(classify(page, "A superb film."))
    page.get_by_role("link", name="API").click()
    page.get_by_role("heading", name="POST /predict").wait_for()
    assert "/app/predict -H 'Content-Type" in page.locator("pre").first.inner_text()
    assert page.locator("h2").count() == 4
    page.get_by_role("link", name="openapi.json").click()
    page.get_by_text('"servers":[{"url":"/app"}]').wait_for()
    page.close()
    assert {path for path in web_server.asked if not path.startswith("/app/")} <= {"/favicon.ico"}
    assert {"/app/", "/app/predict", "/app/explain", "/app/health"} <= set(web_server.asked)
    assert metrics(httpx.Client(base_url=server.url))["sentiment_requests_total", "/predict", "200"] == 1
    assert server.stop(signal.SIGTERM) == (0, "")


def test_a_logit_of_exactly_zero_is_positive_on_the_page_too(browser, constant_model, tmp_path):
    server, page = Server(tmp_path, model=constant_model(0.0)), browser.new_page()
    page.set_default_timeout(1000 * TIMEOUT)
    page.goto(server.url)
    classify(page, "A film.")
    page.locator("#prediction", has_text="50.0%").wait_for()
    assert page.locator("#prediction").inner_text() == "Positive\nwith a probability of 50.0%"
    page.close()
    assert server.stop(signal.SIGINT) == (0, "")
