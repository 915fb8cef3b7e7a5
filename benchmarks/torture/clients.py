"""Many clients at once: every answer of `sentiment serve` must be that to the client's own text."""

import json
import urllib.request
from concurrent.futures import ThreadPoolExecutor

from benchmarks.serve import server
from benchmarks.torture.trials import Trials
from sentiment.inference import artifact
from sentiment.inference.predictor import Predictor

WORDS = "a the film was not never very good bad great dull and but I it loved hated".split()  # noqa: SIM905
SAME = 1e-4  # probabilities differ in their last bits with the batch that a text is in


def clients(count: int, requests: int) -> Trials:
    """Let `count` clients ask about `requests` texts in all."""
    trials = Trials("requests by many clients at once", "answered, with the answer to their own text")
    texts = [_text(number) for number in range(requests)]
    expected = Predictor(artifact.find()).predict(texts).probability
    with server() as (_, port), ThreadPoolExecutor(count) as pool:
        answers = list(pool.map(lambda text: _ask(port, text), texts))
    for text, wanted, answer in zip(texts, expected, answers, strict=True):
        right = isinstance(answer, float) and abs(answer - wanted) < SAME
        trials.count(repr(text), None if right else f"{answer} instead of {wanted}")
    return trials


def _text(number: int) -> str:
    """A text of its own for each number."""
    words = []
    while number:
        number, digit = divmod(number, len(WORDS))
        words.append(WORDS[digit])
    return " ".join(words) or WORDS[0]


def _ask(port: int, text: str) -> float | str:
    """The probability that the server gives a text, or what went wrong."""
    body, head = json.dumps({"texts": [text]}).encode(), {"Content-Type": "application/json"}
    request = urllib.request.Request(f"http://127.0.0.1:{port}/predict", body, head)
    try:
        with urllib.request.urlopen(request, timeout=120) as response:
            return json.load(response)["predictions"][0]["probability"]
    except OSError as error:
        return str(error)
