"""The recipes as their users run them, on a small corpus, and the table of their results."""

import json
import re
import shlex
import shutil
from pathlib import Path

import numpy as np
import pytest
import yaml
from conftest import ROOT, commit, project_in, ran, run

from sentiment import params
from sentiment.data import dataset
from sentiment.data.keras_imdb import PARTS
from sentiment.data.vocabulary import Vocabulary
from sentiment.embedding import word_vectors
from sentiment.errors import UserError
from sentiment.reports import recipes
from sentiment.system import machine
from sentiment.training import timing

NAME = "small-bilstm"  # the one that recipes/README.md shows
README = (ROOT / "recipes" / "README.md").read_text("utf-8")
RECIPE = re.search(r"```yaml\n(.*?)```", README, re.S)[1]
STAGES = [
    f"recipes/dvc.yaml:{stage}@{NAME}" for stage in ("tokenize", "baseline", "embed", "train", "evaluate")
]
COMMITTED = yaml.safe_load((ROOT / "recipes" / "params.yaml").read_text("utf-8"))["recipes"]


def recipes_in(folder: Path, addition: str = "") -> Path:
    """Copy what a recipe is made of into `folder`."""
    (folder / "recipes").mkdir()
    for name in ("README.md", "dvc.yaml", "params.yaml"):
        shutil.copy(ROOT / "recipes" / name, folder / "recipes" / name)
    with (folder / "recipes" / "params.yaml").open("a", encoding="utf-8") as file:
        file.write(f"\n{addition}")
    return folder


def test_a_recipe_is_ten_lines_or_less():
    assert len(RECIPE.splitlines()) <= 10
    lines = (ROOT / "recipes" / "params.yaml").read_text("utf-8").split("\nrecipes:\n")[1]
    blocks = re.split(r"\n(?=  [\w-]+:\n)", lines)
    assert len(blocks) == len(COMMITTED)
    assert max(len(block.strip().splitlines()) for block in blocks) <= 10


