"""The baseline stage as `dvc repro` runs it, on a small corpus."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from conftest import run, small_params
from scipy.special import expit

from sentiment.data import dataset
from sentiment.data.vocabulary import Vocabulary
from sentiment.ngrams import nb_logreg

PATHS = "data/tokens", "models/baseline", "data/votes.npy", "metrics/baseline.json"
NOISE = [f"w{word}" for word in range(50)]
WORDS = Vocabulary("regexp", True, 60, 0.5, ("bad", "good", "not", ",", *NOISE))
N = 300


def made_parts() -> dict[str, dataset.Reviews]:
    """Reviews that begin with a verdict, told by its pairs of words alone, before noise."""
    generator = np.random.default_rng(0)
    labels = np.arange(N) % 2
    verdicts = "bad , not good", "good , not bad"
    noise = [" ".join(vocabulary) for vocabulary in generator.choice(NOISE, (N, 20))]
    texts = [f"{verdicts[label]} {vocabulary}" for label, vocabulary in zip(labels, noise, strict=True)]
    parts = {}
    for part, rows in dataset.split(labels, test=0.2, validation=0.2, seed=0).items():
        ids = [WORDS.encode(WORDS.tokenize(texts[row])) for row in rows]
        parts[part] = dataset.ragged(ids, labels[rows], rows)
    return parts


def make_inputs(folder: Path, parts: dict[str, dataset.Reviews], **baseline: float) -> None:
    """Write what the stage reads: no texts, and nothing of the test part, for it must not need them."""
    small_params(folder, baseline=baseline)
    for part in ("train", "validation"):
        parts[part].save(folder / "data/tokens" / part)
    WORDS.save(folder / "data/tokens/vocabulary.json")


def run_stage(folder: Path, check: bool = True, **environment: str) -> subprocess.CompletedProcess:
    command = sys.executable, "-m", "sentiment.stages.baseline", *PATHS
    return run(*command, cwd=folder, check=check, **environment)


def outputs(folder: Path) -> dict[str, bytes]:
    """What is in `folder` besides the stage's input."""
    files = [file for file in folder.rglob("*") if file.is_file() and file.name != "params.yaml"]
    names = {str(file.relative_to(folder)): file for file in files}
    return {name: file.read_bytes() for name, file in names.items() if not name.startswith(PATHS[0])}


@pytest.fixture(scope="module")
def done(tmp_path_factory) -> Path:
    """A folder where the stage has run."""
    folder = tmp_path_factory.mktemp("baseline")
    make_inputs(folder, made_parts())
    run_stage(folder)
    return folder


def test_learns_the_verdicts(done):
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
    probabilities = expit(nb_logreg.load(done / "models/baseline", WORDS).logits(validation))
    assert (columns["probability"] == probabilities.astype(np.float32)).all()


def test_metrics_are_those_of_the_probabilities(done):
    table = pq.read_table(done / "models/baseline/validation.parquet")
    labels, probability = table["label"].to_numpy(), table["probability"].to_numpy()
    metrics = json.loads((done / PATHS[3]).read_text("utf-8"))
    right = np.where(labels == 1, probability, 1 - probability)
    assert metrics["validation_accuracy"] == pytest.approx((right > 0.5).mean())
    assert metrics["validation_log_loss"] == pytest.approx(-np.log(right).mean(), abs=1e-4)


def test_votes_are_those_of_the_training_part(done):
    """Each review's verdict ends in its fourth token, with a pair that tells and a word that does not."""
    train = dataset.load(done / "data/tokens/train")
    votes = nb_logreg.load_votes(done / "data/votes.npy", train)
    assert votes.dtype == np.float16
    assert votes.shape == (len(train.ids), 3)
    word, pair, _ = votes[train.offsets[:-1] + 3].T
    assert (np.sign(pair) == np.where(train.labels == 1, 1, -1)).all()
    assert (np.abs(word) < np.abs(pair)).all()
    # A classifier that has seen the review would be surer of it.
    classifier = nb_logreg.load(done / "models/baseline", WORDS)
    whole = classifier.votes(classifier.table.find(train))
    sign = np.repeat(np.where(train.labels == 1, 1, -1), train.lengths)[:, None]
    assert (sign * votes).mean() < (sign * whole).mean()


def test_reads_neither_texts_nor_the_test_part_nor_another_order_of_hashes(done, tmp_path):
    """Same bytes with another hash seed, and beside what is left out elsewhere."""
    parts = made_parts()
    make_inputs(tmp_path, parts)
    parts["test"].save(tmp_path / "data/tokens/test")
    (tmp_path / "data/clean.parquet").write_bytes(b"not for this stage")
    run_stage(tmp_path, PYTHONHASHSEED="7")
    (tmp_path / "data/clean.parquet").unlink()
    assert outputs(tmp_path) == outputs(done)
    assert len(outputs(done)) == 5


def test_labels_of_the_validation_part_are_only_scored(done, tmp_path):
    parts = made_parts()
    parts["validation"] = replace(parts["validation"], labels=1 - parts["validation"].labels)
    make_inputs(tmp_path, parts)
    run_stage(tmp_path)
    one, other = outputs(done), outputs(tmp_path)
    assert {name for name in one if one[name] != other[name]} == {
        "models/baseline/validation.parquet",
        "metrics/baseline.json",
    }
    assert json.loads(other["metrics/baseline.json"])["validation_accuracy"] == 0


def test_parameters_reach_the_classifier_and_the_votes(tmp_path):
    """96 of the 192 training reviews hold each verdict, and none of the other words is in 90."""
    parts = made_parts()
    make_inputs(tmp_path, parts, max_ngram=2, min_count=90, smoothing=20.0, C=0.01)
    run_stage(tmp_path)
    classifier = nb_logreg.load(tmp_path / "models/baseline", WORDS)
    assert [len(keys) for keys in classifier.table.keys] == [4, 5]
    train, table = parts["train"], classifier.table
    found = nb_logreg.incidence(table, train)
    expected = nb_logreg.fit(table, found, train.labels, smoothing=20.0, C=0.01)
    np.testing.assert_allclose(classifier.weights, expected.weights)
    votes = nb_logreg.votes_out_of_fold(table, train, found, smoothing=20.0, C=0.01)
    np.testing.assert_allclose(np.load(tmp_path / "data/votes.npy"), votes)


def test_too_few_reviews_are_refused_and_nothing_is_written(tmp_path):
    parts = made_parts()
    labels = np.zeros(len(parts["train"]), np.int8)
    labels[:4] = 1
    parts["train"] = replace(parts["train"], labels=labels)
    make_inputs(tmp_path, parts)
    result = run_stage(tmp_path, check=False)
    assert result.returncode == 1
    assert result.stderr.strip() == (
        "error: the training part needs 5 reviews of each label; add reviews to the corpus"
    )
    assert outputs(tmp_path) == {}


def test_missing_tokens_are_told_in_one_line(tmp_path):
    small_params(tmp_path)
    result = run_stage(tmp_path, check=False)
    assert result.returncode == 1
    assert result.stderr.startswith("error: data/tokens/vocabulary.json: no such file")
    assert result.stderr.count("\n") == 1
