"""The measuring commands, on so few reviews that only their working is tested, not their figures."""

import json
import os
import shutil
import tarfile
from statistics import median

import numpy as np
import pytest
from conftest import IMDB, ROOT, commit, corpus, run, small_params, working_copy

ENVIRONMENT = {"PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'src'}"}
ROWS = "random embedding", "LSTM without the n-grams' votes"
slow = pytest.mark.slow


@pytest.fixture(autouse=True)
def importable(monkeypatch):
    monkeypatch.syspath_prepend(ROOT)


def bench(*arguments: str, cwd, check: bool = True):
    return run("python", "-m", *arguments, cwd=cwd, check=check, **ENVIRONMENT)


def read(folder, name: str) -> dict:
    return json.loads((folder / "benchmarks" / f"{name}.json").read_text("utf-8"))


def values(folder, name: str) -> dict:
    return {key: result["value"] for key, result in read(folder, name)["results"].items()}


def rows(page: str) -> list[list[str]]:
    """The cells of all tables' rows."""
    lines = [line for line in page.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def page(folder, name: str) -> list[list[str]]:
    return rows((folder / "benchmarks" / f"{name}.md").read_text("utf-8"))


@pytest.fixture(scope="module")
def workspace(corpus_folder, tmp_path_factory):
    """A workspace in which the stages before `train` have run."""
    folder = tmp_path_factory.mktemp("benchmarks") / "workspace"
    shutil.copytree(corpus_folder, folder)
    small_params(folder, train={"epochs": 1})
    return folder


@pytest.fixture(scope="module")
def compared(workspace):
    bench("benchmarks", cwd=workspace)
    return workspace


@slow
def test_compare_measures_every_system(compared):
    results = values(compared, "compare")
    assert list(results) == ["tfidf", "ngrams", "ours", "usual"]
    curves = {name: curve for course in results.values() for name, curve in course.items()}
    assert {name: len(curve) for name, curve in curves.items()} == {
        "TF-IDF": 1,
        "n-gram baseline": 1,
        "LSTM and n-grams": 6,
        "LSTM": 6,
        "usual recipe": 6,
    }
    for curve in curves.values():
        seconds, accuracy = zip(*curve, strict=True)
        assert list(seconds) == sorted(seconds) and seconds[0] > 0
        assert all(0 <= value <= 1 for value in accuracy)
    [(seconds, accuracy)] = curves["n-gram baseline"]
    cells = {row[0]: row[1:] for row in page(compared, "compare")}
    assert cells["n-gram baseline"][2:] == [f"{accuracy:.1%}", f"{seconds:.0f}"]
    assert cells["n-gram baseline"][0] == (f"{seconds:.0f}" if accuracy >= 0.88 else "never")
    assert "<svg" in (compared / "benchmarks/compare.svg").read_text("utf-8")


@slow
def test_compare_goes_on_where_it_was(compared):
    """What is there is not measured again, and gives the same bytes; what is missing is."""
    folder = compared / "benchmarks"
    before = {path: path.read_bytes() for path in folder.glob("compare.*")}
    kept = read(compared, "compare")
    del kept["results"]["tfidf"]
    (folder / "compare.json").write_text(json.dumps(kept), "utf-8")
    assert bench("benchmarks", cwd=compared).stdout.split(" ...")[0] == "tfidf"
    assert read(compared, "compare")["results"].items() >= kept["results"].items()
    (folder / "compare.json").write_bytes(before[folder / "compare.json"])
    bench("benchmarks", cwd=compared)
    assert {path: path.read_bytes() for path in folder.glob("compare.*")} == before


@slow
def test_results_of_other_conditions_are_not_mixed(compared, tmp_path):
    (tmp_path / "benchmarks").mkdir()
    (tmp_path / "data").symlink_to(compared / "data")
    (tmp_path / "benchmarks/compare.json").write_bytes((compared / "benchmarks/compare.json").read_bytes())
    small_params(tmp_path, train={"epochs": 1, "learning_rate": 0.5})
    result = bench("benchmarks", cwd=tmp_path, check=False)
    assert result.returncode == 1
    assert result.stderr.splitlines() == [
        "error: benchmarks/compare.json: holds results of another machine, of other code, parameters or "
        "options; delete it to measure anew"
    ]


@pytest.mark.parametrize(
    ("usual", "expected"),
    [
        ([(10.0, 0.5), (40.0, 0.9), (80.0, 0.7)], ["20", "0.50"]),
        ([(10.0, 0.5), (40.0, 0.7), (80.0, 0.7)], ["20", "less than 0.25"]),
    ],
)
def test_times_are_compared_with_a_yardstick_that_may_never_get_there(usual, expected):
    from benchmarks.compare import SYSTEMS, YARDSTICK, accuracy_table

    curves = {name: [(10.0, 0.8), (20.0, 0.88)] for name in SYSTEMS} | {YARDSTICK: usual}
    assert rows(accuracy_table(curves))[2][1:3] == expected


@slow
def test_tricks(workspace):
    """Each variant is timed, in its row of the page; the rest of the page stays as it is."""
    committed = (ROOT / "benchmarks/tricks.md").read_text("utf-8")
    (workspace / "benchmarks").mkdir(exist_ok=True)
    (workspace / "benchmarks/tricks.md").write_text(committed, "utf-8")
    bench("benchmarks.tricks", cwd=workspace)
    seconds = values(workspace, "tricks")["tricks"]["seconds"]
    assert all(len(rounds) == 2 and min(rounds) > 0 for rounds in seconds.values())
    ratios = [np.divide(own, seconds["**the LSTM**"]) for own in seconds.values()]
    found = page(workspace, "tricks")[2:][: len(seconds)]
    assert [row[0] for row in found] == list(seconds)
    assert [row[3].split(" (")[0] for row in found[1:]] == [f"{median(one):.2f}" for one in ratios[1:]]
    text = (workspace / "benchmarks/tricks.md").read_text("utf-8")
    assert text.partition("<!-- /results -->")[2] == committed.partition("<!-- /results -->")[2]


@slow
def test_ablation_in_two_sittings(workspace):
    ablation = "benchmarks.ablation", *(word for row in ROWS for word in ("--only", row)), "--seeds"
    bench(*ablation, "1", cwd=workspace)
    kept = read(workspace, "ablation")
    first = {row: kept["results"][f"{row}, seed 1"]["value"] for row in ROWS}
    assert all(list(parts) == ["LSTM", "n-grams", "LSTM + n-grams"] for parts in first.values())
    assert [row[:2] for row in page(workspace, "ablation")[-2:]] == [[row, "1"] for row in sorted(ROWS)]
    one = first[ROWS[0]]["LSTM"]["validation_log_loss"]
    assert 0 < one < 2

    second = {part: {"validation_accuracy": 0.5, "validation_log_loss": 1.5} for part in first[ROWS[0]]}
    kept["results"] |= {f"{row}, seed 2": {"seconds": 1.0, "value": second} for row in ROWS}
    (workspace / "benchmarks/ablation.json").write_text(json.dumps(kept), "utf-8")
    assert "..." not in bench(*ablation, "2", cwd=workspace).stdout
    [cells] = [row for row in page(workspace, "ablation") if row[0] == ROWS[0]]
    assert (cells[1], cells[-1]) == ("2", f"{(one + 1.5) / 2:.4f} ± {(1.5 - one) / 2**0.5:.4f}")


def test_an_unknown_row_is_told(tmp_path):
    result = bench("benchmarks.ablation", "--only", "nothing", cwd=tmp_path, check=False)
    assert result.returncode == 1
    assert result.stderr.startswith("error: no row nothing; there are the LSTM, ")


def test_every_row_changes_the_committed_parameters():
    """A row that says what params.yaml says would be the first one again, under another name."""
    from benchmarks import ablation, tricks
    from benchmarks.results import SECTIONS, changed
    from sentiment import params

    def committed():
        return params.load(*SECTIONS, path=ROOT / "params.yaml")

    for variants, whole in (ablation.VARIANTS, ablation.WHOLE), (tricks.VARIANTS, tricks.WHOLE):
        assert changed(committed(), variants[whole]) == committed()
        for name, change in variants.items():
            for key, value in change.items():
                assert changed(committed(), {key: value}) != committed(), (name, key)


@slow
def test_experiments(tmp_path):
    """One real run of the pipeline; then the page of it and of what had been kept."""
    working_copy(tmp_path)
    small_params(tmp_path, train={"epochs": 1})
    (tmp_path / "dvc.lock").unlink(missing_ok=True)
    (tmp_path / "benchmarks/experiments.json").unlink(missing_ok=True)  # of other parameters
    commit(tmp_path, "Small")
    corpus(tmp_path / IMDB, seed=0)
    bench("benchmarks.experiments", "43", cwd=tmp_path)

    kept = read(tmp_path, "experiments")
    first = kept["results"]["43"]["value"]["systems"]
    other = {name: {"accuracy": 0.25, "log_loss": 2.0} for name in first}
    kept["results"]["44"] = {"seconds": 1.0, "value": {"seconds": 120.0, "systems": other}}
    (tmp_path / "benchmarks/experiments.json").write_text(json.dumps(kept), "utf-8")
    assert "..." not in bench("benchmarks.experiments", "44", cwd=tmp_path).stdout
    one, loss = 100 * first["network"]["accuracy"], first["network"]["log_loss"]
    assert [(row[0], row[2], row[-1]) for row in page(tmp_path, "experiments")[2:]] == [
        ("43", f"{one:.2f}", f"{loss:.4f}"),
        ("44", "25.00", "2.0000"),
        ("mean and standard deviation", f"{(one + 25) / 2:.2f} ± {abs(one - 25) / 2**0.5:.2f}", ""),
        ("range", f"{abs(one - 25):.2f}", ""),
    ]


def test_glove_reads_the_vectors_of_the_npm_package_alone(tmp_path):
    from benchmarks import glove
    from sentiment.errors import UserError

    (tmp_path / "words.json").write_text(json.dumps({"vectors": {"good": [*range(100), 5.75, 208]}}))
    package, text = tmp_path / "package.tgz", tmp_path / "glove.txt"
    with tarfile.open(package, "w:gz") as archive:
        archive.add(tmp_path / "words.json", glove.MEMBER)
    glove.write_text(package, text)
    assert text.read_text("utf-8") == f"good {' '.join(map(str, range(100)))}\n"
    with tarfile.open(package, "w:gz") as archive:
        archive.add(tmp_path / "words.json", "package/other.json")
    for path, problem in (package, "not the npm package"), (tmp_path / "none.tgz", "no such file"):
        with pytest.raises(UserError, match=f"^{path}: {problem}"):
            glove.write_text(path, text)


def test_invented_reviews_are_like_real_ones():
    from benchmarks import synthetic

    names = synthetic.words()
    texts, labels = synthetic.block(names, 0, 1000)
    assert len(set(names.tolist())) == len(names) == synthetic.WORDS
    assert synthetic.block(names, 0, 1000)[0] == texts != synthetic.block(names, 1000, 1000)[0]
    assert 0.45 < labels.mean() < 0.55
    assert 140 < median(len(text.split()) for text in texts) < 200
    assert len(set(texts)) == 990
    assert 10 < sum("<br />" in text for text in texts) < 900
    good, bad = (set(names[synthetic.OPINIONS[start::2]].tolist()) for start in (0, 1))
    told = [len(good & set(text.split())) - len(bad & set(text.split())) for text in texts]
    assert 0.3 < np.corrcoef(told, labels)[0, 1] < 0.9


@slow
def test_scale(tmp_path):
    """The stages on few reviews; then the page of what had been kept, with figures in docs/scale.md."""
    for folder in ("benchmarks", "docs"):
        (tmp_path / folder).mkdir()
    for name in ("params.yaml", "docs/scale.md"):
        shutil.copy(ROOT / name, tmp_path / name)
    small_params(tmp_path, train={"batch_size": 8})
    arguments = "benchmarks.scale", "--size", "300", "--workers", "2", "--steps", "8"
    bench(*arguments, cwd=tmp_path)
    runs = values(tmp_path, "scale")
    assert list(runs) == ["300, local", "300, dask, 2"]
    assert len({run["sha256"] for run in runs.values()}) == 1
    [_, _, *cells] = page(tmp_path, "scale")
    assert [row[:2] for row in cells] == [["300", "local"], ["300", "dask, 2 workers"]]
    seconds = [stage["seconds"] for stage in runs["300, local"]["stages"].values()]
    assert cells[0][2:7] == [*(f"{value:.0f}" for value in seconds), f"{300 / sum(seconds[:3]):.0f}"]
    guide = rows((tmp_path / "docs/scale.md").read_text("utf-8"))
    assert f"{sum(seconds[:3]) * 1e8 / 300 / 3600:,.1f}" in next(row for row in guide if row[0] == "local")[4]

    kept = read(tmp_path, "scale")
    kept["results"]["300, dask, 2"]["value"]["sha256"] = "0"
    (tmp_path / "benchmarks/scale.json").write_text(json.dumps(kept), "utf-8")
    result = bench(*arguments, cwd=tmp_path, check=False)
    assert result.returncode == 1
    assert result.stderr.startswith("error: 300 reviews: the engines have not left the same bytes")
