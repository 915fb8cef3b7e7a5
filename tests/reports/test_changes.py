"""The report of a pull request, by the script that the workflow calls, and the workflow itself."""

import json
import re

import pytest
import yaml
from conftest import ROOT, commit, run, working_copy

WORKFLOW = ".github/workflows/test.yml"


@pytest.fixture(scope="module")
def branch(tmp_path_factory):
    """A branch on which a parameter, the accuracy and a learning curve are others; main has gone on since."""
    folder = working_copy(tmp_path_factory.mktemp("branch"))
    commit(folder, "Main")
    run("git", "branch", "--move", "main", cwd=folder)
    run("git", "switch", "--quiet", "--create", "topic", cwd=folder)
    replace(folder / "params.yaml", "learning_rate: 0.003", "learning_rate: 0.001")
    test = json.loads((folder / "metrics/test.json").read_text())
    (folder / "metrics/test.json").write_text(json.dumps(test | {"accuracy": 0.95}))
    replace(folder / "metrics/train/plots/metrics/train/loss.tsv", "0\t0.", "0\t1.")
    commit(folder, "Topic")
    run("git", "switch", "--quiet", "main", cwd=folder)
    replace(folder / "params.yaml", "dropout: 0.0 ", "dropout: 0.5 ")
    commit(folder, "Later")
    run("git", "switch", "--quiet", "topic", cwd=folder)
    (folder / ".venv").mkdir()
    (folder / ".venv/installed").touch()  # the environment of the tests, instead of one that is installed
    return folder


def replace(path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


@pytest.mark.slow
def test_a_branch_is_reported_against_where_it_began(branch):
    run(".ci/report", "main", "build/report", cwd=branch, PYTHONPATH=str(ROOT / "src"))
    report = (branch / "build/report/report.md").read_text("utf-8")
    parameters, metrics, plots = report.split("\n## ")[1:]
    assert re.findall(r"\| ([a-z]+\.\w+) +\| ([\d.]+) +\| ([\d.]+)", parameters) == [
        ("train.learning_rate", "0.003", "0.001")
    ]
    assert re.findall(r"\| (\w+) +\| [\d.]+ +\| ([\d.]+) +\| [-\d.]+ +\|\n", metrics) == [
        ("accuracy", "0.95")
    ]
    assert plots == "Plots\n\n![Loss](loss.png)\n"
    assert (branch / "build/report/loss.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.slow
def test_nothing_has_changed(branch):
    report = "python", "-m", "sentiment.reports.changes"
    run(*report, "topic", "same", cwd=branch, PYTHONPATH=str(ROOT / "src"))
    assert (branch / "same/report.md").read_text("utf-8").count("None differs.") == 3
    unknown = run(*report, "nobody", "none", cwd=branch, check=False, PYTHONPATH=str(ROOT / "src"))
    assert (unknown.returncode, len(unknown.stderr.splitlines())) == (1, 1)
    assert "unknown Git revision 'nobody'" in unknown.stderr
    assert not (branch / "none").exists()


def test_the_workflow_is_one_that_github_takes():
    run("check-jsonschema", "--builtin-schema", "vendor.github-workflows", WORKFLOW, cwd=ROOT)


def test_the_workflow_runs_what_can_be_run_here_on_every_python():
    jobs = yaml.safe_load((ROOT / WORKFLOW).read_text("utf-8"))["jobs"]
    assert jobs["test"]["strategy"]["matrix"]["python"] == ["3.10", "3.11", "3.12", "3.13"]
    commands = {step["run"].split()[0] for job in jobs.values() for step in job["steps"] if "run" in step}
    assert commands - {"cat", "cml"} == {".ci/run", ".ci/report", "make"}
    for script in (".ci/run", ".ci/report"):
        assert (ROOT / script).stat().st_mode & 0o100
