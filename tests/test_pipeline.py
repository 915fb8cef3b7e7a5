"""The pipeline as its users drive it: real git, real dvc, the committed dvc.yaml, a small corpus.

The tests of this file share one working copy and follow each other like a session at the keyboard.
"""

import csv
import hashlib
import json
import re
import shlex
import shutil
import time

import numpy as np
import pytest
import yaml
from conftest import IMDB, ROOT, SMALL, commit, corpus, project_in, ran, run

LIGHT = ["download", "clean", "tokenize", "baseline", "neighbours", "embed"]
ALL = [*LIGHT, "train", "evaluate", "export", "publish", "behaviour"]
EPOCHS = SMALL["train"]["epochs"]
FASTER = "-S", "train.learning_rate=0.02"


def lock(folder) -> dict:
    return yaml.safe_load((folder / "dvc.lock").read_text("utf-8"))["stages"]


def md5(folder, stage: str, path: str) -> str:
    """Of this output of the stage, by dvc.lock."""
    return next(out["md5"] for out in lock(folder)[stage]["outs"] if out["path"] == path)


def wait_for_queue(folder, successes: int) -> None:
    """Wait until so many queued experiments have succeeded; fail if one fails or after five minutes."""
    deadline = time.monotonic() + 300
    while (status := run("dvc", "queue", "status", cwd=folder).stdout).count("Success") < successes:
        assert "Failed" not in status and time.monotonic() < deadline, status
        time.sleep(2)


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    folder = project_in(tmp_path_factory.mktemp("project"), seed=1)
    before = (folder / IMDB).read_bytes()
    result = run("dvc", "repro", cwd=folder)
    assert ran(result) and set(ran(result)) == set(ALL)
    assert (folder / IMDB).read_bytes() == before
    commit(folder, "First run")
    run("git", "tag", "first", cwd=folder)
    return folder


def test_a_run_leaves_every_artifact_and_a_clean_status(project):
    for path in ("models/model.keras", "models/neighbours.npz", "data/predictions.parquet"):
        assert (project / path).stat().st_size > 0
    for name in ("data", "tokens", "baseline", "neighbours", "embedding", "train", "test"):
        assert json.loads((project / "metrics" / f"{name}.json").read_text())
    assert run("git", "status", "--porcelain", cwd=project).stdout == ""
    tracked = run("git", "ls-files", cwd=project).stdout.splitlines()
    assert "metrics/test.json" in tracked
    assert [
        path for path in tracked if path.startswith("data/") and path.endswith((".npy", ".parquet"))
    ] == []
    assert IMDB not in tracked
    assert {path for path in tracked if path.startswith("models/")} == {
        f"models/imdb/{name}"
        for name in ("manifest.json", "network.onnx", "ngrams.npz", "neighbours.npz", "vocabulary.json")
    }


def test_the_second_time_there_is_nothing_to_do(project):
    result = run("dvc", "repro", cwd=project)
    assert ran(result) == []
    assert "Data and pipelines are up to date." in result.stdout
    assert "up to date" in run("dvc", "status", cwd=project).stdout


def test_metrics_show(project):
    shown = json.loads(run("dvc", "metrics", "show", "--json", cwd=project).stdout)[""]["data"]
    test = shown["metrics/test.json"]["data"]
    assert {"accuracy", "accuracy_low", "f1", "roc_auc", "log_loss", "brier", "ece"} <= set(test["lstm"])
    assert set(test["lstm"]) == set(test["baseline"])
    assert 0 <= test["mcnemar"]["p_value"] <= 1
    assert shown["metrics/embedding.json"]["data"]["vocabulary_share"] == 1
    assert "lstm.accuracy" in run("dvc", "metrics", "show", cwd=project).stdout


def test_plots_show(project):
    run("dvc", "plots", "show", cwd=project)
    page = (project / "dvc_plots" / "index.html").read_text("utf-8")
    for plot in ("Loss", "Accuracy", "ROC", "Precision and recall", "Calibration", "Confusion", "report.svg"):
        assert plot in page
    data = json.loads(run("dvc", "plots", "show", "--json", cwd=project).stdout)["data"]
    losses = [(point["filename"], point["step"]) for point in data["Loss"][0]["content"]["data"]["values"]]
    assert losses == [
        (f"{part}/loss.tsv", str(epoch)) for part in ("train", "validation") for epoch in range(EPOCHS)
    ]


