"""How base models are stacked, against scikit-learn and by hand, and on disk."""

import json
from dataclasses import replace

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from sentiment.ensemble import LSTM, NGRAMS, READER, Ensemble, of_ngrams
from sentiment.errors import UserError

STACKED = Ensemble({LSTM: 1.5, NGRAMS: 0.5}, -0.25)


def made(n=300):
    """Labels, and the logits of two base models that are right about four times of five."""
    generator = np.random.default_rng(0)
    labels = np.arange(n) % 2
    lstm, ngrams = generator.normal(2 * labels - 1, [[1.2], [1.5]], (2, n))
    return labels, {LSTM: 3 * lstm, NGRAMS: ngrams}


def test_fit_is_scikit_learns_logistic_regression():
    labels, base_logits = made()
    ensemble = Ensemble.fit(base_logits, labels)
    columns = np.column_stack([base_logits[LSTM], base_logits[NGRAMS]])
    expected = LogisticRegression().fit(columns, labels)
    assert list(ensemble.weights) == [LSTM, NGRAMS]
    assert list(ensemble.weights.values()) == expected.coef_[0].tolist()
    assert ensemble.intercept == expected.intercept_[0]
    np.testing.assert_allclose(ensemble.logits(base_logits), expected.decision_function(columns))


def test_what_it_takes_from_ngrams(classifier, reviews):
    votes, taken = of_ngrams(classifier, reviews)
    expected_votes, logits = classifier.votes_and_logits(reviews)
    np.testing.assert_array_equal(votes, expected_votes)
    assert list(taken) == [NGRAMS]
    np.testing.assert_array_equal(taken[NGRAMS], logits)


def test_a_review_counts_as_much_as_its_weight():
    labels, base_logits = made()
    twice = {name: np.concatenate([logits, logits[:100]]) for name, logits in base_logits.items()}
    weight = np.where(np.arange(300) < 100, 2.0, 1.0)
    weighted = Ensemble.fit(base_logits, labels, weight)
    repeated = Ensemble.fit(twice, np.concatenate([labels, labels[:100]]))
    assert weighted.weights == pytest.approx(repeated.weights, rel=1e-3)
    assert weighted.intercept == pytest.approx(repeated.intercept, abs=1e-3)


def test_calibration_undoes_a_change_of_scale_and_keeps_the_proportions():
    labels, base_logits = made()
    fitted = Ensemble.fit(base_logits, labels)
    timid = Ensemble({name: weight / 3 for name, weight in fitted.weights.items()}, fitted.intercept + 1)
    again = timid.calibrated(base_logits, labels)
    assert again.weights == pytest.approx(fitted.weights, rel=0.1)  # L2 shrinks it a little
    assert again.intercept == pytest.approx(fitted.intercept, abs=0.1)
    assert again.weights[LSTM] / again.weights[NGRAMS] == pytest.approx(
        fitted.weights[LSTM] / fitted.weights[NGRAMS]
    )


def test_the_networks_come_in_the_order_of_their_logits():
    assert Ensemble({READER: 1.0, NGRAMS: 1.0, LSTM: 1.0}, 0.0).networks == [LSTM, READER]
    assert STACKED.networks == [LSTM]


def test_a_single_base_model_stays_as_it_is():
    labels, base_logits = made()
    logits = base_logits[LSTM].astype(np.float32)
    ensemble = Ensemble.fit({LSTM: logits}, labels)
    assert ensemble == Ensemble({LSTM: 1.0}, 0.0)
    assert not ensemble.takes_ngrams
    np.testing.assert_array_equal(ensemble.logits({LSTM: logits}), logits)
    assert Ensemble.fit({LSTM: logits}, np.ones_like(labels)) == ensemble  # nothing to fit, nothing to refuse


def test_one_label_is_refused():
    labels, base_logits = made()
    with pytest.raises(UserError, match="validation part needs positive and negative reviews"):
        Ensemble.fit(base_logits, np.ones_like(labels))


def test_logits_by_hand():
    base_logits = {NGRAMS: np.array([3.0, 0.5, -1.0]), LSTM: np.array([1, 0, -2], np.float32)}
    logits = STACKED.logits(base_logits)
    assert logits.dtype == np.float64
    assert logits.tolist() == [2.75, 0.0, -3.75]
    assert STACKED.takes_ngrams
    assert STACKED.logits({LSTM: np.zeros(0), NGRAMS: np.zeros(0)}).shape == (0,)


def test_what_is_saved_is_loaded(tmp_path, vocabulary):
    for ensemble in (STACKED, Ensemble({LSTM: 1.0}, 0.0), Ensemble.fit(made()[1], made()[0])):
        ensemble.save(tmp_path / "ensemble.json", vocabulary)
        assert Ensemble.load(tmp_path / "ensemble.json", vocabulary) == ensemble
        assert Ensemble.from_dict(ensemble.to_dict()) == ensemble


def refused(path, vocabulary, problem):
    with pytest.raises(UserError) as error:
        Ensemble.load(path, vocabulary)
    assert str(error.value) == f"{path}: {problem}"


def test_a_missing_one_and_one_of_another_vocabulary_are_refused(tmp_path, vocabulary):
    path = tmp_path / "ensemble.json"
    refused(path, vocabulary, "no such file; run `dvc repro train` or `dvc pull`")
    STACKED.save(path, replace(vocabulary, lowercase=False))
    refused(path, vocabulary, "fitted with another vocabulary; run `dvc repro train`")


@pytest.mark.parametrize("content", ["", "\xff", "[]", "null", "{}", "[" * 100_000], ids=len)
def test_a_file_of_something_else_is_refused(tmp_path, vocabulary, content):
    (tmp_path / "ensemble.json").write_text(content, "latin-1")
    problem = "not an ensemble of this project; run `dvc repro train`"
    refused(tmp_path / "ensemble.json", vocabulary, problem)


@pytest.mark.parametrize(
    "change",
    [
        {"weights": {LSTM: float("nan"), NGRAMS: 0.5}},
        {"weights": {LSTM: 1.5, NGRAMS: float("inf")}},
        {"weights": {LSTM: "1.5"}},
        {"weights": {LSTM: True}},
        {"weights": {LSTM: 10**400}},
        {"weights": {NGRAMS: 1.0}},
        {"weights": {LSTM: 1.0, "neighbours": 1.0}},
        {"weights": [1.5, 0.5]},
        {"intercept": float("nan")},
        {"intercept": None},
        {"more": 1},
        {"vocabulary": "missing"},
        {"weights": "missing"},
    ],
    ids=str,
)
def test_damaged_weights_are_refused(tmp_path, vocabulary, change):
    path = tmp_path / "ensemble.json"
    STACKED.save(path, vocabulary)
    content = json.loads(path.read_text()) | change
    path.write_text(json.dumps({key: value for key, value in content.items() if value != "missing"}))
    refused(path, vocabulary, "not an ensemble of this project; run `dvc repro train`")
