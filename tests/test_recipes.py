"""The recipes, a DVC project of their own, as their users run them on a small corpus."""

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

NAME = "small-bilstm"  # the one that recipes/README.md shows
README = (ROOT / "recipes" / "README.md").read_text("utf-8")
RECIPE = re.search(r"```yaml\n(.*?)```", README, re.S)[1]
PREPARE, TRAIN, EVALUATE = STAGES = [f"{stage}@{NAME}" for stage in ("prepare", "train", "evaluate")]
COMMITTED = yaml.safe_load((ROOT / "recipes" / "params.yaml").read_text("utf-8"))["recipes"]


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
        ("max_ngram: 1,", "max_ngram: 0,", "common.baseline.max_ngram: input should be greater"),
    ],
)
def test_a_mistake_in_a_recipe_is_one_line(tmp_path, monkeypatch, old, new, message):
    shutil.copy(ROOT / "params.yaml", tmp_path)
    text = with_recipe()
    assert old in text
    (tmp_path / "recipes").mkdir()
    (tmp_path / "recipes/params.yaml").write_text(text.replace(old, new), "utf-8")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UserError) as error:
        params.load("train", recipe=NAME)
    assert str(error.value).startswith("recipes/params.yaml: ")
    assert message in str(error.value)
    assert "did you mean baseline" not in str(error.value)  # which is for `common` alone
    assert "\n" not in str(error.value)


def with_recipe() -> str:
    """The committed recipes/params.yaml, with the recipe of the README at its end."""
    return f"{(ROOT / 'recipes/params.yaml').read_text('utf-8')}\n{RECIPE}"


@pytest.fixture(scope="module")
def project(tmp_path_factory) -> Path:
    """The folder of the recipes in a small project, after the recipe of the README has been run."""
    root = project_in(tmp_path_factory.mktemp("project"), seed=1)
    (root / "recipes/params.yaml").write_text(with_recipe(), "utf-8")
    commit(root, "Recipe")
    run("dvc", "repro", "clean", cwd=root)
    assert ran(run("dvc", "repro", EVALUATE, cwd=root / "recipes")) == STAGES
    commit(root, "Run")
    return root / "recipes"


@pytest.mark.slow
def test_the_recipe_runs_and_leaves_metrics_plots_and_pictures(project):
    home = project / "metrics" / NAME
    assert list(json.loads((home / "test.json").read_text())) == ["accuracy", "loss"]
    assert set(json.loads((home / "evaluation.json").read_text())) == {
        "reviews",
        "network",
        "baseline",
        "mcnemar",
    }
    assert json.loads((home / "train.json").read_text())["parameters"] > 300 * 32
    for picture in ("curves", "report"):
        content = (home / "plots" / f"{picture}.svg").read_text("utf-8")
        assert "<svg" in content and 'href="http' not in content
    assert run("git", "status", "--porcelain", cwd=project).stdout == ""
    tracked = run("git", "ls-files", ".", cwd=project).stdout.splitlines()
    assert "dvc.lock" in tracked
    assert [path for path in tracked if path.startswith(("data/", "models/"))] == []
    lock = (project / "dvc.lock").read_text("utf-8")
    assert str(project.parent) not in lock and "path: src/sentiment/network" in lock
    seconds = json.loads((project / "models" / NAME / "seconds.json").read_text())["epochs"]
    assert len(seconds) == 3 and min(seconds) > 0
    assert "seconds.json" not in lock  # they are never the same twice


@pytest.mark.slow
def test_what_dvc_shows_fits_a_terminal_here_and_is_not_shown_in_the_root(project):
    shown = run("dvc", "metrics", "show", cwd=project).stdout
    assert f"metrics/{NAME}/test.json" in shown and "kaggle-lstm" in shown
    drawn = run("dvc", "dag", cwd=project).stdout
    assert max(len(line.rstrip()) for line in [*shown.splitlines(), *drawn.splitlines()]) <= 100
    table = run("dvc", "exp", "show", "--csv", cwd=project).stdout.splitlines()[0].split(",")
    assert len([name for name in table if name.endswith((":accuracy", ":loss"))]) <= 2 * len(COMMITTED) + 2
    run("dvc", "plots", "show", cwd=project)
    page = (project / "dvc_plots" / "index.html").read_text("utf-8")
    for plot in ("curves.svg", "report.svg", "validation/loss.tsv", "train/accuracy.tsv"):
        assert f"{NAME}/" in page and plot in page
    for command in ("metrics show", "plots show --json", "exp show --csv", "dag", "status"):
        assert NAME not in run("dvc", *command.split(), cwd=project.parent).stdout


