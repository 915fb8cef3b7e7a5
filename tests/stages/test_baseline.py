"""The stage `baseline` on a small corpus."""

import shutil
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import sklearn.metrics
from conftest import run, small_params
from scipy.special import expit

from sentiment.data.negation import Negation
from sentiment.errors import UserError
from sentiment.ngrams import counting, nb_logreg, votes
from sentiment.stages import baseline
from sentiment.system import files

PATHS = "data/tokens", "models/baseline", "data/votes.npy", "metrics/baseline.json"
PARAMETERS = {"max_ngram": 2, "min_count": 3, "smoothing": 2.0, "C": 0.1}


@pytest.fixture
def folder(corpus_folder, tmp_path, monkeypatch) -> Path:
    """A folder in which the stage can run, without texts and the test part: it must not need them."""
    small_params(tmp_path, baseline=PARAMETERS)
    hidden = shutil.ignore_patterns("test")
    shutil.copytree(corpus_folder / "data/tokens", tmp_path / "data/tokens", ignore=hidden)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run_stage() -> dict[str, bytes]:
    """Run it without a process of its own; what it has written."""
    baseline.main(*map(Path, PATHS))
    return outputs()


def outputs() -> dict[str, bytes]:
    paths = [path for path in Path().rglob("*") if path.is_file() and path.name != "params.yaml"]
    return {str(path): path.read_bytes() for path in paths if not path.is_relative_to(PATHS[0])}


def test_what_it_writes(folder, reviews, vocabulary):
    run_stage()
    table = counting.count(reviews, Negation.of(vocabulary, 8), 2, 3)
    found = nb_logreg.incidence(table, reviews)
    expected = nb_logreg.fit(table, found, reviews.labels, 2.0, 0.1)
    classifier = nb_logreg.load(folder / PATHS[1], vocabulary)
    np.testing.assert_array_equal(classifier.weights, expected.weights)
    fold, classifiers = votes.out_of_fold(expected, found, np.asarray(reviews.labels), 2.0, 0.1)
    votes.write(folder / "votes.npy", reviews, classifiers, fold)
    assert (folder / "votes.npy").read_bytes() == (folder / PATHS[2]).read_bytes()
    probabilities = expit(classifier.logits(reviews))
    assert files.read_json(folder / PATHS[3]) == {
        "ngrams": len(table),
        "validation_accuracy": round(((probabilities >= 0.5) == reviews.labels).mean(), 6),
        "validation_log_loss": round(sklearn.metrics.log_loss(reviews.labels, probabilities), 6),
    }


def test_another_order_of_hashes_gives_the_same_bytes(folder):
    one = run_stage()
    command = sys.executable, "-m", "sentiment.stages.baseline", *PATHS
    run(*command, cwd=folder, PYTHONHASHSEED="7")
    assert len(one) == 4
    assert outputs() == one


def test_a_sample_has_the_labels_shares_of_all_and_all_are_taken_where_they_are_few():
    labels = np.repeat([0, 1], [300, 100])
    chosen = baseline.sample(labels, 40)
    assert (np.diff(chosen) > 0).all()
    assert np.bincount(labels[chosen]).tolist() == [30, 10]
    for most in (0, 400, 1000):
        assert baseline.sample(labels, most).tolist() == list(range(400))


def test_labels_of_the_validation_part_are_only_scored(folder, reviews):
    one, accuracy = run_stage(), files.read_json(PATHS[3])["validation_accuracy"]
    replace(reviews, labels=1 - reviews.labels).save(folder / "data/tokens/validation")
    other = run_stage()
    assert {name for name in one if one[name] != other[name]} == {"metrics/baseline.json"}
    assert files.read_json(PATHS[3])["validation_accuracy"] == pytest.approx(1 - accuracy)


def test_too_few_reviews_are_refused_and_nothing_is_written(folder, reviews):
    labels = np.zeros(60, np.int8)
    labels[:4] = 1
    replace(reviews, labels=labels).save(folder / "data/tokens/train")
    with pytest.raises(UserError, match="needs 5 reviews of each label; add reviews to the corpus"):
        run_stage()
    assert outputs() == {}
    files.remove(folder / "data/tokens")
    with pytest.raises(UserError, match=r"^data/tokens/vocabulary\.json: no such file"):
        run_stage()
