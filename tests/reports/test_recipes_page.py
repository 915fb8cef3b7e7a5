"""The table of the recipes' results in recipes/README.md, through the command that users type."""

import json
import re
import shutil
from pathlib import Path

import pytest
import yaml
from conftest import ROOT, run

from sentiment.errors import UserError
from sentiment.reports import recipes
from sentiment.system import machine
from sentiment.training import timing

COMMITTED = yaml.safe_load((ROOT / "recipes" / "params.yaml").read_text("utf-8"))["recipes"]


@pytest.fixture
def results(tmp_path, monkeypatch) -> Path:
    """A folder with all that the table is made of, as if every recipe had been run."""
    for folder in ("recipes", "models"):
        (tmp_path / folder).mkdir()
    for name in ("README.md", "params.yaml"):
        shutil.copy(ROOT / "recipes" / name, tmp_path / "recipes")
    (tmp_path / "models/model.keras").write_bytes(b"a network")
    monkeypatch.setattr(machine, "processor", lambda: "Abacus")
    timing.write(tmp_path / "models/model.keras", [100.0, 144.6, 150.0])
    for number, home in enumerate(
        [tmp_path / "metrics", *(tmp_path / "recipes/metrics" / name for name in COMMITTED)]
    ):
        home.mkdir(parents=True)
        accuracy = {"accuracy": 0.9 - number / 100, "accuracy_low": 0.8, "accuracy_high": 0.95}
        train = {
            "network": {"validation_accuracy": 0.91 - number / 100},
            "epochs": 3,
            "parameters": 6629861,
        }
        (home / "train.json").write_text(json.dumps(train))
        (home / "evaluation.json").write_text(
            json.dumps({"network": accuracy, "baseline": {"accuracy": 0.885}})
        )
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_table_has_the_default_and_every_recipe_and_remembers_times(results):
    readme = results / "recipes" / "README.md"
    run("python", "-m", "sentiment.reports.recipes", cwd=results)
    text = readme.read_text("utf-8")
    rows = [line for line in text.splitlines() if line.startswith("| ")][2:]
    assert rows[0] == (
        "| **[default](../README.md)** | 91.0% | 90.0% (80.0 to 95.0) | 88.5% | 145 | 3 | 6,629,861 |"
    )
    assert [re.match(r"\| \[([\w-]+)\]", row)[1] for row in rows[1:]] == list(COMMITTED)
    assert "| 88.5% |  | 3 |" in rows[1]
    assert "measured on Abacus" in text
    for name in COMMITTED:
        assert f"(metrics/{name}/plots/curves.svg)" in text and f"(metrics/{name}/plots/report.svg)" in text
    # In a fresh clone, where models/ is empty, the record is what counts.
    shutil.rmtree(results / "models")
    run("python", "-m", "sentiment.reports.recipes", "--check", cwd=results)
    run("python", "-m", "sentiment.reports.recipes", cwd=results)
    assert readme.read_text("utf-8") == text


def test_the_seconds_of_another_network_do_not_count(results):
    (results / "models/model.keras").write_bytes(b"another network")
    run("python", "-m", "sentiment.reports.recipes", cwd=results)
    assert "| 88.5% |  | 3 | 6,629,861 |" in (results / "recipes" / "README.md").read_text("utf-8")


def test_a_recipe_that_has_not_been_run_is_told(results):
    (results / "recipes/metrics/kaggle-lstm/evaluation.json").unlink()
    failed = run("python", "-m", "sentiment.reports.recipes", cwd=results, check=False)
    assert failed.returncode == 1
    expected = "error: recipes/metrics/kaggle-lstm/evaluation.json: no such file; run `make recipes`\n"
    assert failed.stderr == expected


def test_an_old_table_is_told(results):
    run("python", "-m", "sentiment.reports.recipes", cwd=results)
    (results / "metrics/evaluation.json").write_text(
        (results / "metrics/evaluation.json").read_text().replace("0.885", "0.5")
    )
    stale = run("python", "-m", "sentiment.reports.recipes", "--check", cwd=results, check=False)
    assert stale.returncode == 1
    assert "recipes/README.md: not the results of the last run" in stale.stderr
    (results / "metrics/evaluation.json").write_text("[]")
    with pytest.raises(UserError, match="not the metrics of this pipeline"):
        recipes.results(list(COMMITTED))
