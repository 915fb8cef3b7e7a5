"""The stage `report` on a small network: the page, the model card, and the doubtful labels."""

import re
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from conftest import ROOT
from huggingface_hub import ModelCard
from screens import SCREENS, check

import sentiment.pages.report as pages_report
from sentiment.errors import UserError
from sentiment.inference import artifact
from sentiment.stages import behaviour, evaluate, export, report
from sentiment.system import files

IMDB, SAMPLE = "data/IMDB Dataset.csv", "data/sample.csv"
REST = ("behaviour", "prediction", "mistakes", "labels")  # of the page's sections
SECTIONS = ["Use", "Limits", "Data", "Split", "Scores", "Reading", "Behaviour", "Environment", "Reproduce"]
HOSTILE = "w1 </script><script>throw 1</script> <b onclick=alert(1)> & good"
OUTPUTS = ("reports/index.html", "metrics/model_card.md", "metrics/label_errors.csv")


def describe(folder: Path) -> None:
    """Run the stage in the current folder."""
    names = ("data", "models", "metrics", "reports")
    others = (ROOT / "benchmarks/reading.json", ROOT / "recipes/metrics")
    report.main(*map(Path, names), *others)


@pytest.fixture(scope="module", autouse=True)
def quick():
    """Fewer passes of the network for each explanation: what they find is tested elsewhere."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pages_report, "BUDGET", 2_000)
        yield


@pytest.fixture(scope="module")
def done(trained_folder, reviews, vocabulary, tmp_path_factory) -> Path:
    """A folder where all stages up to this one have run, on `reviews` whose texts are hostile."""
    folder = tmp_path_factory.mktemp("report") / "project"
    shutil.copytree(trained_folder, folder)
    words = vocabulary.tokens
    texts = [
        " ".join(
            [HOSTILE, *(words[one - vocabulary.first] for one in reviews[row] if one >= vocabulary.first)]
        )
        for row in range(len(reviews))
    ]
    pd.DataFrame({"text": texts}).to_parquet(folder / "data/clean.parquet")
    for name in ("data", "tokens", "train"):
        shutil.copy(ROOT / f"metrics/{name}.json", folder / "metrics")
    path = folder / "data/tokens/test/labels.npy"
    wrong = np.load(path)
    wrong[::9] = 1 - wrong[::9]  # for mistakes and doubtful labels
    np.save(path, wrong)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        data, models, metrics = map(Path, ("data", "models", "metrics"))
        evaluate.main(data, models, metrics)
        export.main(data, models, metrics)
        behaviour.main(models / "export", metrics / "behaviour.csv", metrics / "behaviour.json")
        describe(folder)
    return folder


@pytest.fixture
def of_corpus(done, tmp_path, monkeypatch):
    """A function that makes the same report of a run on another corpus."""

    def make(corpus: str) -> Path:
        folder = tmp_path / "project"
        shutil.copytree(done, folder)
        monkeypatch.chdir(folder)
        settings = yaml.safe_load(Path("params.yaml").read_text())
        settings["data"]["csv"] = corpus
        Path("params.yaml").write_text(yaml.safe_dump(settings))
        export.main(*map(Path, ("data", "models", "metrics")))
        describe(folder)
        return folder

    return make


def page(folder: Path) -> str:
    return (folder / "reports/index.html").read_text("utf-8")


def test_the_page_has_every_section_and_fetches_nothing(done):
    content = page(done)
    assert (done / "reports/index.html").stat().st_size < 5_000_000
    parts = re.findall(r'<section id="(\w+)"', content)
    assert parts == [*("data", "scores", "reading", "training", "errors", "probabilities"), *REST]
    accuracy = files.read_json(done / "metrics/evaluation.json")["network"]["accuracy"]
    assert f"{accuracy:.1%} of 60 unseen reviews are classified correctly" in content
    assert "kaggle-lstm" in content  # a recipe
    assert "<script>throw" not in content
    assert "&lt;script&gt;throw 1&lt;/script&gt; &lt;b onclick" in content
    assert not re.search(r"\ssrc=|@import|<link(?! rel=.icon. href=.data:)", content.partition("<script>")[0])


def test_the_same_run_gives_the_same_bytes_again(done, tmp_path, monkeypatch):
    shutil.copytree(done, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    describe(tmp_path)
    for name in OUTPUTS:
        assert (tmp_path / name).read_bytes() == (done / name).read_bytes()


@pytest.mark.parametrize(("corpus", "note"), [(SAMPLE, "Made-up reviews."), ("my.csv", "Your own corpus.")])
def test_nothing_of_another_corpus_is_said_to_be_imdbs(of_corpus, corpus, note):
    folder = of_corpus(corpus)
    content = page(folder).partition("<script>")[0]
    assert note in content and "kaggle-lstm" not in content and 'id="reading"' not in content
    assert "at least 2.9%" not in content
    card = ModelCard((folder / "metrics/model_card.md").read_text("utf-8"))
    assert card.data.datasets is None and card.data.eval_results[0].dataset_name == corpus
    assert ("made-up reviews" in card.text) == (corpus == SAMPLE) and "## Reading" not in card.text


def test_the_card_says_what_the_manifest_says(done):
    card = ModelCard((done / "metrics/model_card.md").read_text("utf-8"))
    manifest = files.read_json(done / "models/export/manifest.json")
    scores = files.read_json(done / "metrics/evaluation.json")
    assert card.data.datasets == ["stanfordnlp/imdb"] and card.data.language == "en"
    assert [one.metric_value for one in card.data.eval_results] == [
        scores["network"][name] for name in ("accuracy", "f1", "roc_auc")
    ]
    assert manifest["metrics"]["evaluation"] == scores
    for fact in (manifest["use"], *manifest["limits"], manifest["corpus"], manifest["clean_sha256"]):
        assert fact in card.text
    for part in SECTIONS:
        assert f"\n## {part}\n" in card.text
    assert "{{" not in card.text and "\n\n\n" not in card.text


def test_doubtful_labels_are_listed_without_their_texts(done):
    listed = pd.read_csv(done / "metrics/label_errors.csv")
    predictions = pd.read_parquet(done / "data/predictions.parquet").set_index("row")
    assert list(listed) == ["row", "label", "network", "baseline", "reason"]
    for row in listed.itertuples():
        label = ("negative", "positive")[predictions["label"][row.row]]
        assert row.label == label and row.reason.startswith("the network gives") and label not in row.reason


def test_a_model_without_the_facts_is_told(done, tmp_path, monkeypatch):
    shutil.copytree(done, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    manifest = files.read_json(Path("models/export/manifest.json"))
    del manifest["metrics"]
    del manifest["sha256"]
    files.write_json(Path("models/export/manifest.json"), {**manifest, "sha256": artifact.checksum(manifest)})
    with pytest.raises(UserError, match="exported by an older release; run `dvc repro evaluate`"):
        describe(tmp_path)


@pytest.mark.browser
@pytest.mark.parametrize(("width", "scheme"), SCREENS)
def test_it_looks_right_without_a_network(done, browser, tmp_path, width, scheme):
    check(browser, done / "reports/index.html", width, scheme, charts=10, shot=tmp_path / "report.png")


@pytest.mark.browser
def test_the_keyboard_reaches_everything(done, browser):
    one = browser.new_page()
    one.goto((done / "reports/index.html").as_uri())
    one.keyboard.press("Tab")
    assert one.evaluate("document.activeElement.textContent") == "Skip to the report"
    one.keyboard.press("Enter")
    assert one.evaluate("location.hash") == "#main"
    opened = one.locator("details > summary").first  # the first mistake
    assert opened.evaluate("summary => summary.parentElement.open")
    opened.focus()
    one.keyboard.press("Enter")
    assert not opened.evaluate("summary => summary.parentElement.open")
    one.close()
