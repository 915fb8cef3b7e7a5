"""docs/pipeline-journey.md against the code: reviews take the journeys that the page describes."""

import re
import sys
from contextlib import contextmanager
from pkgutil import resolve_name

import pandas  # noqa: F401 - imported before calls are traced, which slows down imports
import sklearn.model_selection  # noqa: F401
from conftest import ROOT, small_params

from sentiment.cli import predict
from sentiment.engine import local
from sentiment.stages import clean, tokenize

HOMES = {  # of the functions that the page names: modules, and classes in them
    re.split("[.:]", name)[-1]: resolve_name(f"sentiment.{name}")
    for name in (
        *("data.dataset", "data.label_values", "data.labels", "data.splitting", "data.strict_csv"),
        *("data.tables", "data.text", "data.text_file", "data.unique", "stages.tokenize", "cli.predict"),
        *("inference.artifact", "metrics", "data.corpus:Corpus", "data.dataset:Reviews"),
        *("data.vocabulary:Vocabulary", "ensemble:Ensemble", "inference.predictor:Predictor"),
        "ngrams.table:Classifier",
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