def test_the_demo_leaves_the_clone_as_it_was(project):
    makefile = run("make", "--dry-run", "demo", cwd=project).stdout.splitlines()
    demo, report = (line for line in makefile if line.startswith(("dvc exp run", "python -m")))
    run(*shlex.split(demo), cwd=project)
    assert run("git", "status", "--porcelain", cwd=project).stdout == ""
    table = run(*shlex.split(report), cwd=project).stdout
    assert "data/sample.csv" in table
    assert "LSTM" in table
    unknown = run(
        "python", "-m", "sentiment.reports.readme", "--experiment", "nobody", cwd=project, check=False
    )
    assert unknown.returncode == 1
    assert unknown.stderr.startswith("error: no results of 'nobody' here")
    assert len(unknown.stderr.splitlines()) == 1
    assert f"# make demo\n{demo}\n" in (ROOT / "README.md").read_text("utf-8")


def test_without_the_imdb_reviews_the_demo_can_be_taken_but_for_what_was_made_of_them(project, tmp_path):
    clone = tmp_path / "clone"
    shutil.copytree(project, clone)
    (clone / IMDB).unlink()
    shutil.rmtree(clone / "models" / "export")
    for stage, path in (("download", IMDB), ("export", "models/export")):
        hashed = md5(clone, stage, path)
        (clone / ".dvc/cache/files/md5" / hashed[:2] / hashed[2:]).unlink()
    result = run("dvc", "exp", "apply", "demo", cwd=clone, check=False)
    missing = result.stderr.partition("Checkout failed for following targets:")[2].splitlines()[1:3]
    assert set(missing) == {IMDB, "models/export"}
    assert yaml.safe_load((clone / "params.yaml").read_text())["data"]["csv"] == "data/sample.csv"
    model = (clone / "models/model.keras").read_bytes()
    assert hashlib.md5(model).hexdigest() == md5(clone, "train", "models/model.keras")


def test_another_embedding_is_not_taken_from_the_run_cache(project):
    result = run("dvc", "exp", "run", "-S", "embedding.dimensions=9", "embed", cwd=project)
    assert ran(result) == ["embed"]
    assert np.load(project / "data" / "embedding.npy").shape[1] == 9
    run("git", "reset", "--quiet", "--hard", cwd=project)
    run("dvc", "checkout", cwd=project)


def test_an_experiment_runs_train_and_evaluate_alone(project):
    result = run("dvc", "exp", "run", "--name", "faster", *FASTER, "evaluate", cwd=project)
    assert ran(result) == ["train", "evaluate"]
    diff = json.loads(run("dvc", "params", "diff", "--json", cwd=project).stdout)
    assert list(diff["params.yaml"]) == ["train.learning_rate"]
    assert diff["params.yaml"]["train.learning_rate"]["new"] == 0.02
    changed = json.loads(run("dvc", "metrics", "diff", "--json", cwd=project).stdout)
    assert "lstm.log_loss" in changed["metrics/test.json"]
    assert [name for name in changed["metrics/test.json"] if name.startswith("baseline.")] == []
    run("dvc", "plots", "diff", cwd=project)
    assert "workspace" in (project / "dvc_plots" / "index.html").read_text("utf-8")


def test_a_queue_of_two(project):
    run("git", "reset", "--quiet", "--hard", cwd=project)
    run("dvc", "checkout", cwd=project)
    run("dvc", "exp", "run", "--queue", "-S", "model.dropout=0.1,0.2", "evaluate", cwd=project)
    run("dvc", "queue", "start", cwd=project)
    wait_for_queue(project, successes=2)
    table = list(csv.DictReader(run("dvc", "exp", "show", "--csv", cwd=project).stdout.splitlines()))
    values = {row["model.dropout"] for row in table if row["rev"] not in ("workspace", "")}
    assert {"0.1", "0.2"} <= values
    assert any(row["Experiment"] == "faster" for row in table)


