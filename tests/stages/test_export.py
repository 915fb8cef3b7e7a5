"""The stages `export` and `publish` on a small network."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from sentiment.data.labels import decide, probability
from sentiment.errors import UserError
from sentiment.export import manifest
from sentiment.inference import artifact
from sentiment.inference.predictor import Predictor
from sentiment.stages import export, publish
from sentiment.system import files

MEASURED = {
    "data": {"reviews": 60, "labels": {"positive": {"gut": 30}, "negative": {"schlecht": 20, "mies": 10}}},
    "tokens": {"test": {"reviews": 60}},
    "train": {"environment": {"threads": 2}},
    "evaluation": {"network": {"accuracy": 0.875}},
}
FOLDERS = [Path(name) for name in ("data", "models", "metrics")]


@pytest.fixture(scope="module")
def done(trained_folder, tmp_path_factory) -> Path:
    """A folder where the stage has run."""
    folder = tmp_path_factory.mktemp("export")
    shutil.copytree(trained_folder, folder, dirs_exist_ok=True)
    (folder / "data/clean.parquet").write_bytes(b"reviews")
    for name, content in MEASURED.items():
        files.write_json(folder / f"metrics/{name}.json", content)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        export.main(*FOLDERS)
    return folder


def test_it_answers_and_says_what_rounding_cost(done, reviews):
    exported = done / "models/export"
    scores = files.read_json(done / "metrics/export.json")
    assert scores.pop("bytes") == sum(path.stat().st_size for path in exported.iterdir())
    right = decide(probability(Predictor(exported).logits(reviews))) == reviews.labels
    assert scores.pop("accuracy") == pytest.approx(right.mean(), abs=1e-6)
    assert 0 < scores.pop("largest_difference_to_keras") < 1e-4
    assert scores == {"accuracy_before_rounding": 0.875}


def test_the_manifest_says_where_it_comes_from(done, classifier):
    model = artifact.read(done / "models/export")
    assert model.about["corpus"] == "data/IMDB Dataset.csv"
    assert (model.about["reviews"], model.about["test"]) == (60, {"accuracy": 0.875})
    assert model.about["clean_sha256"] == files.sha256(done / "data/clean.parquet")
    assert model.about["tokenize"]["max_tokens"] == 60
    assert model.about["metrics"] == MEASURED
    assert (model.about["use"], model.about["limits"]) == (manifest.USE, list(manifest.LIMITS))
    assert model.ensemble.weights == {"lstm": 1.5, "reader": 0.5, "ngrams": 0.75}
    np.testing.assert_array_equal(model.ngrams.weights, classifier.quantized().weights)


@pytest.mark.parametrize("content", [None, "", "{}", "[1]"])
@pytest.mark.parametrize("name", MEASURED)
def test_missing_or_damaged_metrics_are_told(done, tmp_path, monkeypatch, name, content):
    shutil.copytree(done, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    path = Path(f"metrics/{name}.json")
    path.unlink()
    if content is not None:
        path.write_text(content)
    with pytest.raises(UserError, match=rf"^{path}: not the metrics of this pipeline; run `dvc repro"):
        export.main(*FOLDERS)


def test_publishing_takes_the_model_of_the_named_corpus_alone(exported, tmp_path, capsys):
    _, folder = exported
    published = tmp_path / "imdb"
    publish.main(folder, "made up", published)
    whole = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert {path.name: path.read_bytes() for path in published.iterdir()} == whole
    (published / "manifest.json").write_text("{}")
    publish.main(folder, "another", published)
    assert f"imdb stays as it is: {folder} was trained on made up" in capsys.readouterr().out
    assert (published / "manifest.json").read_text() == "{}"
    (published / "neighbours.npz").write_bytes(b"left by an older release")
    publish.main(folder, "made up", published)
    assert {path.name: path.read_bytes() for path in published.iterdir()} == whole
