"""The baseline stage as `dvc repro` runs it, on a small corpus."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from conftest import run, small_params

from sentiment import dataset, ngrams, vocabulary
from sentiment.vocabulary import Vocabulary

PATHS = "data/clean.parquet", "data/tokens", "models/baseline", "metrics/baseline.json"
N = 300


def made_corpus() -> tuple[list[str], np.ndarray]:
    """Texts that begin with a verdict, told by its pairs of words alone, before noise; and labels."""
    generator = np.random.default_rng(0)
    labels = np.arange(N) % 2
    verdicts = "bad , not good", "good , not bad"
    noise = [" ".join(f"w{word}" for word in words) for words in generator.integers(0, 50, (N, 20))]
    texts = [f"{verdicts[label]} {words}" for label, words in zip(labels, noise, strict=True)]
    return texts, labels


def make_inputs(folder: Path, **baseline: float) -> None:
    """Write what the stage reads; the test part's tokens are left out, for it must not need them."""
    small_params(folder, baseline=baseline)
    texts, labels = made_corpus()
    (folder / "data").mkdir()
    pq.write_table(pa.table({"text": texts, "label": pa.array(labels, pa.int8())}), folder / PATHS[0])
    # Two tokens fit into the LSTM's arrays: the n-grams have to come from the texts.
    words = Vocabulary("regexp", True, max_tokens=2, head=0.0, tokens=("good", "bad"))
    rows = dataset.split(labels, test=0.2, validation=0.2, seed=0)
    for part in ("train", "validation"):
        ids = [words.encode(words.tokenize(texts[row])) for row in rows[part]]
        dataset.ragged(ids, labels[rows[part]], rows[part]).save(folder / "data/tokens" / part)
    words.save(folder / "data/tokens/vocabulary.json")


def run_stage(folder: Path, check: bool = True, **environment: str) -> subprocess.CompletedProcess:
    command = sys.executable, "-m", "sentiment.stages.baseline", *PATHS
    return run(*command, cwd=folder, check=check, **environment)


def outputs(folder: Path) -> dict[str, bytes]:
    files = [*(folder / "models").rglob("*"), *(folder / "metrics").rglob("*")]
    return {str(file.relative_to(folder)): file.read_bytes() for file in files if file.is_file()}


@pytest.fixture(scope="module")
def done(tmp_path_factory) -> Path:
    """A folder where the stage has run."""
    folder = tmp_path_factory.mktemp("baseline")
    make_inputs(folder)
    run_stage(folder)
    return folder


def test_learns_from_whole_reviews(done):
    metrics = json.loads((done / PATHS[3]).read_text("utf-8"))
    assert metrics["validation_accuracy"] == 1
    assert 0 < metrics["validation_log_loss"] < 0.3
    assert metrics["ngrams"] == pq.read_metadata(done / "models/baseline/ngrams.parquet").num_rows


def test_probabilities_of_the_validation_part(done):
    table = pq.read_table(done / "models/baseline/validation.parquet")
    assert [str(field.type) for field in table.schema] == ["int32", "int8", "float"]
    columns = {name: table[name].to_numpy() for name in table.column_names}
    validation = dataset.load(done / "data/tokens/validation")
    assert (columns["row"] == validation.rows).all()
    assert (columns["label"] == validation.labels).all()
    texts, _ = made_corpus()
    classifier = ngrams.load(done / "models/baseline", vocabulary.load(done / "data/tokens/vocabulary.json"))
    probabilities = classifier.probabilities([texts[row] for row in columns["row"]])
    assert (columns["probability"] == probabilities.astype(np.float32)).all()


def test_metrics_are_those_of_the_probabilities(done):
    table = pq.read_table(done / "models/baseline/validation.parquet")
    labels, probability = table["label"].to_numpy(), table["probability"].to_numpy()
    metrics = json.loads((done / PATHS[3]).read_text("utf-8"))
    right = np.where(labels == 1, probability, 1 - probability)
    assert metrics["validation_accuracy"] == pytest.approx((right > 0.5).mean())
    assert metrics["validation_log_loss"] == pytest.approx(-np.log(right).mean(), abs=1e-4)


def test_reads_neither_the_test_rows_nor_another_order_of_hashes(done, tmp_path):
    """Same bytes with another hash seed, and with the text of every test review replaced."""
    make_inputs(tmp_path)
    texts, labels = made_corpus()
    for row in dataset.split(labels, test=0.2, validation=0.2, seed=0)["test"]:
        texts[row] = "something else altogether , good good bad"
        labels[row] = 1 - labels[row]
    pq.write_table(pa.table({"text": texts, "label": pa.array(labels, pa.int8())}), tmp_path / PATHS[0])
    run_stage(tmp_path, PYTHONHASHSEED="7")
    assert outputs(tmp_path) == outputs(done)
    assert len(outputs(done)) == 4


def test_parameters_reach_the_classifier(done, tmp_path):
    make_inputs(tmp_path, max_ngram=1, min_count=1)
    run_stage(tmp_path)
    words = vocabulary.load(tmp_path / "data/tokens/vocabulary.json")
    small, large = (ngrams.load(folder / "models/baseline", words) for folder in (tmp_path, done))
    assert {name.count(ngrams.SEPARATOR) for name in small.weights} == {0}
    assert {name.count(ngrams.SEPARATOR) for name in large.weights} == {0, 1, 2}


def test_tokens_of_another_corpus_are_refused_and_nothing_is_written(tmp_path):
    make_inputs(tmp_path)
    texts, labels = made_corpus()
    pq.write_table(pa.table({"text": texts, "label": pa.array(1 - labels, pa.int8())}), tmp_path / PATHS[0])
    result = run_stage(tmp_path, check=False)
    assert result.returncode == 1
    assert result.stderr.strip() == (
        "error: data/clean.parquet: not what the tokens were made of; run `dvc repro tokenize`"
    )
    assert outputs(tmp_path) == {}


def test_missing_tokens_are_told_in_one_line(tmp_path):
    small_params(tmp_path)
    result = run_stage(tmp_path, check=False)
    assert result.returncode == 1
    assert result.stderr.startswith("error: data/tokens/vocabulary.json: no such file")
    assert result.stderr.count("\n") == 1
