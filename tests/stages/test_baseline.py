"""The baseline stage as `dvc repro` runs it, on a small corpus."""

import json
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
import sklearn.metrics
from conftest import run, small_params
from scipy.special import expit

from sentiment.data import dataset
from sentiment.data.vocabulary import Vocabulary
from sentiment.errors import UserError
from sentiment.ngrams import nb_logreg
from sentiment.stages import baseline

PATHS = "data/tokens", "models/baseline", "data/votes.npy", "metrics/baseline.json"
NOISE = [f"w{word}" for word in range(50)]
VOCABULARY = Vocabulary("regexp", True, 60, 0.5, ("bad", "good", "not", ",", *NOISE))
N = 300


def made_parts() -> dict[str, dataset.Reviews]:
    """Reviews that begin with their label, told by pairs of words alone, before noise."""
    generator = np.random.default_rng(0)
    labels = np.arange(N) % 2
    openings = "bad , not good", "good , not bad"
    noise = [" ".join(words) for words in generator.choice(NOISE, (N, 20))]
    texts = [f"{openings[label]} {words}" for label, words in zip(labels, noise, strict=True)]
    parts = {}
    for part, rows in dataset.split(labels, test=0.2, validation=0.2, seed=0).items():
        ids = [VOCABULARY.encode(VOCABULARY.tokenize(texts[row])) for row in rows]
        parts[part] = dataset.ragged(ids, labels[rows], rows)
    return parts


def make_inputs(folder: Path, parts: dict[str, dataset.Reviews], **baseline: float) -> None:
    """Write what the stage reads: no texts, and nothing of the test part, for it must not need them."""
    small_params(folder, baseline=baseline)
    for part in ("train", "validation"):
        parts[part].save(folder / "data/tokens" / part)
    VOCABULARY.save(folder / "data/tokens/vocabulary.json")


def run_stage(folder: Path, **environment: str) -> None:
    run(sys.executable, "-m", "sentiment.stages.baseline", *PATHS, cwd=folder, **environment)


@pytest.fixture
def stage(tmp_path, monkeypatch):
    """The stage, without a process of its own, in the folder `tmp_path`."""
    monkeypatch.chdir(tmp_path)
    return lambda: baseline.main(*map(Path, PATHS))


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


def test_learns_the_labels_and_scores_the_validation_part(done):
    scores = json.loads((done / PATHS[3]).read_text("utf-8"))
    assert scores["validation_accuracy"] == 1
    assert 0 < scores["validation_log_loss"] < 0.3
    assert scores["ngrams"] == pq.read_metadata(done / "models/baseline/ngrams.parquet").num_rows
    validation = dataset.load(done / "data/tokens/validation")
    probabilities = expit(nb_logreg.load(done / "models/baseline", VOCABULARY).logits(validation))
    log_loss = sklearn.metrics.log_loss(validation.labels, probabilities)
    assert scores["validation_log_loss"] == pytest.approx(log_loss, abs=1e-6)


def test_votes_are_those_of_the_training_part(done):
    """The fourth token of each review ends a pair that tells its label, and is a word that does not."""
    train = dataset.load(done / "data/tokens/train")
    votes = nb_logreg.load_votes(done / "data/votes.npy", train)
    assert votes.dtype == np.float16
    assert votes.shape == (len(train.ids), 3)
    word, pair, _ = votes[train.offsets[:-1] + 3].T
    assert (np.sign(pair) == np.where(train.labels == 1, 1, -1)).all()
    assert (np.abs(word) < np.abs(pair)).all()
    # A classifier that has seen the review would be surer of it.
    classifier = nb_logreg.load(done / "models/baseline", VOCABULARY)
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
    assert len(outputs(done)) == 4


def test_labels_of_the_validation_part_are_only_scored(done, tmp_path, stage):
    parts = made_parts()
    parts["validation"] = replace(parts["validation"], labels=1 - parts["validation"].labels)
    make_inputs(tmp_path, parts)
    stage()
    one, other = outputs(done), outputs(tmp_path)
    assert {name for name in one if one[name] != other[name]} == {"metrics/baseline.json"}
    assert json.loads(other["metrics/baseline.json"])["validation_accuracy"] == 0


def test_parameters_reach_the_classifier_and_the_votes(tmp_path, stage):
    """96 of the 192 training reviews have each opening, and none of the other words is in 90."""
    parts = made_parts()
    make_inputs(tmp_path, parts, max_ngram=2, min_count=90, smoothing=20.0, C=0.01)
    stage()
    classifier = nb_logreg.load(tmp_path / "models/baseline", VOCABULARY)
    assert [len(keys) for keys in classifier.table.keys] == [4, 5]
    train, table = parts["train"], classifier.table
    found = nb_logreg.incidence(table, train)
    expected = nb_logreg.fit(table, found, train.labels, smoothing=20.0, C=0.01)
    np.testing.assert_allclose(classifier.weights, expected.weights)
    votes = nb_logreg.votes_out_of_fold(table, train, found, smoothing=20.0, C=0.01)
    np.testing.assert_allclose(np.load(tmp_path / "data/votes.npy"), votes)


def test_too_few_reviews_are_refused_and_nothing_is_written(tmp_path, stage):
    parts = made_parts()
    labels = np.zeros(len(parts["train"]), np.int8)
    labels[:4] = 1
    parts["train"] = replace(parts["train"], labels=labels)
    make_inputs(tmp_path, parts)
    with pytest.raises(UserError, match="needs 5 reviews of each label; add reviews to the corpus"):
        stage()
    assert outputs(tmp_path) == {}


def test_missing_tokens_are_told(tmp_path, stage):
    small_params(tmp_path)
    with pytest.raises(UserError, match=r"^data/tokens/vocabulary\.json: no such file"):
        stage()
