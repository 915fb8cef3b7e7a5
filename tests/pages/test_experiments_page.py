"""The page of the experiments, in Chromium without a network."""

from collections import Counter

import pytest
from screens import check

from sentiment.pages import experiments as page
from sentiment.reports.experiments import Experiment, Experiments

FOUND = Experiments(
    [
        Experiment("fast", {"train.learning_rate": 0.01, "train.schedule": "cosine"}, 0.91, 0.21),
        Experiment("<b>slow", {"train.learning_rate": 0.001, "train.schedule": "constant"}, 0.92, 0.22),
        Experiment("same", {"train.learning_rate": 0.001, "train.schedule": "cosine"}, 0.9, 0.25),
    ],
    Counter({"failed": 1}),
)


@pytest.mark.browser
@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_it_draws_offline_and_fits_the_screen(browser, tmp_path, width, scheme):
    path = tmp_path / "experiments.html"
    page.write(FOUND, path)
    check(browser, path, width, scheme, charts=1, shot=tmp_path / "experiments.png")


def test_it_tells_the_best_and_what_failed(tmp_path):
    path = tmp_path / "experiments.html"
    page.write(FOUND, path)
    text = path.read_text("utf-8")
    assert "3 experiments, the best of them “fast”" in text and "1 failed." in text
    assert "<b>slow" not in text.split("<script>")[0]


def test_a_parameters_values_are_equally_far_apart_and_better_scores_are_to_the_right():
    values = {}
    for layer in page.parallel(FOUND)["layer"]:
        if isinstance(layer["mark"], dict) and layer["mark"]["type"] == "line":
            (name,) = (layer["data"]["name"],)
            for point in page.parallel(FOUND)["datasets"][name]:
                values[point["experiment"], point["axis"]] = point["position"]
    assert [values[one, "train.learning_rate"] for one in ("same", "fast")] == [0.0, 1.0]
    assert [values[one, "validation loss"] for one in ("same", "fast")] == [0.0, 1.0]
    assert [values[one, "validation accuracy"] for one in ("same", "<b>slow")] == [0.0, 1.0]


def test_one_experiment_alone_has_a_page_too(tmp_path):
    page.write(Experiments(FOUND.finished[:1], Counter()), tmp_path / "experiments.html")
