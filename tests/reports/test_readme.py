"""The generated sections of README.md and docs/model.md, through the command that users type."""

import json
import subprocess
from pathlib import Path

import pytest
from conftest import ROOT, run

from sentiment.errors import UserError
from sentiment.reports import readme

NETWORK = {
    "accuracy": 0.92345,
    "accuracy_low": 0.918,
    "accuracy_high": 0.929,
    "f1": 0.9241,
    "roc_auc": 0.9771,
    "log_loss": 0.2031,
    "ece": 0.0149,
}
FILES = {
    "data": {"reviews": 49582},
    "evaluation": {
        "reviews": 9917,
        "network": NETWORK,
        "lstm": {name: value - 0.01 for name, value in NETWORK.items()},
        "reader": {name: value - 0.02 for name, value in NETWORK.items()},
        "baseline": {name: value / 2 for name, value in NETWORK.items()},
        "mcnemar": {"only_network_right": 1574, "only_baseline_right": 457, "p_value": 0.000299},
    },
    "behaviour": {
        "cases": 340,
        "pass_rate": 0.83824,
        "minimum functionality": {"vocabulary": {"cases": 48, "pass_rate": 1.0}},
        "invariance": {"names": {"cases": 32, "pass_rate": 0.9375}, "typos": {"cases": 24, "pass_rate": 0.0}},
        "reading": {
            "cases": 300,
            "pass_rate": 0.61333,
            "minimum functionality": {
                "lists": {"cases": 28, "pass_rate": 0.75},
                "no verdict": {"cases": 20, "pass_rate": 0.1},
            },
        },
    },
    "export": {
        "bytes": 8943348,
        "accuracy": 0.934147,
        "accuracy_before_rounding": 0.934248,
        "largest_difference_to_keras": 2.9e-06,
    },
}
RESULTS = """\
Measured on 9,917 test reviews of the 49,582 in `data/IMDB Dataset.csv`:

|  | accuracy (95% interval) | F1 | ROC AUC | log loss | calibration error |
| --- | --- | --- | --- | --- | --- |
| **network** | 92.3% (91.8 to 92.9) | 0.924 | 0.977 | 0.203 | 0.015 |
| its LSTM alone | 91.3% (90.8 to 91.9) | 0.914 | 0.967 | 0.193 | 0.005 |
| its reader alone | 90.3% (89.8 to 90.9) | 0.904 | 0.957 | 0.183 | -0.005 |
| n-gram baseline | 46.2% (45.9 to 46.5) | 0.462 | 0.489 | 0.102 | 0.007 |

Only the network is right on 1,574 of them, only the baseline on 457: a significant difference \
(McNemar's exact test, p = 0.0003)."""
BEHAVIOUR = """\
83.8% of the 340 tests are passed:

| kind of test | capability | texts | passed |
| --- | --- | --- | --- |
| minimum functionality | vocabulary | 48 | 100% |
| invariance | names | 32 | 94% |
| invariance | typos | 24 | 0% |

61.3% of the 300 tests of reading are passed:

| kind of test | capability | texts | passed |
| --- | --- | --- | --- |
| minimum functionality | lists | 28 | 75% |
| minimum functionality | no verdict | 20 | 10% |"""
EXPORTED = """\
The exported model has 8.9 MB. Its accuracy on the test reviews is 93.41%, and was 93.42% before its weights \
were rounded. With the same weights, the logits by ONNX and by Keras differ by at most 2.9e-06."""
RUN = {"test": 0.92345, "train": {"original": 0.9, "reversed": 0.87654, "pairs": 0.81239}}
READING = """\
In that random split, most test reviews are of films that training knows. Trained on a split by film, the \
network is right on 92.3% of the reviews of films that it does not know, on 87.7% of other reviews whose \
verdict people reversed by a few words, and on 81.2% of these both before and after the change \
([one split](benchmarks/reading.md))."""
SECTIONS = [("evaluation", readme.results), ("behaviour", readme.behaviour), ("export", readme.exported)]


@pytest.fixture
def project(tmp_path) -> Path:
    """A folder with all that the report reads and writes."""
    for folder in ("metrics", "docs", "benchmarks"):
        (tmp_path / folder).mkdir()
    for name, content in FILES.items():
        (tmp_path / "metrics" / f"{name}.json").write_text(json.dumps(content))
    (tmp_path / "params.yaml").write_bytes((ROOT / "params.yaml").read_bytes())
    results = {"films, seed 42": {"seconds": 1.0, "value": {"systems": {"network": RUN}}}}
    (tmp_path / "benchmarks/reading.json").write_text(json.dumps({"conditions": {}, "results": results}))
    pages = {"README.md": ("results", "reading", "examples"), "docs/model.md": ("exported", "behaviour")}
    for path, names in pages.items():
        (tmp_path / path).write_text("".join(f"<!-- {name} -->\n<!-- /{name} -->\n" for name in names))
    return tmp_path


