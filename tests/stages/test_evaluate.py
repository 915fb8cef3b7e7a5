"""What `evaluate` writes, given the probabilities; the whole stage runs with the pipeline's tests."""

import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest
import yaml

from sentiment import metrics, params
from sentiment.data import dataset
from sentiment.errors import UserError
from sentiment.evaluation import plots
from sentiment.stages import evaluate
from sentiment.system import files

ROOT = Path(__file__).parents[2]
SETTINGS = params.Evaluate(bootstrap_samples=200, calibration_bins=10, seed=1)
N = 600


def made_reviews() -> dataset.Reviews:
    """Reviews of 1 to 400 tokens from every second row of a corpus."""
    generator = np.random.default_rng(0)
    reviews = [np.ones(length, np.int32) for length in generator.integers(1, 401, N)]
    return dataset.ragged(reviews, generator.integers(0, 2, N), 2 * np.arange(N))


def made_probabilities(labels: np.ndarray) -> plots.Probabilities:
    generator = np.random.default_rng(1)
    logits = {"network": 4 * labels - 2.0, "lstm": 3.5 * labels - 1.75, "baseline": 3 * labels - 1.5}
    return {name: 1 / (1 + np.exp(-generator.normal(mean, 1.3))) for name, mean in logits.items()}


CURVES = {
    "loss": {"train": np.array([0.5, 0.3]), "validation": np.array([0.4, 0.35])},
    "accuracy": {"train": np.array([0.7, 0.9]), "validation": np.array([0.8, 0.85])},
}


def write(folder: Path, reviews: dataset.Reviews, probabilities: plots.Probabilities) -> Path:
    places = "data/predictions.parquet", "metrics/test.json", "metrics/plots"
    evaluate.write(reviews, probabilities, SETTINGS, CURVES, *(folder / place for place in places))
    return folder


@pytest.fixture(scope="module")
def written(tmp_path_factory) -> Path:
    """A folder with all outputs of the stage, made of reviews that are mapped from disk."""
    tokens = tmp_path_factory.mktemp("tokens") / "test"
    made_reviews().save(tokens)
    reviews = dataset.load(tokens)
    return write(tmp_path_factory.mktemp("evaluate"), reviews, made_probabilities(reviews.labels))


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_same_input_same_bytes_whatever_was_there_before(written, tmp_path):
    reviews = made_reviews()
    (tmp_path / "metrics/plots").mkdir(parents=True)
    (tmp_path / "metrics/plots/old.csv").write_text("left by an older version\n")
    again = contents(write(tmp_path, reviews, made_probabilities(reviews.labels)))
    assert again == contents(written)
    assert len(again) == 1 + 1 + 3 * 5 + 2


def test_metrics(written):
    test = files.read_json(written / "metrics/test.json")
    assert list(test) == ["reviews", "network", "lstm", "baseline", "mcnemar"]
    assert test["reviews"] == N
    assert list(test["network"]) == list(test["lstm"]) == list(test["baseline"])
    for name in plots.NAMES:
        for score in ("accuracy", "f1"):
            low, value, high = (test[name][score + end] for end in ("_low", "", "_high"))
            assert low < value < high
    right = test["mcnemar"]["only_network_right"] - test["mcnemar"]["only_baseline_right"]
    difference = test["network"]["accuracy"] - test["baseline"]["accuracy"]
    assert right / N == pytest.approx(difference, abs=1e-6)


def test_scores_are_those_of_the_predictions(written):
    """Whoever reads predictions.parquet gets the very scores, rounding of probabilities included."""
    predictions = pd.read_parquet(written / "data/predictions.parquet")
    types = {"row": "int32", "label": "int8"} | dict.fromkeys(plots.NAMES, "float32")
    assert predictions.dtypes.astype(str).to_dict() == types
    assert predictions["row"].tolist() == list(range(0, 2 * N, 2))
    test = files.read_json(written / "metrics/test.json")
    for name in plots.NAMES:
        values = predictions["label"].to_numpy(), predictions[name].to_numpy()
        assert metrics.summary(*values, samples=200, bins=10, seed=1) == test[name]


