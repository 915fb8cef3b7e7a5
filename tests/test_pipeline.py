"""The pipeline as its users drive it: real git, real dvc, the committed dvc.yaml, a small corpus.

The tests of this file share one working copy and follow each other like a session at the keyboard.
"""

import csv
import json
import re
import shlex
import shutil
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml
from conftest import IMDB, ROOT, SMALL, commit, corpus, project_in, ran, run
from screens import check

from sentiment.data import near_duplicates
from sentiment.data.clean_reviews import CleanReviews
from sentiment.engine.serial import HERE

pytestmark = pytest.mark.slow
LIGHT = ["download@imdb", "clean", "tokenize", "baseline", "embed"]
ALL = [*LIGHT, "train", "evaluate", "publish", "behaviour", "report", "summary"]
EPOCHS = SMALL["train"]["epochs"]
FASTER = "-S", "train.learning_rate=0.02"
HEADLINES = ["accuracy", "low", "high", "f1", "bal_acc", "auc", "loss", "ece", "baseline"]
DVC_YAML = yaml.safe_load((ROOT / "dvc.yaml").read_text("utf-8"))
USAGE = (ROOT / "docs" / "usage.md").read_text("utf-8")


def lock(folder) -> dict:
    return yaml.safe_load((folder / "dvc.lock").read_text("utf-8"))["stages"]


def width(text: str) -> int:
    """Of the longest line, as a terminal shows it."""
    return max(len(line.rstrip()) for line in text.splitlines())


def make(target: str, cwd: Path) -> str:
    """Run `make`, with the environment of the tests instead of one that it installs."""
    (cwd / ".venv").mkdir(exist_ok=True)
    (cwd / ".venv" / "installed").touch()
    return run("make", target, cwd=cwd, COLUMNS="160").stdout


def block(heading: str) -> list[str]:
    """The commands in the code blocks of a section of docs/usage.md, comments gone."""
    section = USAGE.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    lines = "".join(re.findall(r"```sh\n(.*?)```", section, re.S)).splitlines()
    return [line.partition("  #")[0].strip() for line in lines]


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
    assert ran(result)[-1] == "summary" and set(ran(result)) == set(ALL)
    assert re.search(r"\nRight on \d.*\nLook: .*\nAsk: ", result.stdout.split("'summary'")[1])
    assert (folder / IMDB).read_bytes() == before
    commit(folder, "First run")
    run("git", "tag", "first", cwd=folder)
    return folder


def test_a_run_leaves_every_artifact_and_a_clean_status(project):
    for path in ("models/model.keras", "models/export/network.onnx", "data/predictions.parquet"):
        assert (project / path).stat().st_size > 0
    for name in ("data", "tokens", "baseline", "embedding", "train", "test", "evaluation", "export"):
        assert json.loads((project / "metrics" / f"{name}.json").read_text())
    assert run("git", "status", "--porcelain", cwd=project).stdout == ""
    tracked = run("git", "ls-files", "data", "metrics", "models", cwd=project).stdout.splitlines()
    assert "metrics/test.json" in tracked
    assert not [path for path in tracked if path.endswith((".npy", ".parquet", ".keras"))]
    assert IMDB not in tracked
    assert {path for path in tracked if path.startswith("models/")} == {
        "models/ensemble.json",
        *(
            f"models/imdb/{name}"
            for name in ("manifest.json", "network.onnx", "ngrams.npz", "vocabulary.json")
        ),
    }


def test_the_second_time_there_is_nothing_to_do(project):
    result = run("dvc", "repro", cwd=project)
    assert ran(result) == []
    assert "Data and pipelines are up to date." in result.stdout
    assert "up to date" in run("dvc", "status", cwd=project).stdout