def report(project: Path, *options: str) -> subprocess.CompletedProcess:
    return run("python", "-m", "sentiment.reports.readme", *options, cwd=project, check=False)


def test_the_report_writes_both_pages(project):
    stale = report(project, "--check")
    assert (stale.returncode, stale.stderr) == (
        1,
        "error: README.md: not the results of the last run; run `python -m sentiment.reports.readme`\n",
    )
    assert report(project).returncode == 0
    front = (
        f"<!-- results -->\n{RESULTS}\n<!-- /results -->\n<!-- reading -->\n{READING}\n<!-- /reading -->\n"
    )
    front += f"<!-- examples -->\n{readme.examples()}\n"
    assert (project / "README.md").read_text("utf-8") == front + "<!-- /examples -->\n"
    model = f"<!-- exported -->\n{EXPORTED}\n<!-- /exported -->\n<!-- behaviour -->\n{BEHAVIOUR}\n"
    assert (project / "docs/model.md").read_text("utf-8") == model + "<!-- /behaviour -->\n"
    assert report(project, "--check").returncode == 0
    (project / "docs/model.md").write_text(model.replace("48", "47") + "<!-- /behaviour -->\n")
    assert "docs/model.md: not the results" in report(project, "--check").stderr


def test_a_missing_page_ends_in_one_line(project):
    (project / "README.md").unlink()
    done = report(project)
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert "README.md" in done.stderr


def test_an_unknown_experiment_ends_in_one_line(tmp_path):
    run("git", "init", "--quiet", cwd=tmp_path)
    run("dvc", "init", "--quiet", cwd=tmp_path)
    done = report(tmp_path, "--experiment", "nobody")
    assert (done.returncode, len(done.stderr.splitlines())) == (1, 1)
    assert done.stderr.startswith("error: no results of 'nobody' here")


@pytest.mark.parametrize(("name", "section"), SECTIONS)
def test_missing_metrics(project, name, section):
    (project / f"metrics/{name}.json").unlink()
    with pytest.raises(UserError, match=rf"{name}\.json: no such file; run `dvc repro`"):
        section(project / "metrics")


def test_behaviour_of_an_earlier_run_without_the_tests_of_reading(project):
    earlier = {key: value for key, value in FILES["behaviour"].items() if key != "reading"}
    (project / "metrics/behaviour.json").write_text(json.dumps(earlier))
    with pytest.raises(
        UserError, match=r"behaviour\.json: not the metrics of this pipeline; run `dvc repro`"
    ):
        readme.behaviour(project / "metrics")


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"reviews": "many"}'])
@pytest.mark.parametrize(("name", "section"), SECTIONS)
def test_metrics_of_something_else(project, name, section, content):
    (project / f"metrics/{name}.json").write_text(content)
    with pytest.raises(UserError, match="not the metrics of this pipeline"):
        section(project / "metrics")


def test_the_results_of_an_lstm_without_ngrams(project):
    test = FILES["evaluation"] | {}
    del test["lstm"]
    (project / "metrics/evaluation.json").write_text(json.dumps(test))
    table = readme.results(project / "metrics")
    assert "| **network** |" in table and "| n-gram baseline |" in table and "LSTM alone" not in table


def test_examples_are_what_the_command_answers(monkeypatch):
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setattr(readme, "EXAMPLES", ['sentiment predict --explain "A fine film."'])
    command, head, text, *rest = readme.examples().splitlines()[1:]
    assert command == '$ sentiment predict --explain "A fine film."'
    assert head.startswith("positive  P(positive) ")
    assert text == "A fine film."
    assert "fine +" in rest[0]


def test_examples_need_a_model(monkeypatch):
    monkeypatch.setattr(readme, "EXAMPLES", ["sentiment predict --model /no/such/model hello"])
    with pytest.raises(UserError, match=r"^/no/such/model: no such folder"):
        readme.examples()


def test_comparison():
    assert "no significant difference (McNemar's exact test, p = 1)" in readme.comparison(0, 0, 1.0)
    assert ": a significant difference (McNemar's exact test, p < 0.0001)" in readme.comparison(
        900, 100, 1e-150
    )