def test_every_plot_of_dvc_yaml_is_written(written):
    sources = []
    for plot in yaml.safe_load((ROOT / "dvc.yaml").read_text("utf-8"))["plots"]:
        if isinstance(plot, str):
            assert (written / plot).is_file()
            continue
        ((_, definition),) = plot.items()
        for path, column in definition["y"].items():
            if path.startswith("metrics/plots/"):
                table = pd.read_csv(written / path)
                assert {definition["x"], column} <= set(table.columns)
                assert table[[definition["x"], column]].notna().all(axis=None)
                sources.append(path)
    assert set(sources) == {name for name in contents(written) if name.endswith(".csv")}


def test_confusion_plot_has_a_row_for_each_review(written):
    test = files.read_json(written / "metrics/test.json")
    for name in plots.NAMES:
        table = pd.read_csv(written / f"metrics/plots/{name}/confusion.csv")
        assert len(table) == N
        assert (table["actual"] == table["predicted"]).mean() == pytest.approx(
            test[name]["accuracy"], abs=1e-6
        )
        assert table.equals(table.sort_values(["actual", "predicted"], ignore_index=True))


@pytest.mark.parametrize("name", ["report", "curves"])
def test_pictures(written, name):
    content = (written / f"metrics/plots/{name}.svg").read_text("utf-8")
    ElementTree.fromstring(content)
    assert len(content) < 250_000
    assert "<dc:date>" not in content
    assert "fill: #ffffff" in content  # the background, for dark pages


def test_a_network_without_ngrams_has_no_part_of_its_own(tmp_path):
    reviews = made_reviews()
    probabilities = made_probabilities(reviews.labels)
    del probabilities["lstm"]
    write(tmp_path, reviews, probabilities)
    assert list(files.read_json(tmp_path / "metrics/test.json")) == [
        "reviews",
        "network",
        "baseline",
        "mcnemar",
    ]
    assert "LSTM alone" not in (tmp_path / "metrics/plots/report.svg").read_text("utf-8")


def test_curves_are_read_as_dvclive_wrote_them(tmp_path):
    for part in ("train", "validation"):
        folder = tmp_path / "plots" / "metrics" / part
        folder.mkdir(parents=True)
        for score in ("loss", "accuracy"):
            table = pd.DataFrame({"step": [0, 1], score: CURVES[score][part]})
            table.to_csv(folder / f"{score}.tsv", sep="\t", index=False)
    read = plots.read_curves(tmp_path)
    for score, parts in CURVES.items():
        for part, values in parts.items():
            np.testing.assert_array_equal(read[score][part], values)
    (tmp_path / "plots/metrics/train/loss.tsv").unlink()
    with pytest.raises(UserError, match="no learning curves; run `dvc repro train`"):
        plots.read_curves(tmp_path)


@pytest.mark.filterwarnings("error")
def test_constant_probabilities_and_few_reviews(tmp_path):
    reviews = dataset.ragged([np.ones(7, np.int32)] * 4, np.array([0, 1, 1, 0]), np.arange(4))
    constant = np.full(4, 0.5)
    write(tmp_path, reviews, dict.fromkeys(plots.NAMES, constant))
    assert files.read_json(tmp_path / "metrics/test.json")["mcnemar"]["p_value"] == 1


def test_check_refuses_what_cannot_be_scored():
    reviews = made_reviews()
    probabilities = made_probabilities(reviews.labels)
    evaluate.check(reviews, probabilities)
    for name, named in {"network": "network", "lstm": "LSTM alone", "baseline": "baseline"}.items():
        broken = probabilities[name].copy()
        broken[3] = np.nan
        with pytest.raises(UserError, match=named):
            evaluate.check(reviews, probabilities | {name: broken})
    one_label = dataset.ragged([reviews[0]] * 2, np.array([1, 1]), np.array([0, 1]))
    with pytest.raises(UserError, match="negative"):
        evaluate.check(one_label, probabilities)


def test_a_missing_input_ends_in_one_line(tmp_path):
    (tmp_path / "params.yaml").write_bytes((ROOT / "params.yaml").read_bytes())
    places = "model.keras", "baseline", "tokens", "curves", "predictions.parquet", "test.json", "plots"
    command = [sys.executable, "-m", "sentiment.stages.evaluate", *places]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 1
    message = "error: tokens/vocabulary.json: no such file; run `dvc repro tokenize` or `dvc pull`\n"
    assert (done.stdout, done.stderr) == ("", message)
    assert [path.name for path in tmp_path.iterdir()] == ["params.yaml"]