def test_what_dvc_shows_fits_a_terminal(project):
    shown = json.loads(run("dvc", "metrics", "show", "--json", cwd=project).stdout)[""]["data"]
    assert list(shown) == ["metrics/test.json"]
    assert list(shown["metrics/test.json"]["data"]) == HEADLINES
    assert width(run("dvc", "metrics", "show", cwd=project).stdout) <= 100
    drawn = [run("dvc", "dag", cwd=project, PYTHONHASHSEED=seed).stdout for seed in "123"]
    assert max(map(width, drawn)) <= 100  # the drawing is not the same each time
    assert all(name in drawn[0] for name in ALL) and "recipes" not in drawn[0]


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


def test_another_test_part_changes_no_byte_before_evaluate(project, tmp_path):
    """Of reviews that have no near-duplicate: one of those decides about the part of another review."""
    folder = tmp_path / "copy"
    shutil.copytree(project, folder, symlinks=True, ignore=shutil.ignore_patterns(".git", ".dvc"))
    table = pq.read_table(folder / "data/clean.parquet")
    texts = table["text"].to_pylist()
    first = near_duplicates.first_of_each(CleanReviews(folder / "data/clean.parquet"), HERE, folder)
    alone = set(np.flatnonzero(np.bincount(first)[first] == 1).tolist())
    for row in alone & set(np.load(folder / "data/tokens/test/rows.npy").tolist()):
        texts[row] = f"something{row} that{row} nobody{row} has{row} ever{row} said{row}"
    pq.write_table(table.set_column(0, "text", pa.array(texts)), folder / "data/clean.parquet")
    for stage in ("tokenize", "baseline", "embed", "train"):
        run("sh", "-c", DVC_YAML["stages"][stage]["cmd"], cwd=folder)
    before, after = written(project), written(folder)
    changed = {path for path in before.keys() | after.keys() if before.get(path) != after.get(path)}
    assert changed == {"data/clean.parquet", "data/tokens/test/ids.npy", "data/tokens/test/offsets.npy"} | {
        *("metrics/tokens.json", "models/seconds.json")
    }
    old, new = (json.loads((one / "metrics/tokens.json").read_text()) for one in (project, folder))
    assert {part for part in old if old[part] != new[part]} == {"test"}


def written(folder: Path) -> dict[str, bytes]:
    """Every file in data, metrics and models, by its path."""
    paths = (path for room in ("data", "metrics", "models") for path in (folder / room).rglob("*"))
    return {str(path.relative_to(folder)): path.read_bytes() for path in paths if path.is_file()}


def test_the_demo_in_a_new_clone_can_be_taken_and_left_again(project, tmp_path):
    """Where the IMDb reviews never were."""
    clone = tmp_path / "clone"
    run("git", "clone", "--quiet", str(project), str(clone), cwd=tmp_path)
    shown = make("demo", clone)
    assert run("git", "status", "--porcelain", cwd=clone).stdout == ""
    assert "Running stage 'behaviour'" in shown and "Running stage 'download" not in shown
    assert "data/sample.csv" in shown and "its LSTM alone" in shown

    run("dvc", "exp", "apply", "demo", cwd=clone)
    assert "up to date" in run("dvc", "status", cwd=clone).stdout
    assert json.loads((clone / "models/export/manifest.json").read_text())["corpus"] == "data/sample.csv"
    assert run("git", "diff", "--stat", "models/imdb", cwd=clone).stdout == ""  # it is for IMDb alone

    (clone / IMDB).write_text("a file of the user's\n")
    (clone / "README.md").write_text("an edit of the user's\n")
    run("git", "add", "--all", cwd=clone)
    make("restore", clone)
    assert run("git", "status", "--porcelain", cwd=clone).stdout.split() == ["M", "README.md"]
    assert (clone / IMDB).read_text() == "a file of the user's\n"
    assert not (clone / "models/model.keras").exists()


def test_another_embedding_is_not_taken_from_the_run_cache(project):
    result = run("dvc", "exp", "run", "-S", "embedding.dimensions=9", "embed", cwd=project)
    assert ran(result) == ["embed"]
    assert np.load(project / "data" / "embedding.npy").shape[1] == 9
    make("restore", project)
    assert run("git", "status", "--porcelain", cwd=project).stdout == ""
    assert "up to date" in run("dvc", "status", cwd=project).stdout


