"""The measuring commands, on so few reviews that only their working is told, not their figures."""

import csv
import json
import os
import re

import numpy as np
import pytest
from conftest import EMBEDDING, ROOT, commit, run, small_params, working_copy

ENVIRONMENT = {"PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'src'}"}
ROW = "no chunks"
LABELS = "positive", "negative"


def bench(*arguments: str, cwd, check: bool = True):
    return run("python", "-m", *arguments, cwd=cwd, check=check, **ENVIRONMENT)


def outputs(folder) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (folder / "benchmarks").iterdir()}


def rows(page: str) -> list[list[str]]:
    """The cells of all tables' rows."""
    lines = [line for line in page.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


@pytest.fixture(scope="module")
def workspace(tmp_path_factory, vocabulary, reviews, classifier, index):
    """A workspace in which the stages before `train` have run."""
    from sentiment.ngrams import nb_logreg, neighbours

    folder = tmp_path_factory.mktemp("workspace")
    for part in ("train", "validation"):
        reviews.save(folder / "data/tokens" / part)
    vocabulary.save(folder / "data/tokens/vocabulary.json")
    np.save(folder / "data/embedding.npy", EMBEDDING)
    (folder / "models/baseline").mkdir(parents=True)
    nb_logreg.save(classifier, folder / "models/baseline", vocabulary)
    neighbours.save(folder / "models/neighbours.npz", index, vocabulary)
    np.save(folder / "data/votes.npy", classifier.votes(classifier.table.find(reviews)).astype(np.float16))
    small_params(folder, train={"epochs": 1})
    return folder


@pytest.fixture(scope="module")
def compared(workspace):
    bench("benchmarks", cwd=workspace)
    return workspace / "benchmarks"


def test_compare_measures_every_system(compared):
    results = json.loads((compared / "compare.json").read_text("utf-8"))["results"]
    assert list(results) == ["speed", "tfidf", "ngrams", "ours", "usual"]
    speed = results["speed"]["value"]
    assert speed["steps"] == 2
    assert [len(seconds) for seconds in speed["seconds"].values()] == [2, 2]
    assert min(speed["rates"].values()) > 0
    curves = {
        name: curve for key in results if key != "speed" for name, curve in results[key]["value"].items()
    }
    assert {name: len(curve) for name, curve in curves.items()} == {
        "TF-IDF": 1,
        "n-gram baseline": 1,
        "network": 2,
        "its LSTM alone": 2,
        "usual recipe": 6,
    }
    for curve in curves.values():
        seconds, accuracy = zip(*curve, strict=True)
        assert list(seconds) == sorted(seconds) and seconds[0] > 0
        assert all(0 <= value <= 1 for value in accuracy)


def test_operations_are_those_of_the_matrices(compared, reviews):
    """In either member, 200 filters of 5 tokens with 8 features and 3 votes; then two LSTMs of 6 units."""
    speed = json.loads((compared / "compare.json").read_text("utf-8"))["results"]["speed"]["value"]
    a_token = 6 * 2 * (5 * (8 + 3) * 200 + 2 * 4 * 6 * (200 + 6) / 4)
    tokens = speed["operations"] / a_token
    assert 2 * tokens == pytest.approx(round(2 * tokens))  # the mean of two batches
    assert len(reviews.ids) / 2 <= tokens <= len(reviews) / 2 * reviews.lengths.max()


def test_compare_writes_what_it_measured(compared):
    results = json.loads((compared / "compare.json").read_text("utf-8"))["results"]
    assert " in float32" in (compared / "compare.md").read_text("utf-8")
    [(seconds, accuracy)] = results["ngrams"]["value"]["n-gram baseline"]
    page = (compared / "compare.md").read_text("utf-8")
    cells = {row[0]: row[1:] for row in rows(page)}
    assert cells["n-gram baseline"][2:] == [f"{accuracy:.1%}", f"{seconds:.0f}"]
    assert cells["n-gram baseline"][0] == (f"{seconds:.0f}" if accuracy >= 0.88 else "never")
    assert "(compare.svg)" in page
    assert "<svg" in (compared / "compare.svg").read_text("utf-8")


def test_compare_goes_on_where_it_was(compared, workspace):
    """What is there is not measured again, and gives the same bytes; what is missing is."""
    before = outputs(workspace)
    kept = json.loads(before["compare.json"])
    del kept["results"]["tfidf"]
    (compared / "compare.json").write_text(json.dumps(kept), "utf-8")
    assert bench("benchmarks", cwd=workspace).stdout.split(" ...")[0] == "tfidf"
    after = outputs(workspace)
    del kept["conditions"]
    again = json.loads(after["compare.json"])
    assert {name: again["results"][name] for name in kept["results"]} == kept["results"]
    (compared / "compare.json").write_bytes(before["compare.json"])
    bench("benchmarks", cwd=workspace)
    assert outputs(workspace) == before


@pytest.mark.parametrize(
    ("usual", "expected"),
    [
        ([(10.0, 0.5), (40.0, 0.9), (80.0, 0.7)], ["20", "0.50"]),
        ([(10.0, 0.5), (40.0, 0.7), (80.0, 0.7)], ["20", "less than 0.25"]),
    ],
)
def test_times_are_compared_with_a_yardstick_that_may_never_get_there(monkeypatch, usual, expected):
    monkeypatch.syspath_prepend(ROOT)
    from benchmarks.compare import SYSTEMS, YARDSTICK, accuracy_table

    curves = {name: [(10.0, 0.8), (20.0, 0.88)] for name in SYSTEMS} | {YARDSTICK: usual}
    assert rows(accuracy_table(curves))[2][1:3] == expected


def test_results_of_other_conditions_are_not_mixed(compared, workspace, tmp_path):
    (tmp_path / "benchmarks").mkdir()
    (tmp_path / "data").symlink_to(workspace / "data")
    (tmp_path / "benchmarks/compare.json").write_bytes((compared / "compare.json").read_bytes())
    small_params(tmp_path, train={"epochs": 1, "learning_rate": 0.5})
    result = bench("benchmarks", cwd=tmp_path, check=False)
    assert result.returncode == 1
    assert result.stderr.splitlines() == [
        "error: benchmarks/compare.json: holds results of another machine, of other code, parameters or "
        "options; delete it to measure anew"
    ]


def test_ablation_in_two_sittings(workspace):
    ablation = "benchmarks.ablation", "--share", "0.8", "--only", ROW, "--seeds"
    bench(*ablation, "1", cwd=workspace)
    path, page = (workspace / "benchmarks" / name for name in ("ablation.json", "ablation.md"))
    kept = json.loads(path.read_text("utf-8"))
    assert list(kept["results"]) == [f"{ROW}, seed 1"]
    assert rows(page.read_text("utf-8"))[-1][:2] == [ROW, "1"]
    first = kept["results"][f"{ROW}, seed 1"]["value"]
    assert " + ".join(("LSTM", "n-grams", "neighbours")) == list(first)[-1]
    assert len(first) == 7
    one = first["LSTM"]["validation_log_loss"]
    assert 0 < one < 2

    second = {part: {"validation_accuracy": 0.5, "validation_log_loss": 1.5} for part in first}
    kept["results"][f"{ROW}, seed 2"] = {"seconds": 1.0, "value": second}
    path.write_text(json.dumps(kept), "utf-8")
    assert "..." not in bench(*ablation, "2", cwd=workspace).stdout
    cells = rows(page.read_text("utf-8"))[-1]
    assert cells[:2] == [ROW, "2"]
    assert cells[-1] == f"{(one + 1.5) / 2:.4f} ± {(1.5 - one) / 2**0.5:.4f}"


def test_an_unknown_row_is_told(workspace):
    result = bench("benchmarks.ablation", "--only", "nothing", cwd=workspace, check=False)
    assert result.returncode == 1
    assert result.stderr.startswith("error: no row nothing; there are the network, ")


def test_every_row_changes_the_committed_parameters(monkeypatch):
    """A row that says what params.yaml says would be the first one again, under another name."""
    monkeypatch.syspath_prepend(ROOT)
    from benchmarks import ablation
    from sentiment import params

    def committed():
        return params.load(*ablation.SECTIONS, path=ROOT / "params.yaml")

    variants = dict(ablation.VARIANTS)
    assert ablation.changed(committed(), variants.pop(ablation.WHOLE)) == committed()
    for change in variants.values():
        for key, value in change.items():
            assert ablation.changed(committed(), {key: value}) != committed(), key


def test_some_of_the_reviews_with_their_votes(monkeypatch, reviews):
    monkeypatch.syspath_prepend(ROOT)
    from benchmarks.ablation import some

    votes = np.stack([reviews.ids, -reviews.ids], axis=1)
    chosen, heard = some(reviews, votes, 0.5)
    assert len(chosen) == 30
    np.testing.assert_array_equal(heard, np.stack([chosen.ids, -chosen.ids], axis=1))
    for index, row in enumerate(chosen.rows):
        np.testing.assert_array_equal(chosen[index], reviews[row])
        assert chosen.labels[index] == reviews.labels[row]
    assert some(reviews, None, 0.5)[1] is None


def test_joined_is_what_the_network_says(monkeypatch, settings, reviews, classifier, index):
    monkeypatch.syspath_prepend(ROOT)
    from benchmarks.networks import joined
    from sentiment.network import model

    network = model.build(settings["model"], EMBEDDING, classifier, index)
    model.join(network, reviews)
    together, alone = model.logits(network, reviews).T
    others = np.stack([classifier.logits(reviews), index.verdicts(reviews)], axis=1)
    np.testing.assert_allclose(joined([alone, others], reviews.labels), together, rtol=1e-3, atol=1e-4)


def test_experiments(tmp_path):
    """One real run of the pipeline; then the page of it and of what had been kept."""
    from benchmarks.experiments import BEST

    working_copy(tmp_path)
    small_params(tmp_path, download={"rows": 200}, train={"epochs": 1})
    (tmp_path / "dvc.lock").unlink(missing_ok=True)
    (tmp_path / "benchmarks/experiments.json").unlink(missing_ok=True)  # of other parameters
    commit(tmp_path, "Small")
    with (ROOT / "data/sample.csv").open(newline="", encoding="utf-8") as file:
        header, *reviews = csv.reader(file)
    chosen = [row for label in LABELS for row in [one for one in reviews if one[1] == label][:100]]
    with (tmp_path / "data/IMDB Dataset.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([header, *chosen])
    bench("benchmarks.experiments", "--only", "split 43", cwd=tmp_path)

    path = tmp_path / "benchmarks/experiments.json"
    kept = json.loads(path.read_text("utf-8"))
    first = kept["results"]["split 43"]["value"]
    other = {name: {"accuracy": 0.25, "log_loss": 2.0} for name in first["systems"]}
    kept["results"]["split 44"] = {"seconds": 1.0, "value": {"seconds": 120.0, "systems": other}}
    kept["results"]["best"] = {"seconds": 1.0, "value": first}
    path.write_text(json.dumps(kept), "utf-8")
    assert "..." not in bench("benchmarks.experiments", "--only", "split 44", cwd=tmp_path).stdout
    one, loss = (first["systems"]["network"][score] for score in ("accuracy", "log_loss"))
    table = rows((tmp_path / "benchmarks/experiments.md").read_text("utf-8"))
    assert [row[0] for row in table[2:5]] == [
        "split 43: `split.seed=43`",
        "split 44: `split.seed=44`",
        f"best: {', '.join(f'`{key}={value}`' for key, value in BEST.items())}",
    ]
    assert table[3][1] == "2"
    assert [(row[2], row[-1]) for row in table[2:]] == [
        (f"{100 * one:.2f}", f"{loss:.4f}"),
        ("25.00", "2.0000"),
        (f"{100 * one:.2f}", f"{loss:.4f}"),
        (f"{(100 * one + 25) / 2:.2f} ± {abs(100 * one - 25) / 2**0.5:.2f}", ""),
        (f"{abs(100 * one - 25):.2f}", ""),
    ]


def test_an_unknown_experiment_is_told(workspace):
    result = bench("benchmarks.experiments", "--only", "worst", cwd=workspace, check=False)
    assert result.returncode == 1
    assert result.stderr.startswith("error: no experiment worst; there are split 42, ")


def test_make_best_is_the_best_that_was_measured():
    from benchmarks.experiments import BEST

    [command] = re.findall(r"dvc exp run --name best(.*)", (ROOT / "Makefile").read_text("utf-8"))
    assert command.split() == [word for key, value in BEST.items() for word in ("-S", f"{key}={value}")]
