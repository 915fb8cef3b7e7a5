"""docs/pipeline-journey.md against the code: a small corpus takes the journey that the page describes."""

import re
import sys

import pandas  # noqa: F401 - imported before calls are traced, which slows down imports
import sklearn.model_selection  # noqa: F401
from conftest import ROOT, small_params

from sentiment.data import corpus, dataset, labels, strict_csv, text, text_file
from sentiment.data.dataset import Reviews
from sentiment.data.vocabulary import Vocabulary
from sentiment.stages import clean, tokenize

HOMES = {
    home.__name__.split(".")[-1]: home
    for home in (corpus, dataset, labels, strict_csv, text, text_file, clean, tokenize, Vocabulary, Reviews)
}


def described(heading: str) -> list[str]:
    """The functions of a section of the page, in its order."""
    page = (ROOT / "docs" / "pipeline-journey.md").read_text("utf-8")
    section = page.split(f"## {heading}\n")[1].split("\n## ")[0]
    names = re.findall(r"`(\w+\.\w+)`", section)
    return [name for name in names if name.split(".")[0] in HOMES]


def test_a_review_goes_from_csv_to_token_ids_as_described(tmp_path, monkeypatch):
    names = described("From CSV to token ids")
    assert len(names) > 10
    assert len(set(names)) == len(names)
    codes = {getattr(HOMES[name.split(".")[0]], name.split(".")[1]).__code__: name for name in names}
    small_params(tmp_path)
    lines = (ROOT / "data" / "sample.csv").read_text("utf-8").splitlines(keepends=True)
    (tmp_path / "reviews.csv").write_text("".join(lines[:201]), "utf-8")
    monkeypatch.chdir(tmp_path)
    called = []

    def note(frame, event, _):
        name = codes.get(frame.f_code)
        if event == "call" and name and name not in called:
            called.append(name)

    sys.setprofile(note)
    try:
        clean.main(tmp_path / "reviews.csv", tmp_path / "clean.parquet", tmp_path / "data.json")
        tokenize.main(tmp_path / "clean.parquet", tmp_path / "tokens", tmp_path / "tokens.json")
    finally:
        sys.setprofile(None)
    assert called == names