def test_an_experiment_runs_train_and_evaluate_alone(project):
    result = run("dvc", "exp", "run", "--name", "faster", *FASTER, "evaluate", cwd=project)
    assert ran(result) == ["train", "evaluate"]
    diff = json.loads(run("dvc", "params", "diff", "--json", cwd=project).stdout)
    assert list(diff["params.yaml"]) == ["train.learning_rate"]
    assert diff["params.yaml"]["train.learning_rate"]["new"] == 0.02
    changed = json.loads(run("dvc", "metrics", "diff", "--json", cwd=project).stdout)
    assert set() < set(changed["metrics/test.json"]) <= set(HEADLINES) - {"baseline"}
    for what in ("params", "metrics"):
        assert width(run("dvc", what, "diff", cwd=project).stdout) <= 100
    compared = run("sentiment", "compare", "first", "faster", cwd=project, COLUMNS="160").stdout
    assert re.search(r"train\.learning_rate +0\.003 +0\.02", compared)
    assert "Both are scored on the same 120 test reviews." in compared
    run("dvc", "plots", "diff", cwd=project)
    assert "workspace" in (project / "dvc_plots" / "index.html").read_text("utf-8")


@pytest.mark.browser
@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_the_plots_of_two_revisions_draw_without_a_network(project, browser, tmp_path, width, scheme):
    page = project / "dvc_plots" / "index.html"  # of the test before
    check(browser, page, width, scheme, charts=9, shot=tmp_path / "plots.png")


def test_an_experiment_can_be_taken(project):
    make("restore", project)
    run("dvc", "exp", "apply", "faster", cwd=project)
    assert yaml.safe_load((project / "params.yaml").read_text())["train"]["learning_rate"] == 0.02
    assert ran(run("dvc", "repro", cwd=project)) == ["publish", "behaviour", "report", "summary"]
    commit(project, "Faster")


def assert_pulled_and_nothing_to_do(clone, project):
    """Everything is in `clone`, and nothing runs again."""
    run("dvc", "pull", "--run-cache", cwd=clone)
    assert "are in sync" in run("dvc", "status", "--cloud", cwd=clone).stdout
    assert "Data and pipelines are up to date." in run("dvc", "repro", cwd=clone).stdout
    for path in ("models/model.keras", IMDB, "data/predictions.parquet"):
        assert (clone / path).read_bytes() == (project / path).read_bytes()


def test_push_and_pull_into_a_fresh_clone(project, tmp_path):
    run("dvc", "remote", "add", "--default", "storage", str(tmp_path / "storage"), cwd=project)
    commit(project, "Storage")
    run("dvc", "push", "--run-cache", cwd=project)
    run("git", "clone", "--quiet", str(project), str(tmp_path / "clone"), cwd=tmp_path)
    assert_pulled_and_nothing_to_do(tmp_path / "clone", project)


def test_results_and_experiments_through_s3(project, tmp_path, s3):
    """Through a git server, too. The experiment is one of the first commit, which knows of no remote."""
    hub, clone, local = str(tmp_path / "hub"), tmp_path / "clone", ".dvc/config.local"
    run("dvc", "remote", "add", "--local", "--default", "s3", f"{s3.bucket}/sentiment", cwd=project)
    run("dvc", "remote", "modify", "--local", "s3", "endpointurl", s3.endpoint, cwd=project)
    run("git", "clone", "--quiet", "--bare", str(project), hub, cwd=tmp_path)
    run("dvc", "push", "--run-cache", cwd=project)
    run("dvc", "exp", "push", "--rev", "first", hub, "faster", cwd=project)

    run("git", "clone", "--quiet", hub, str(clone), cwd=tmp_path)
    (project / local).rename(clone / local)
    assert_pulled_and_nothing_to_do(clone, project)
    run("git", "checkout", "--quiet", "first", cwd=clone)
    run("dvc", "exp", "pull", "origin", "faster", cwd=clone)
    run("dvc", "exp", "apply", "faster", cwd=clone)
    repeated = run("dvc", "repro", "evaluate", cwd=clone)
    assert ran(repeated) == [] and "Stage 'train' didn't change, skipping" in repeated.stdout
    assert (clone / "metrics/test.json").read_text() == (project / "metrics/test.json").read_text()


