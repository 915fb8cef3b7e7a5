"""docs/pipeline-journey.md against the code: reviews take the journeys that the page describes."""

import re
import sys
from contextlib import contextmanager

import pandas  # noqa: F401 - imported before calls are traced, which slows down imports
import sklearn.model_selection  # noqa: F401
from conftest import ROOT, small_params

from sentiment import metrics
from sentiment.cli import predict
from sentiment.data import (
    dataset,
    label_values,
    labels,
    splitting,
    strict_csv,
    tables,
    text,
    text_file,
    unique,
)
from sentiment.data.corpus import Corpus
from sentiment.data.dataset import Reviews
from sentiment.data.vocabulary import Vocabulary
from sentiment.engine import local
from sentiment.ensemble import Ensemble
from sentiment.inference import artifact
from sentiment.inference.predictor import Predictor
from sentiment.ngrams.table import Classifier
from sentiment.stages import clean, tokenize

HOMES = {
    home.__name__.split(".")[-1]: home
    for home in (
        *(
            Corpus,
            dataset,
            label_values,
            labels,
            splitting,
            strict_csv,
            tables,
            text,
            text_file,
            unique,
            tokenize,
            Vocabulary,
            Reviews,
        ),
        *(artifact, metrics, predict, Classifier, Ensemble, Predictor),
    )
}


def described(heading: str) -> list[str]:
    """The functions of a section of the page, in its order."""
    page = (ROOT / "docs" / "pipeline-journey.md").read_text("utf-8")
    section = page.split(f"## {heading}\n")[1].split("\n## ")[0]
    names = [name for name in re.findall(r"`(\w+\.\w+)`", section) if name.split(".")[0] in HOMES]
    assert len(set(names)) == len(names) > 9
    return names


@contextmanager
def traced(names: list[str], by_last_call: bool = False):
    """Yield the list of those of `names` that are called, in the order of their first or last calls."""
    functions = {name: getattr(HOMES[name.split(".")[0]], name.split(".")[1]) for name in names}
    codes = {function.__code__: name for name, function in functions.items()}
    called: list[str] = []

    def note(frame, event, _):
        name = codes.get(frame.f_code)
        if event == "call" and name and (by_last_call or name not in called):
            called[:] = [*(other for other in called if other != name), name]

    sys.setprofile(note)
    try:
        yield called
    finally:
        sys.setprofile(None)


def test_a_review_goes_from_csv_to_token_ids_as_described(tmp_path, monkeypatch):
    names = described("From CSV to token ids")
    small_params(tmp_path)
    lines = (ROOT / "data" / "sample.csv").read_text("utf-8").splitlines(keepends=True)
    (tmp_path / "reviews.csv").write_text("".join(lines[:201]), "utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(local, "SHORT", 3600)  # other processes are not traced
    with traced(names) as called:
        clean.main(str(tmp_path / "reviews.csv"), tmp_path / "clean.parquet", tmp_path / "data.json")
        tokenize.main(tmp_path / "clean.parquet", tmp_path / "tokens", tmp_path / "tokens.json")
    assert called == names


def test_a_text_goes_through_predict_as_described(tmp_path, monkeypatch, capsys):
    names = described("A text through `sentiment predict`")
    monkeypatch.chdir(tmp_path)
    with traced(names, by_last_call=True) as called:  # for a model is tried on an empty text first
        predict.predict(["A <b>fine</b> film."])
    assert called == names
    assert "A fine film." in capsys.readouterr().out
