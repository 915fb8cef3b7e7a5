"""README.md's results, through the command that users type."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from sentiment.errors import UserError
from sentiment.reports import readme

ROOT = Path(__file__).parents[2]
NETWORK = {
    "accuracy": 0.92345,
    "accuracy_low": 0.918,
    "accuracy_high": 0.929,
    "f1": 0.9241,
    "roc_auc": 0.9771,
    "log_loss": 0.2031,
    "ece": 0.0149,
}
LSTM = {name: value - 0.01 for name, value in NETWORK.items()}
BASELINE = {name: value / 2 for name, value in NETWORK.items()}
MCNEMAR = {"only_network_right": 1574, "only_baseline_right": 457, "p_value": 0.000299}
EXPECTED = """\
Measured on 9,917 test reviews of the 49,582 in `data/IMDB Dataset.csv`:

| | accuracy (95% interval) | F1 | ROC AUC | log loss | calibration error |
|---|---|---|---|---|---|
| **network** | 92.3% (91.8 to 92.9) | 0.924 | 0.977 | 0.203 | 0.015 |
| its LSTM alone | 91.3% (90.8 to 91.9) | 0.914 | 0.967 | 0.193 | 0.005 |
| n-gram baseline | 46.2% (45.9 to 46.5) | 0.462 | 0.489 | 0.102 | 0.007 |

Only the network is right on 1,574 of them, only the baseline on 457: more than chance \
(McNemar's exact test, p = 0.0003).
"""
BEHAVIOUR = {
    "cases": 340,
    "pass_rate": 0.83824,
    "minimum functionality": {"vocabulary": {"cases": 48, "pass_rate": 1.0}},
    "invariance": {"names": {"cases": 32, "pass_rate": 0.9375}, "typos": {"cases": 24, "pass_rate": 0.0}},
}
EXPECTED_BEHAVIOUR = """\
Of 340 short texts, 83.8% get what a reader would expect:

| kind of test | capability | texts | passed |
|---|---|---|---|
| minimum functionality | vocabulary | 48 | 100% |
| invariance | names | 32 | 94% |
| invariance | typos | 24 | 0% |
"""
SECTIONS = [("test", readme.results), ("behaviour", readme.behaviour), ("export", readme.exported)]
EXPORT = {
    "bytes": 8943348,
    "accuracy": 0.934147,
    "accuracy_before_rounding": 0.934248,
    "largest_difference_to_keras": 2.9e-06,
}
EXPECTED_EXPORT = """\
In 8.9 MB, with its weights rounded, it is right on 93.41% of the test reviews; with Keras's weights, \
on 93.42%. On none of them does the logit by ONNX differ from that by Keras, with the same weights, by more \
than 2.9e-06.
"""


@pytest.fixture
def project(tmp_path) -> Path:
    """A folder with all that the report reads."""
    test = {"reviews": 9917, "network": NETWORK, "lstm": LSTM, "baseline": BASELINE, "mcnemar": MCNEMAR}
    (tmp_path / "metrics").mkdir()
    (tmp_path / "metrics/test.json").write_text(json.dumps(test))
    (tmp_path / "metrics/data.json").write_text(json.dumps({"reviews": 49582}))
    (tmp_path / "params.yaml").write_bytes((ROOT / "params.yaml").read_bytes())
    (tmp_path / "metrics/behaviour.json").write_text(json.dumps(BEHAVIOUR))
    (tmp_path / "metrics/export.json").write_text(json.dumps(EXPORT))
    old = "<!-- results -->\nold\n<!-- /results -->\nand\n<!-- behaviour -->\n<!-- /behaviour -->"
    old += "\n<!-- exported -->\n<!-- /exported -->\n<!-- examples -->\n<!-- /examples -->"
    (tmp_path / "README.md").write_text(f"# Café\n{old}\nend\n", "utf-8")
    return tmp_path


def run(project: Path, *options: str) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "sentiment.reports.readme", *options]
    return subprocess.run(command, cwd=project, capture_output=True, text=True)


def test_report_rewrites_what_is_between_the_markers(project):
    readme = project / "README.md"
    before = readme.read_bytes()
    stale = run(project, "--check")
    assert stale.returncode == 1
    assert (
        stale.stderr
        == "error: README.md: not the results of the last run; run `python -m sentiment.reports.readme`\n"
    )
    assert readme.read_bytes() == before
    assert run(project).returncode == 0
    results = f"<!-- results -->\n{EXPECTED}<!-- /results -->"
    behaviour = f"<!-- behaviour -->\n{EXPECTED_BEHAVIOUR}<!-- /behaviour -->"
    exported = f"<!-- exported -->\n{EXPECTED_EXPORT}<!-- /exported -->"
    before, examples = readme.read_text("utf-8").split("<!-- examples -->\n")
    assert before == f"# Café\n{results}\nand\n{behaviour}\n{exported}\n"
    assert examples == f"{readme.examples()}<!-- /examples -->\nend\n"
    assert run(project, "--check").returncode == 0


@pytest.mark.parametrize(("name", "section"), SECTIONS)
def test_missing_metrics(project, name, section):
    (project / f"metrics/{name}.json").unlink()
    with pytest.raises(UserError, match=rf"{name}\.json: no such file; run `dvc repro`"):
        section(project / "metrics")


def test_the_results_of_an_lstm_without_ngrams(project):
    path = project / "metrics/test.json"
    test = json.loads(path.read_text())
    del test["lstm"]
    path.write_text(json.dumps(test))
    table = readme.results(project / "metrics")
    assert "| **network** |" in table and "| n-gram baseline |" in table and "LSTM alone" not in table


def test_missing_readme_ends_in_one_line(project):
    (project / "README.md").unlink()
    done = run(project)
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert "README.md" in done.stderr


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"reviews": "many"}'])
@pytest.mark.parametrize(("name", "section"), SECTIONS)
def test_metrics_of_something_else(project, name, section, content):
    (project / f"metrics/{name}.json").write_text(content)
    with pytest.raises(UserError, match="not the metrics of this pipeline"):
        section(project / "metrics")


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


@pytest.mark.parametrize(
    "page",
    [
        "no markers",
        "<!-- results -->\nopen",
        "<!-- /results -->\n<!-- results -->",
        "<!-- results --><!-- /results --><!-- results --><!-- /results -->",
    ],
)
def test_missing_or_doubled_markers(page):
    with pytest.raises(UserError, match="<!-- results -->"):
        readme.replace(page, "results", "new\n", Path("README.md"))


def test_verdict():
    assert "no more than chance can do (McNemar's exact test, p = 1)" in readme.verdict(0, 0, 1.0)
    assert "more than chance (McNemar's exact test, p < 0.0001)" in readme.verdict(900, 100, 1e-150)
