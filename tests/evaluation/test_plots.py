import shutil
from xml.etree import ElementTree

import numpy as np
import pytest

from sentiment import params
from sentiment.data import dataset
from sentiment.errors import UserError
from sentiment.evaluation import plots
from sentiment.stages import evaluate

CURVES = {
    "loss": {"train": np.array([0.5, 0.3]), "validation": np.array([0.4, 0.35])},
    "accuracy": {"train": np.array([0.7, 0.9]), "validation": np.array([0.8, 0.85])},
}


def draw(path, reviews, probabilities):
    settings = params.Evaluate(bootstrap_samples=50, calibration_bins=10, seed=1)
    scores, tables = evaluate.evaluate(reviews, probabilities, settings)
    plots.draw(path, reviews.labels, probabilities, tables, scores)
    return path.read_text("utf-8")


def random_probabilities(names):
    return {name: np.random.default_rng(0).random(60, np.float32) for name in names}


def check_picture(content):
    ElementTree.fromstring(content)
    assert len(content) < 250_000
    assert "<dc:date>" not in content
    assert "fill: #ffffff" in content  # the background, for dark pages


def test_the_report(tmp_path, reviews):
    content = draw(tmp_path / "report.svg", reviews, random_probabilities(plots.NAMES))
    check_picture(content)
    assert draw(tmp_path / "again.svg", reviews, random_probabilities(plots.NAMES)) == content
    alone = draw(tmp_path / "alone.svg", reviews, random_probabilities(["network", "baseline"]))
    for text in ("60 test reviews", "network", "n-gram baseline", "LSTM alone", "reader alone"):
        assert f"<!-- {text}" in content or f"<!-- its {text}" in content
    assert "LSTM alone" not in alone and "reader alone" not in alone


@pytest.mark.filterwarnings("error")
def test_constant_probabilities_of_few_reviews(tmp_path):
    reviews = dataset.ragged([np.ones(7, np.int32)] * 4, np.array([0, 1, 1, 0]), np.arange(4))
    check_picture(draw(tmp_path / "report.svg", reviews, dict.fromkeys(plots.NAMES, np.full(4, 0.5))))


def test_curves(tmp_path):
    for name in ("curves", "again"):
        plots.draw_curves(tmp_path / f"{name}.svg", CURVES)
    check_picture((tmp_path / "curves.svg").read_text("utf-8"))
    assert (tmp_path / "curves.svg").read_bytes() == (tmp_path / "again.svg").read_bytes()


def test_curves_are_read_as_dvclive_writes_them(trained_folder, tmp_path):
    for parts in plots.read_curves(trained_folder / "metrics/train").values():
        assert {part: values.tolist() for part, values in parts.items()} == {
            "train": [0.5, 0.25],
            "validation": [0.5, 0.25],
        }
    shutil.copytree(trained_folder / "metrics/train", tmp_path, dirs_exist_ok=True)
    for content in ("", "step\taccuracy\n0\t0.5\n"):
        (tmp_path / "plots/metrics/train/loss.tsv").write_text(content)
        with pytest.raises(UserError, match="no learning curves; run `dvc repro train`"):
            plots.read_curves(tmp_path)