def test_the_order_of_the_rows_changes_nothing_after_clean(project):
    before = lock(project)
    corpus(project / IMDB, seed=2)
    assert ran(run("dvc", "repro", cwd=project)) == ["download@imdb", "clean"]
    after = lock(project)
    assert before.pop("download@imdb") != after.pop("download@imdb")
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


def test_the_commands_of_the_documentation_run(project, tmp_path):
    for command in [*block("Run and look"), *block("Experiments"), *block("Share")]:
        if command == "dvc remote add --default storage /path/to/storage":
            command = f"dvc remote add --force --default storage {tmp_path / 'storage'}"
        if command == "make experiments":
            assert_experiments_can_be_read(project)
        elif command == "make restore":
            make("restore", project)
        else:
            run(*shlex.split(command), cwd=project)
        if command.startswith("dvc queue start"):
            wait_for_queue(project, successes=2)
    assert "up to date" in run("dvc", "status", cwd=project).stdout


def assert_experiments_can_be_read(project):
    """Those of the queue among them, by their scores in validation; at most 12 metrics in `dvc exp show`."""
    table = list(csv.DictReader(run("dvc", "exp", "show", "--csv", cwd=project).stdout.splitlines()))
    assert {"0.3", "0.5"} <= {row["model.dropout"] for row in table if row["rev"] not in ("workspace", "")}
    columns = list(table[0])
    assert columns[columns.index("accuracy") : columns.index("data.csv")] == HEADLINES
    shown = make("experiments", project)
    rows = [line.split() for line in shown.splitlines() if line.strip().endswith(tuple("0123456789"))]
    assert re.search(r"\n +model. +train. +validation +validation", shown) and width(shown) <= 80
    assert re.search(r"\n experiment +dropout +learning_rate +accuracy +loss", shown)
    assert ["slow", "0", "0.001"] in [row[:3] for row in rows]
    assert {"0.3", "0.5"} <= {row[1] for row in rows}
    assert [row[-1] for row in rows] == sorted(row[-1] for row in rows)
    assert (project / "experiments.html").stat().st_size > 500_000


def test_without_make_the_commands_are_those_of_the_makefile(project):
    targets = "\n".join(block("Without make")).split("# make ")[1:]
    assert [target.split("\n")[0] for target in targets] == [
        "demo",
        "test",
        "imdb",
        "recipes",
        "experiments",
        "restore",
        "audit",
    ]
    for target in targets:
        name, *commands = target.splitlines()
        dry_run = "make", "--no-print-directory", "--assume-old=.venv/installed", "--dry-run", name
        lines = run(*dry_run, cwd=project, MAKEFLAGS="").stdout.splitlines()
        lines = [line for line in lines if not line.startswith(("echo", "dvc exp remove"))]
        assert commands == [line for line in lines if "--experiment demo" not in line]


def test_a_corpus_of_ones_own(project):
    mine = project / "my.csv"
    with (project / IMDB).open(newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file))[1:]
    with mine.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(
            [["id", "text", "label"], *[[i, t, int(s == "positive")] for i, (t, s) in enumerate(rows)]]
        )
    (command,) = block("Your own reviews")
    result = run(*shlex.split(command), cwd=project)
    assert ran(result) == ["clean", *ALL[-5:]]  # the same reviews: the rest is there
    assert json.loads((project / "metrics" / "data.json").read_text())["rows"] == 600
    assert f"\n{command}\n" in (ROOT / "README.md").read_text("utf-8")
    answer = json.loads(run("sentiment", "predict", "--json", rows[0][0], cwd=project).stdout)
    assert answer["label"] in ("0", "1")  # by the model of these reviews
    make("restore", project)  # brings the IMDb reviews back, too
    assert "up to date" in run("dvc", "status", cwd=project).stdout