def test_an_experiment_can_be_taken(project):
    run("dvc", "exp", "apply", "faster", cwd=project)
    assert yaml.safe_load((project / "params.yaml").read_text())["train"]["learning_rate"] == 0.02
    assert ran(run("dvc", "repro", cwd=project)) == ALL[ALL.index("export") :]
    commit(project, "Faster")


def test_push_and_pull_into_a_fresh_clone(project, tmp_path):
    run("dvc", "remote", "add", "--default", "storage", str(tmp_path / "storage"), cwd=project)
    commit(project, "Storage")
    run("dvc", "push", cwd=project)
    run("git", "clone", "--quiet", str(project), str(tmp_path / "clone"), cwd=tmp_path)
    run("dvc", "pull", cwd=tmp_path / "clone")
    assert "up to date" in run("dvc", "status", cwd=tmp_path / "clone").stdout
    assert ran(run("dvc", "repro", cwd=tmp_path / "clone")) == []
    for path in ("models/model.keras", IMDB, "data/predictions.parquet"):
        assert (tmp_path / "clone" / path).read_bytes() == (project / path).read_bytes()


def test_the_order_of_the_rows_changes_nothing_after_clean(project):
    before = lock(project)
    corpus(project / IMDB, seed=2)
    assert ran(run("dvc", "repro", cwd=project)) == ["download", "clean"]
    after = lock(project)
    assert before.pop("download") != after.pop("download")
    before_clean, after_clean = before.pop("clean"), after.pop("clean")
    assert before_clean["outs"] == after_clean["outs"]
    assert before == after
    run("git", "checkout", "--quiet", "dvc.lock", cwd=project)
    run("dvc", "checkout", "--force", cwd=project)


def test_two_runs_in_two_clones_leave_the_same_lock(project, tmp_path):
    first = run("git", "show", "first:dvc.lock", cwd=project).stdout
    second = project_in(tmp_path, seed=1)
    run("dvc", "repro", cwd=second)
    assert (second / "dvc.lock").read_text("utf-8") == first


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("  epochs: 2", "  epoch: 2", "train.epoch: unknown key; did you mean epochs?"),
        ("  max_tokens: 60", "  max_tokens: many", "tokenize.max_tokens: input should be a valid integer"),
    ],
)
def test_a_mistake_in_params_yaml_is_one_line(project, old, new, message):
    path = project / "params.yaml"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")
    result = run("dvc", "repro", cwd=project, check=False)
    path.write_text(text, "utf-8")
    assert result.returncode != 0
    errors = [line for line in result.stderr.splitlines() if line.startswith("error: ")]
    assert len(errors) == 1
    assert message in errors[0]
    assert "Traceback" not in result.stdout + result.stderr


def readme_commands() -> list[str]:
    """The dvc commands in README.md's section on working with the project."""
    section = (ROOT / "README.md").read_text("utf-8").split("## Working with it")[1].split("### Your own")[0]
    blocks = re.findall(r"```sh\n(.*?)```", section, re.S)
    return [line.partition("#")[0].strip() for block in blocks for line in block.splitlines()]


def test_the_readmes_commands_run(project, tmp_path):
    for command in readme_commands():
        if command == "dvc remote add --default storage /path/to/storage":
            command = f"dvc remote add --force --default storage {tmp_path / 'storage'}"
        run(*shlex.split(command), cwd=project)
        if command == "dvc queue start":
            wait_for_queue(project, successes=4)
    assert "up to date" in run("dvc", "status", cwd=project).stdout


def test_a_corpus_of_ones_own(project):
    mine = project / "my.csv"
    with (project / IMDB).open(newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file))[1:]
    with mine.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(
            [["id", "text", "label"], *[[i, t, int(s == "positive")] for i, (t, s) in enumerate(rows)]]
        )
    section = (ROOT / "README.md").read_text("utf-8").split("### Your own reviews")[1]
    command = re.search(r"^dvc exp run .*$", section, re.M)[0]
    result = run(*shlex.split(command), cwd=project)
    assert "clean" in ran(result)
    assert "download" not in ran(result)
    assert json.loads((project / "metrics" / "data.json").read_text())["rows"] == 600
