"""`sentiment compare`: two runs in git and DVC, printed and as a page."""

import re
import shutil

import numpy as np
import pandas as pd
import pytest
from conftest import ROOT, commit, run
from screens import serious

from sentiment import params
from sentiment.errors import UserError
from sentiment.reports import comparison

HOSTILE = "Superb <script>alert(1)</script> [bold]film[/] \x1b[31m & more"
PREDICTIONS = "data/predictions.parquet"


def predictions(first_row: int, wrong: list[int]) -> pd.DataFrame:
    """Those of 100 reviews from `first_row` on, every second one positive; the `wrong` rows are wrong."""
    rows = np.arange(first_row, first_row + 100)
    texts = [HOSTILE if row == 50 else f"review {row}" for row in rows]
    probability = np.where((rows % 2 == 1) != np.isin(rows, wrong), 0.9, 0.2).astype(np.float32)
    return pd.DataFrame({"text": texts, "label": (rows % 2).astype(np.int8), "network": probability})


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """Three runs: the tags `first` and `second`, and the workspace, which has another test part."""
    folder = tmp_path_factory.mktemp("compare")
    run("git", "init", "--quiet", cwd=folder)
    for key, value in {"user.name": "Tester", "user.email": "tester@example.com"}.items():
        run("git", "config", key, value, cwd=folder)
    run("dvc", "init", "--quiet", cwd=folder)
    (folder / "data").mkdir()
    text = (ROOT / "params.yaml").read_text("utf-8")
    for tag, epochs, wrong in (("first", 3, [50, 51, 52, 53, 60]), ("second", 5, [60, 61])):
        (folder / "params.yaml").write_text(text.replace("  epochs: 3 ", f"  epochs: {epochs} "), "utf-8")
        predictions(0, wrong).to_parquet(folder / PREDICTIONS)
        run("dvc", "add", "--quiet", PREDICTIONS, cwd=folder)
        commit(folder, tag)
        run("git", "tag", tag, cwd=folder)
    predictions(40, [60, 61]).to_parquet(folder / PREDICTIONS)
    return folder


@pytest.fixture
def inside(project, monkeypatch):
    monkeypatch.chdir(project)
    return project


def compare(first: str, second: str) -> comparison.Comparison:
    settings = params.load("evaluate").evaluate
    return comparison.compare(comparison.read(first), comparison.read(second), settings)


@pytest.mark.slow
def test_what_is_printed(project):
    shown = run("sentiment", "compare", "first", "second", cwd=project, COLUMNS="100").stdout
    assert re.search(r"\n train.epochs +3 +5 ", shown)
    assert re.search(r"\n accuracy, % +95.0 \(.*\) +98.0 \(.*\) +\+3.00 \(.*\)", shown)
    plain = " ".join(shown.split())
    assert "Both are scored on the same 100 test reviews. Only “first” is right on 1 of them" in plain
    assert "only “second” on 4: no significant difference (McNemar's exact test, p = 0.38)" in plain
    assert "4 reviews on which only “second” is right" in plain
    assert "positive 20% → 90% review 51" in plain
    assert "negative 90% → 20% Superb <script>alert(1)</script> [bold]film[/] ?[31m & more" in plain
    assert "1 review on which only “first” is right positive 90% → 20% review 61" in plain
    assert "All of them, in full: comparison.html" in plain


@pytest.mark.slow
def test_the_default_is_the_last_commit_and_the_workspace(inside):
    """Which have 60 reviews in common."""
    shown = " ".join(run("sentiment", "compare", "--page", "page.html", cwd=inside).stdout.split())
    assert "No parameter differs." in shown
    assert "Scored on the 60 reviews in both test parts, of 100 and 100." in shown
    assert "Only “HEAD” is right on 0 of them, only “workspace” on 0" in shown
    assert (inside / "page.html").exists()


@pytest.mark.slow
def test_reviews_that_changed_most_come_first(inside):
    found = compare("first", "second")
    found.reviews.loc[found.reviews["text"] == "review 53", "second"] = 0.99
    assert found.changed(right=True)["text"].iloc[0] == "review 53"
    assert found.params == [("train.epochs", "3", "5")]
    assert found.mcnemar == (1, 4, 0.375)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("nobody", "no results of 'nobody' here: unknown Git revision 'nobody'"),
        ("first", f"no results of 'first' here: {PREDICTIONS} is not in git or DVC's cache; run `dvc fetch"),
        ("earlier", f"{PREDICTIONS} of 'earlier' has no texts, as earlier releases wrote it, or is damaged"),
        ("workspace", f"no results of 'workspace' here: {PREDICTIONS} is not in the folder or DVC's cache"),
    ],
)
def test_a_run_that_cannot_be_compared_ends_in_one_line(project, tmp_path, monkeypatch, name, message):
    copy = tmp_path / "project"
    shutil.copytree(project, copy)
    monkeypatch.chdir(copy)
    if name == "earlier":
        predictions(0, []).drop(columns="text").to_parquet(copy / PREDICTIONS)
        run("dvc", "add", "--quiet", PREDICTIONS, cwd=copy)
        commit(copy, "Earlier")
        run("git", "tag", "earlier", cwd=copy)
    else:
        shutil.rmtree(copy / ".dvc/cache")
        (copy / PREDICTIONS).unlink()
    with pytest.raises(UserError) as caught:
        comparison.read(name)
    assert str(caught.value).startswith(message)
    assert "\n" not in str(caught.value)


@pytest.mark.slow
def test_runs_without_a_common_review(inside):
    runs = [comparison.Run(name, {}, predictions(row, [])) for name, row in (("a", 0), ("b", 500))]
    with pytest.raises(UserError, match="a and b: no positive and negative test reviews in common"):
        comparison.compare(*runs, params.load("evaluate").evaluate)


def test_parameters_of_releases_that_had_others():
    assert comparison.differing({"a": 1, "old": [1]}, {"a": 1, "new": ""}) == [
        ("old", "[1]", "none"),
        ("new", "none", ""),
    ]


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_the_page_in_a_browser(project, browser, tmp_path, scheme, width):
    """Nothing is wider than the screen or comes from elsewhere, and reviews unfold by keyboard."""
    page_file = project / "browser.html"
    if not page_file.exists():
        run("sentiment", "compare", "first", "second", "--page", page_file.name, cwd=project)
    context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
    page, asked, messages = context.new_page(), [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: messages.append(message.text))
    page.on("dialog", lambda dialog: messages.append("a dialog") or dialog.dismiss())
    page.goto(page_file.as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    text = page.locator("details p", has_text="Superb")
    assert not text.is_visible()
    page.locator("summary", has_text="Superb").focus()
    page.keyboard.press("Enter")
    assert text.is_visible() and "<script>alert(1)</script> [bold]film[/]" in text.inner_text()
    paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert paper == ("rgb(251, 250, 247)" if scheme == "light" else "rgb(21, 23, 26)")
    assert "train.epochs" in page.locator("table").first.inner_text()
    page.screenshot(path=tmp_path / f"{scheme}-{width}.png", full_page=True)
    assert serious(page) == []
    context.close()
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    assert messages == []
