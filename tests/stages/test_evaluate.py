"""The stage `evaluate` on a small test part, and its scores, given the probabilities."""

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from conftest import ROOT

from sentiment import metrics, params
from sentiment.data.labels import probability
from sentiment.ensemble import Ensemble
from sentiment.errors import UserError
from sentiment.evaluation import plots
from sentiment.network import model
from sentiment.stages import evaluate
from sentiment.system import files

FOLDERS = [Path(name) for name in ("data", "models", "metrics")]


@pytest.fixture(scope="module")
def probabilities(reviews):
    """Those of four classifiers, the best one first."""
    generator = np.random.default_rng(0)
    sizes = {"network": 4.0, "lstm": 3.0, "reader": 2.5, "baseline": 2.0}
    logits = {name: generator.normal(size * (reviews.labels - 0.5), 1.3) for name, size in sizes.items()}
    return {name: probability(values) for name, values in logits.items()}


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def folder(trained_folder, tmp_path, monkeypatch) -> Path:
    """A copy of what the stage reads, in which it can run."""
    shutil.copytree(trained_folder, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture(scope="module")
def written(trained_folder, tmp_path_factory) -> Path:
    """A folder with all outputs of the stage."""
    folder = tmp_path_factory.mktemp("evaluate")
    shutil.copytree(trained_folder, folder, dirs_exist_ok=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        evaluate.main(*FOLDERS)
    return folder


def test_same_input_same_bytes_whatever_was_there_before(written, folder):
    (folder / "metrics/plots").mkdir(parents=True)
    (folder / "metrics/plots/old.csv").write_text("left by an older version\n")
    before = set(contents(folder))
    evaluate.main(*FOLDERS)
    assert contents(folder) == contents(written)
    assert len(set(contents(folder)) - before) == 3 + 4 * 5 + 2


def test_scores_are_those_of_the_predictions(written, reviews):
    """Whoever reads predictions.parquet gets the very scores, rounding of probabilities included."""
    predictions = pd.read_parquet(written / "data/predictions.parquet")
    types = {"row": "int32", "label": "int8"} | dict.fromkeys(plots.NAMES, "float32")
    assert predictions.dtypes.astype(str).to_dict() == types
    assert predictions["row"].tolist() == reviews.rows.tolist()
    details = files.read_json(written / "metrics/evaluation.json")
    for name in plots.NAMES:
        values = predictions["label"].to_numpy(), predictions[name].to_numpy()
        assert metrics.summary(*values, samples=50, bins=15, seed=42) == details[name]


def test_predictions_carry_the_texts_of_their_rows(tmp_path):
    pd.DataFrame({"text": ["a", "b", "c"], "label": [0, 1, 1]}).to_parquet(tmp_path / "clean.parquet")
    found = evaluate.texts(tmp_path / "clean.parquet", np.array([2, 0], np.int32))
    assert {name: column.to_pylist() for name, column in found.items()} == {"text": ["c", "a"]}
    assert evaluate.texts(tmp_path / "none.parquet", np.array([0])) == {}


def test_the_network_is_both_lstms_stacked_with_the_baseline(written, classifier, vocabulary, reviews):
    predictions = pd.read_parquet(written / "data/predictions.parquet")
    votes, ngrams = classifier.votes_and_logits(reviews)
    network = model.load(written / "models/model.keras", vocabulary)
    lstm, reader = model.predict(network, reviews, votes).T
    for name, logits in {"lstm": lstm, "reader": reader, "baseline": ngrams}.items():
        np.testing.assert_array_equal(predictions[name], probability(logits))
    stacked = probability(1.5 * lstm + 0.5 * reader + 0.75 * ngrams + 0.25)  # as in ensemble.json
    np.testing.assert_allclose(predictions["network"], stacked, atol=1e-6)


def test_headlines(written, folder):
    details = files.read_json(written / "metrics/evaluation.json")
    shown = files.read_json(written / "metrics/test.json")
    assert list(shown) == ["accuracy", "low", "high", "f1", "bal_acc", "auc", "loss", "ece", "baseline"]
    assert shown["accuracy"] == round(details["network"]["accuracy"], 4)
    assert [shown["low"], shown["high"], shown["loss"]] == [
        round(details["network"][name], 4) for name in ("accuracy_low", "accuracy_high", "log_loss")
    ]
    assert shown["baseline"] == round(details["baseline"]["accuracy"], 4)
    evaluate.main(*FOLDERS, brief=True)
    brief = files.read_json(folder / "metrics/test.json")
    assert brief == {name: shown[name] for name in ("accuracy", "loss")}
    assert files.read_json(folder / "metrics/evaluation.json") == details


def test_every_plot_of_dvc_yaml_is_written(written):
    sources = []
    for plot in yaml.safe_load((ROOT / "dvc.yaml").read_text("utf-8"))["plots"]:
        if isinstance(plot, str):
            assert (written / plot).is_file()
            continue
        ((_, definition),) = plot.items()
        for path, column in definition["y"].items():
            table = pd.read_csv(written / path, sep="\t" if path.endswith(".tsv") else ",")
            assert {definition["x"], column} <= set(table.columns)
            assert table[[definition["x"], column]].notna().all(axis=None)
            sources.append(path)
    assert set(sources) == {name for name in contents(written) if name.endswith((".csv", ".tsv"))}


def test_a_network_without_ngrams_and_reader_is_its_lstm(folder, network, vocabulary):
    model.save(network(ngrams=False), folder / "models/model.keras", vocabulary)
    Ensemble({"lstm": 1.0}, 0.0).save(folder / "models/ensemble.json", vocabulary)
    evaluate.main(*FOLDERS)
    details = files.read_json(folder / "metrics/evaluation.json")
    assert list(details) == ["reviews", "network", "baseline", "mcnemar"]
    assert "LSTM alone" not in (folder / "metrics/plots/report.svg").read_text("utf-8")


def test_details(reviews, probabilities):
    settings = params.Evaluate(bootstrap_samples=200, calibration_bins=10, seed=1)
    details, _ = evaluate.evaluate(reviews, probabilities, settings)
    assert list(details) == ["reviews", "network", "lstm", "reader", "baseline", "mcnemar"]
    assert details["reviews"] == 60
    assert list(details["network"]) == list(details["lstm"]) == list(details["baseline"])
    for name in plots.NAMES:
        for score in ("accuracy", "f1"):
            low, value, high = (details[name][score + end] for end in ("_low", "", "_high"))
            assert low < value < high
    right = details["mcnemar"]["only_network_right"] - details["mcnemar"]["only_baseline_right"]
    difference = details["network"]["accuracy"] - details["baseline"]["accuracy"]
    assert right / 60 == pytest.approx(difference, abs=1e-6)
    assert difference > 0


def test_confusion_has_a_row_for_each_review():
    table = evaluate.confusion_rows(np.array([1, 0, 1, 0, 1]), np.array([0, 0, 1, 1, 1]))
    rows = list(zip(table["actual"], table["predicted"], strict=True))
    yes, no = "positive", "negative"
    assert rows == [(no, no), (no, yes), (yes, no), (yes, yes), (yes, yes)]


def test_check_refuses_what_cannot_be_scored(reviews, probabilities):
    evaluate.check(reviews, probabilities)
    for name, named in plots.NAMES.items():
        broken = probabilities[name].copy()
        broken[3] = np.nan
        with pytest.raises(UserError, match=rf"{named} gives probabilities that are not numbers"):
            evaluate.check(reviews, probabilities | {name: broken})
    with pytest.raises(UserError, match="needs positive and negative reviews"):
        evaluate.check(replace(reviews, labels=np.ones(60, np.int8)), probabilities)


@pytest.mark.parametrize(
    ("missing", "problem"),
    [
        ("metrics/train", "metrics/train: no learning curves; run `dvc repro train`"),
        ("models/ensemble.json", r"models/ensemble\.json: no such file; run `dvc repro train`"),
    ],
)
def test_a_missing_input_is_told_and_nothing_written(folder, missing, problem):
    files.remove(folder / missing)
    before = contents(folder)
    with pytest.raises(UserError, match=f"^{problem}"):
        evaluate.main(*FOLDERS)
    assert contents(folder) == before