@pytest.mark.slow
def test_a_change_runs_what_reads_it_and_no_more(project):
    path = project / "params.yaml"
    before = path.read_text("utf-8")

    def runs(old: str, new: str, *options: str) -> list[str]:
        assert old in before
        path.write_text(before.replace(old, new), "utf-8")
        return ran(run("dvc", "repro", *options, EVALUATE, cwd=project))

    assert runs("kaggle-lstm:\n    tokenize: {}", "kaggle-lstm:\n    tokenize: {head: 1.0}") == []
    assert runs("epochs: 3", "epochs: 1", "--dry") == [TRAIN]  # a dry run cannot know what follows
    assert PREPARE in runs("max_tokens: 200, head", "max_tokens: 50, head", "--dry")
    path.write_text(before, "utf-8")
    cache = project.parent / "src/sentiment/data/__pycache__"
    cache.mkdir(exist_ok=True)
    (cache / "another.pyc").touch()  # must not count as code
    assert runs("reviews:", "reviews:") == []
    root = project.parent / "params.yaml"
    text = root.read_text("utf-8")
    root.write_text(text.replace("seed: 42", "seed: 43", 1), "utf-8")  # of the split, which all share
    assert PREPARE in runs("reviews:", "reviews:", "--dry")
    root.write_text(text, "utf-8")


@pytest.mark.slow
def test_vectors_learned_from_the_training_part_are_in_gloves_format(project):
    """Read again as a file of GloVe's, they make the very same embedding."""
    root, path = project.parent, project / "params.yaml"
    before = path.read_text("utf-8")
    content = yaml.safe_load(before)
    assert content["recipes"]["glove-bilstm"]["embedding"]["init"] == "word2vec"
    command = ["python", "-m", "sentiment.stages.embed", "--recipe", "glove-bilstm"]
    tokens = f"recipes/data/{NAME}/tokens"
    run(*command, "--text", "one.txt", tokens, "one.npy", "one.json", cwd=root)
    vocabulary = Vocabulary.load(root / tokens / "vocabulary.json")
    assert word_vectors.read(root / "one.txt", vocabulary, size=100)
    content["recipes"]["glove-bilstm"]["embedding"] |= {"init": "file", "file": "one.txt"}
    path.write_text(yaml.safe_dump(content), "utf-8")
    run(*command, tokens, "two.npy", "two.json", cwd=root)
    path.write_text(before, "utf-8")
    np.testing.assert_array_equal(np.load(root / "one.npy"), np.load(root / "two.npy"))


@pytest.mark.slow
def test_keras_own_file_instead_of_the_clean_reviews(project):
    """Twenty reviews of each part, in a file such as Keras's."""
    ranks = np.empty(20, dtype=object)
    ranks[:] = [[1, 19996, 19997]] * 20
    arrays = {
        f"{axis}_{part}": ranks if axis == "x" else np.arange(20) % 2 for axis in "xy" for part in PARTS
    }
    np.savez(project.parent / "data" / "imdb.npz", **arrays)
    command = re.search(r"^dvc exp run -S reviews=\S+ \S+", README, re.M)[0].replace("evaluate", "prepare")
    assert ran(run(*shlex.split(command), cwd=project)) == ["prepare@keras-imdb-bilstm"]
    shown = run(
        *shlex.split(re.search(r"^dvc exp show .*$", README, re.M)[0]), cwd=project, COLUMNS="160"
    ).stdout
    assert "reviews" in shown and "…" not in shown
    tokens = project / "data/keras-imdb-bilstm/tokens"
    assert dataset.load(tokens / "test")[0].tolist() == [1, 4, 19999, 2]
    assert Vocabulary.load(tokens / "vocabulary.json").size == 20000
