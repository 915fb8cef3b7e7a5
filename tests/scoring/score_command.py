"""`sentiment score` as a user runs it, and its journal, for the tests of this folder."""

import json
import subprocess
import sys
import time

import psutil
from conftest import ROOT, run

from sentiment.inference.predictor import Predictor

MODEL = ROOT / "models" / "imdb"
COMMAND = (sys.executable, "-m", "sentiment.cli.main", "score", "--model", str(MODEL))
NOT_BAD = "Not bad,\nnot <b>bad</b> at all!"
TEXTS = ["A wonderful film.", "Awful, a waste of time.", NOT_BAD, 'He said "no"; so do I']


def score(folder, *arguments, check=True):
    """Run the command in `folder`."""
    return run(*COMMAND, *arguments, cwd=folder, check=check)


def refused(folder, *arguments):
    """Run it, expect a failure that leaves no file behind, and return the error message."""
    before = sorted(folder.iterdir())
    result = score(folder, *arguments, check=False)
    assert (result.returncode, result.stdout) == (1, ""), result.stderr
    assert sorted(folder.iterdir()) == before
    return result.stderr.splitlines()[-1].removeprefix("error: ")


def assert_predicted(columns, texts):
    """Compare the written columns with the model's predictions, but for the last decimal."""
    predictions = Predictor(MODEL).predict(texts)
    pairs = zip(predictions.probability, predictions.label, strict=True)
    for (probability, label), (expected, expected_label) in zip(columns, pairs, strict=True):
        assert abs(float(probability) - expected) < 5e-6
        assert (label or "") == expected_label  # None or empty where the model abstained


def start(folder, *arguments, **options):
    """Start it in the background."""
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    return psutil.Popen([*COMMAND, *arguments], cwd=folder, **pipes, **options)


def journal_scores(path):
    """Return the scores in a journal: each line but the first is a checksum and a list of them."""
    lines = path.read_bytes().splitlines(keepends=True)[1:]  # of a journal just opened, there is none yet
    return [score for line in lines if line.endswith(b"\n") for score in json.loads(line[9:])]


def wait_for_journal(process, output, scores):
    """Wait until the journal of the file `output` holds that many scores, and return its path."""
    path = output.with_name(f".part-{output.name}.scores")
    while not (path.exists() and len(journal_scores(path)) >= scores):
        assert process.poll() is None, process.stderr.read()
        time.sleep(0.01)
    return path