@pytest.mark.parametrize("name", COMMITTED)
def test_the_committed_recipes_are_valid_and_described(name, monkeypatch):
    monkeypatch.chdir(ROOT)
    loaded = params.load("tokenize", "embedding", "model", "train", "split", recipe=name)
    assert not loaded.model.ngrams
    assert loaded.split == params.load("split").split
    assert loaded.model.fixed_length in (0, loaded.tokenize.max_tokens)
    assert f"**{name}** " in README


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A small project in which the recipe of the README has been run."""
    folder = recipes_in(project_in(tmp_path_factory.mktemp("recipes"), seed=1), RECIPE)
    commit(folder, "Recipes")
    result = run("dvc", "repro", STAGES[-1], cwd=folder)
    assert sorted(ran(result)) == sorted(["download", "clean", *STAGES])
    commit(folder, "Run")
    return folder


def test_the_recipe_runs_and_leaves_metrics_plots_and_pictures(project):
    home = project / "recipes" / "metrics" / NAME
    test = json.loads((home / "test.json").read_text())
    assert list(test) == ["reviews", "network", "baseline", "mcnemar"]
    assert json.loads((home / "train.json").read_text())["parameters"] > 300 * 32
    for picture in ("curves", "report"):
        content = (home / "plots" / f"{picture}.svg").read_text("utf-8")
        assert "<svg" in content and 'href="http' not in content
    assert run("git", "status", "--porcelain", cwd=project).stdout == ""
    tracked = run("git", "ls-files", "recipes", cwd=project).stdout.splitlines()
    assert "recipes/dvc.lock" in tracked
    assert [path for path in tracked if path.startswith(("recipes/data", "recipes/models"))] == []


def test_metrics_and_plots_show_it(project):
    shown = json.loads(run("dvc", "metrics", "show", "--json", cwd=project).stdout)[""]["data"]
    assert "network" in shown[f"recipes/metrics/{NAME}/test.json"]["data"]
    run("dvc", "plots", "show", cwd=project)
    page = (project / "dvc_plots" / "index.html").read_text("utf-8")
    for plot in ("curves.svg", "report.svg", "confusion.csv", "validation/loss.tsv", "train/accuracy.tsv"):
        assert f"{NAME}/" in page and plot in page


def test_the_time_of_an_epoch_is_on_record_and_not_in_the_lock(project):
    seconds = json.loads((project / "recipes" / "models" / NAME / "seconds.json").read_text())["epochs"]
    assert len(seconds) == 3 and min(seconds) > 0
    assert "seconds.json" not in (project / "recipes" / "dvc.lock").read_text("utf-8")


def test_the_default_needs_no_recipe_and_pulling_asks_for_no_recipe(project, tmp_path):
    """The root pipeline knows nothing of the recipes: neither `dvc repro` nor `dvc pull` touches them."""
    assert "recipes" not in run("dvc", "dag", "evaluate", cwd=project).stdout
    run("git", "clone", "--quiet", str(project), str(tmp_path / "clone"), cwd=tmp_path)
    pulled = run("dvc", "pull", cwd=tmp_path / "clone", check=False)
    assert "recipes/" not in pulled.stderr.split("ERROR")[1]


def test_a_change_runs_what_reads_it_and_no_more(project):
    path = project / "recipes" / "params.yaml"
    before = path.read_text("utf-8")
    assert ran(run("dvc", "repro", STAGES[-1], cwd=project)) == []
    path.write_text(
        before.replace("kaggle-lstm:\n    tokenize: {}", "kaggle-lstm:\n    tokenize: {head: 1.0}")
    )
    assert path.read_text("utf-8") != before
    assert ran(run("dvc", "repro", STAGES[-1], cwd=project)) == []
    path.write_text(before.replace("epochs: 3", "epochs: 1"), "utf-8")
    again = run("dvc", "repro", "--dry", STAGES[-1], cwd=project)
    assert ran(again) == [STAGES[3]]  # and then what depends on it, which a dry run cannot know
    path.write_text(before.replace("max_tokens: 200, head", "max_tokens: 50, head"), "utf-8")
    assert STAGES[0] in ran(run("dvc", "repro", "--dry", STAGES[-1], cwd=project))
    path.write_text(before, "utf-8")


def test_vectors_learned_from_the_training_part_stand_in_gloves_format(project):
    """Read again as a file of GloVe's, they make the very same embedding."""
    content = yaml.safe_load((project / "recipes" / "params.yaml").read_text("utf-8"))
    assert content["recipes"]["glove-bilstm"]["embedding"]["init"] == "word2vec"
    command = ["python", "-m", "sentiment.stages.embed", "--recipe", "glove-bilstm"]
    tokens = f"recipes/data/{NAME}/tokens"
    run(*command, "--text", "one.txt", tokens, "one.npy", "one.json", cwd=project)
    vocabulary = Vocabulary.load(project / tokens / "vocabulary.json")
    assert word_vectors.read(project / "one.txt", vocabulary, size=100)
    content["recipes"]["glove-bilstm"]["embedding"] |= {"init": "file", "file": "one.txt"}
    before = (project / "recipes" / "params.yaml").read_text("utf-8")
    (project / "recipes" / "params.yaml").write_text(yaml.safe_dump(content), "utf-8")
    run(*command, tokens, "two.npy", "two.json", cwd=project)
    (project / "recipes" / "params.yaml").write_text(before, "utf-8")
    np.testing.assert_array_equal(np.load(project / "one.npy"), np.load(project / "two.npy"))


