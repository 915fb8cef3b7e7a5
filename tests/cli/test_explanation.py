"""`sentiment predict --explain` as it is shown."""

import os
import pty
import re
import subprocess
import sys

import pytest
from conftest import run

COMMAND = (sys.executable, "-m", "sentiment.cli.main", "predict", "--explain")


def test_an_explanation_is_legible_without_colours(tmp_path):
    text = "The music is wonderful, but the film is dull."
    done = run(*COMMAND, text, cwd=tmp_path, COLUMNS="30")
    head, shown, positive, negative, logit, *_ = done.stdout.splitlines()
    assert re.match(r"(posi|nega)tive  P\(positive\) [\d.]+%, 0% of the words unknown  \(argument 1\)$", head)
    assert shown == text
    assert re.match(r"for positive: wonderful \+\d\.\d\d", positive)
    assert re.match(r"for negative: dull -\d\.\d\d", negative)
    total, base, words = map(float, re.findall(r"[+-]\d+\.\d\d", logit))
    assert total == pytest.approx(base + words, abs=0.02)


def test_a_text_without_a_known_word_is_explained_without_a_label(tmp_path):
    done = run(*COMMAND, "xqzzy...", "", cwd=tmp_path)
    heads = [line for line in done.stdout.splitlines() if "P(positive)" in line]
    shares = [
        re.match(r"can't tell: no known word  P\(positive\) [\d.]+%, (\d+)%", head)[1] for head in heads
    ]
    assert shares == ["50", "100"]


@pytest.mark.parametrize("environment", [{}, {"NO_COLOR": "1"}])
def test_colours_in_a_terminal(environment):
    master, terminal = pty.openpty()
    clean = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "FORCE_COLOR")}
    subprocess.run(
        [*COMMAND, "wonderful but dull"],
        env=clean | {"TERM": "xterm-256color"} | environment,
        stdout=terminal,
        stderr=subprocess.DEVNULL,
        check=True,
    )
    os.close(terminal)
    shown = os.read(master, 100_000).decode()
    os.close(master)
    assert "for positive: wonderful +" in shown
    assert ("32mwonderful" in shown) == ("31mdull" in shown) == (environment == {})
