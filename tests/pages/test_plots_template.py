"""The page that DVC fills, and the packages in it; tests/test_pipeline.py draws plots on it."""

import re

import altair
from conftest import ROOT, run

from sentiment.system import files

VEGA = ROOT / "src/sentiment/pages/vega"
CHECK = ("python", "-m", "sentiment.pages.plots_template", "--check")


def test_the_committed_page_is_up_to_date(tmp_path):
    run(*CHECK, cwd=ROOT)
    stale = run(*CHECK, cwd=tmp_path, check=False)
    assert stale.stderr.startswith("error: .dvc/plots.html: not up to date; run `python -m sentiment.pages.")


def test_the_packages_are_as_published_and_have_their_licences():
    readme = (VEGA / "README.md").read_text("utf-8")
    table = re.findall(r"^\| ([a-z-]+)@\S+ \| (\S+) \| (\w{64}) \|$", readme, re.M)
    assert {name for name, _, _ in table} == {"vega", "vega-lite", "vega-embed"}
    page = (ROOT / ".dvc/plots.html").read_text("utf-8")
    for name, file, digest in table:
        assert files.sha256(VEGA / file) == digest
        licence = (VEGA / f"{name}.LICENSE").read_text("utf-8").strip()
        assert "Redistribution" in licence and licence in page


def test_they_are_of_the_releases_that_altair_writes_for():
    majors = dict(re.findall(r"^\| ([a-z-]+)@(\d+)", (VEGA / "README.md").read_text(), re.M))
    ours = altair.VEGA_VERSION, altair.VEGALITE_VERSION, altair.VEGAEMBED_VERSION
    assert [majors["vega"], majors["vega-lite"], majors["vega-embed"]] == [one.split(".")[0] for one in ours]


def test_the_recipes_have_the_same_page():
    for folder in (ROOT, ROOT / "recipes"):
        shown = run("dvc", "config", "plots.html_template", cwd=folder).stdout.strip()
        assert (folder / ".dvc" / shown).resolve() == ROOT / ".dvc/plots.html"