def test_keras_own_file_instead_of_the_clean_reviews(project):
    """Twenty reviews of each part, in a file such as Keras's."""
    ranks = np.empty(20, dtype=object)
    ranks[:] = [[1, 19996, 19997]] * 20
    arrays = {
        f"{axis}_{part}": ranks if axis == "x" else np.arange(20) % 2 for axis in "xy" for part in PARTS
    }
    np.savez(project / "data" / "imdb.npz", **arrays)
    command = re.search(r"^dvc exp run -S recipes/params.yaml:reviews=.*$", README, re.M)[0]
    stage = "recipes/dvc.yaml:tokenize@keras-imdb-bilstm"
    result = run(*shlex.split(command.replace("evaluate", "tokenize")), cwd=project)
    assert ran(result) == [stage]
    tokens = project / "recipes/data/keras-imdb-bilstm/tokens"
    assert dataset.load(tokens / "test")[0].tolist() == [1, 4, 19999, 2]
    assert Vocabulary.load(tokens / "vocabulary.json").size == 20000
    run("git", "restore", ".", cwd=project)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "lstm_units: 16",
            "lstm_unit: 16",
            f"recipes.{NAME}.model.lstm_unit: unknown key; did you mean lstm_units?",
        ),
        (
            "dropout: 0.3\n    train: {epochs: 3}",
            "dropout: 3\n    train: {}",
            f"recipes.{NAME}.model.dropout: input should",
        ),
        ("    train: {epochs: 3}\n", "", f"recipes.{NAME}.train: missing"),
        (
            "    train: {epochs: 3}",
            "    train: 3",
            f"recipes.{NAME}.train: input should be a valid dictionary",
        ),
        ("  small-bilstm:", "  tiny:", f"no recipe '{NAME}'; there are keras-imdb-bilstm"),
        ("common:", "comon:", "comon: unknown key; did you mean common?"),
        (
            "    train: {epochs: 3}",
            "    train: {epochs: 3}\n    baseline: {}",
            f"recipes.{NAME}.baseline: unknown key",
        ),
        ("{max_ngram: 1}", "{max_ngram: 0}", "common.baseline.max_ngram: input should be greater"),
    ],
)
def test_a_mistake_in_a_recipe_is_one_line(tmp_path, monkeypatch, old, new, message):
    shutil.copy(ROOT / "params.yaml", tmp_path)
    path = recipes_in(tmp_path, RECIPE) / "recipes" / "params.yaml"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UserError) as error:
        params.load("train", recipe=NAME)
    assert str(error.value).startswith("recipes/params.yaml: ")
    assert message in str(error.value)
    assert "did you mean baseline" not in str(error.value)  # which is for `common` alone
    assert "\n" not in str(error.value)


@pytest.fixture
def results(tmp_path, monkeypatch) -> Path:
    """A folder with all that the table is made of, as if every recipe had been run."""
    recipes_in(tmp_path)
    (tmp_path / "models").mkdir()
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
        (home / "test.json").write_text(json.dumps({"network": accuracy, "baseline": {"accuracy": 0.885}}))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_table_has_the_default_and_every_recipe_and_remembers_times(results):
    readme = results / "recipes" / "README.md"
    run("python", "-m", "sentiment.reports.recipes", cwd=results)
    text = readme.read_text("utf-8")
    rows = [line for line in text.splitlines() if line.startswith("| ")][1:]
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
    (results / "recipes/metrics/kaggle-lstm/test.json").unlink()
    failed = run("python", "-m", "sentiment.reports.recipes", cwd=results, check=False)
    assert failed.returncode == 1
    expected = (
        "error: recipes/metrics/kaggle-lstm/test.json: no such file; run `dvc repro recipes/dvc.yaml`\n"
    )
    assert failed.stderr == expected


def test_an_old_table_is_told(results):
    run("python", "-m", "sentiment.reports.recipes", cwd=results)
    (results / "metrics/test.json").write_text(
        (results / "metrics/test.json").read_text().replace("0.885", "0.5")
    )
    stale = run("python", "-m", "sentiment.reports.recipes", "--check", cwd=results, check=False)
    assert stale.returncode == 1
    assert "recipes/README.md: not the results of the last run" in stale.stderr
    (results / "metrics/test.json").write_text("[]")
    with pytest.raises(UserError, match="not the metrics of its pipeline"):
        recipes.results(list(COMMITTED))
