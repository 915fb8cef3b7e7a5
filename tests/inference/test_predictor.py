"""An exported model asked from Python. That it agrees with Keras's network is in test_to_onnx.py."""

import copy
import pickle
import shutil
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pandas as pd
import pytest
from conftest import ROOT
from joblib import Parallel, delayed

import sentiment
from sentiment.data.labels import probability
from sentiment.data.text import clean
from sentiment.errors import UserError
from sentiment.inference import artifact
from sentiment.inference.predictions import Predictions
from sentiment.inference.predictor import BATCH

TEXTS = [
    "w1 w2<br /><br />w3 w2",
    "w5 w5 w5",
    "",
    "xqzzy frobnicated w7",
    "<b>w4</b> w9 " * 100,
]


@pytest.fixture(scope="module")
def model(exported):
    return sentiment.load(exported[1])


@pytest.fixture(scope="module")
def answers(model):
    return model.predict(TEXTS)


def test_an_answer_to_each_text(answers):
    assert len(answers) == len(set(answers.probability.tolist())) == len(TEXTS)
    assert answers.probability.dtype == answers.unknown_share.dtype == np.float32
    np.testing.assert_allclose(answers.unknown_share, [0, 0, 1, 2 / 3, 0], rtol=1e-6)
    assert answers.truncated.tolist() == [False, False, False, False, True]
    assert answers.abstained.tolist() == [False, False, True, False, False]


def test_a_logit_of_zero_is_positive():
    probabilities = probability(np.array([0.0, -1e-6, 1e-6, -100, 100]))
    answers = Predictions(probabilities, np.zeros(5), np.zeros(5, bool), np.zeros(5, bool))
    assert answers.label.tolist() == ["positive", "negative", "positive", "negative", "positive"]


def test_the_published_model_tells_praise_from_complaint(imdb):
    praise = "A wonderful film.<br /><br />I loved every minute of it."
    assert sentiment.load(imdb).predict([praise, "Dull, dull, dull."]).label.tolist() == [
        "positive",
        "negative",
    ]


UNTOLD = ["", "<br />", "Это ужасный фильм.", "映画", "xqzzy", "!!!", "2001", "\U0001f600"]


def test_without_a_known_word_there_is_a_probability_and_no_label(imdb):
    texts = [*UNTOLD, "Это ужасный film."]
    answers = sentiment.load(imdb).predict(texts)
    assert answers.abstained.tolist() == [True] * len(UNTOLD) + [False]
    assert (answers.label == "").tolist() == answers.abstained.tolist()
    assert ((answers.probability > 0) & (answers.probability < 1)).all()
    assert (answers.unknown_share[2:8] < 1).any()  # of some, marks and figures are known


def test_clean_texts_are_not_cleaned_again(model, answers):
    texts = [clean(text) for text in TEXTS]
    np.testing.assert_array_equal(model.predict_clean(texts).probability, answers.probability)
    tags = model.predict_clean(["<b>w4</b>"]), model.predict(["<b>w4</b>"])
    assert tags[0].unknown_share > 0 == tags[1].unknown_share


@pytest.mark.parametrize(
    "column",
    [
        lambda texts: (text for text in texts),
        lambda texts: pd.Series(texts, index=range(7, 12)),
        lambda texts: pd.DataFrame({"review": texts})["review"].astype("string"),
    ],
    ids=["generator", "series", "strings"],
)
def test_any_iterable_of_texts(model, answers, column):
    np.testing.assert_array_equal(model.predict(column(TEXTS)).probability, answers.probability)


def test_no_texts(model):
    answers = model.predict([])
    assert len(answers) == 0
    assert answers.label.tolist() == answers.truncated.tolist() == answers.abstained.tolist() == []


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        ("one text", "not a single one"),
        (b"bytes", "not a single one"),
        ({"a": "fine"}, r"not a dict; pass its values, as in predict\(reviews.values\(\)\)"),
        (pd.DataFrame({"review": ["fine"]}), r'not a DataFrame; .* as in predict\(frame\["review"\]\)'),
        (["fine", None], "text 1 is not a str but NoneType"),
        (pd.Series(["fine", float("nan")]), "text 1 is not a str but float"),
    ],
)
def test_what_is_no_list_of_texts(model, texts, message):
    with pytest.raises(TypeError, match=message):
        model.predict(texts)


def test_a_frame_of_answers_joins_that_of_the_texts(model):
    reviews = pd.DataFrame({"review": ["w1 w2", "xqzzy", "w5 w5 w5"]}, index=[7, 3, 9])
    answers = model.predict(reviews["review"])
    frame = reviews.join(answers.to_frame(reviews.index))
    assert frame.columns.tolist() == [
        *("review", "label", "probability", "unknown_share", "truncated", "abstained"),
    ]
    assert frame["label"].isna().tolist() == frame["abstained"].tolist() == [False, True, False]
    assert frame["label"].dropna().tolist() == answers.label[[0, 2]].tolist()
    np.testing.assert_array_equal(frame["probability"], answers.probability)
    assert answers.to_frame().index.tolist() == [0, 1, 2]


def test_probabilities_of_both_labels_as_in_scikit_learn(model, answers):
    both = model.predict_proba(TEXTS)
    assert both.shape == (len(TEXTS), 2)
    np.testing.assert_array_equal(both[:, 1], answers.probability)
    np.testing.assert_allclose(both.sum(axis=1), 1, rtol=1e-6)


def test_what_is_shown_in_a_notebook(model):
    answers = Predictions(
        np.array([0.988, 0.093, 0.4]), np.zeros(3), np.zeros(3, bool), np.array([0, 0, 1], bool)
    )
    assert repr(answers) == "<Predictions, n=3, P(positive): 98.8% positive, 9.3% negative, 40.0% can't tell>"
    assert repr(model.predict(["w1"] * 1000)).endswith(", ...>")
    assert repr(model) == f"<Predictor {model.artifact.path}: trained on made up, test accuracy 50.0%>"


def test_a_model_is_copied_pickled_and_sent_to_other_processes(model, answers, monkeypatch, tmp_path):
    monkeypatch.chdir(model.artifact.path.parent)
    relative = sentiment.load(model.artifact.path.name)
    pickled = pickle.dumps(relative)
    monkeypatch.chdir(tmp_path)
    assert len(pickled) < 2**16  # not the model itself
    for other in (pickle.loads(pickled), copy.copy(model), copy.deepcopy(model)):
        np.testing.assert_array_equal(other.predict(TEXTS).probability, answers.probability)
    parts = Parallel(n_jobs=2)(delayed(lambda text: model.predict([text]))(text) for text in TEXTS[:3])
    np.testing.assert_allclose([part.probability[0] for part in parts], answers.probability[:3], atol=1e-6)


def test_a_pickle_of_another_model_is_refused(model, imdb, tmp_path):
    folder = tmp_path / "model"
    shutil.copytree(model.artifact.path, folder)
    pickled = pickle.dumps(sentiment.load(folder))
    shutil.rmtree(folder)
    shutil.copytree(imdb, folder)
    with pytest.raises(UserError, match="model: another model than the one that was pickled"):
        pickle.loads(pickled)


def test_an_answer_does_not_depend_on_the_other_texts(model, answers):
    alone = [model.predict([text]).probability[0] for text in TEXTS]
    np.testing.assert_allclose(alone, answers.probability, atol=1e-6)
    crowd = [f"{text} w{number}" for number in range(BATCH) for text in TEXTS]
    among = model.predict([*crowd, *TEXTS]).probability[-len(TEXTS) :]
    np.testing.assert_allclose(among, answers.probability, atol=1e-6)


def test_the_middle_of_a_long_text_is_not_read(model):
    vocabulary = model.artifact.vocabulary
    head = round(vocabulary.max_tokens * vocabulary.head)
    parts = ["w1 " * head, "w2 " * 500, "w3 " * (vocabulary.max_tokens - head)]
    long, read = model.predict(["".join(parts), parts[0] + parts[2]]).probability
    assert long == read


def test_several_threads_ask_one_model(exported):
    model = sentiment.load(exported[1])  # one that has never been asked
    texts = [f"{text} w{number}" for number in range(8) for text in TEXTS[:4]]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: model.predict(texts).probability, range(16)))
    expected = model.predict(texts).probability
    for answer in answers:
        np.testing.assert_array_equal(answer, expected)


def test_without_a_path_the_models_places_are_tried(monkeypatch, tmp_path, exported):
    package = tmp_path / "project/src/sentiment"
    monkeypatch.setattr(artifact, "__file__", str(package / "inference/artifact.py"))
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UserError, match="no model in models/export or models/imdb; name one with --model"):
        sentiment.load()
    places = "models/export", "models/imdb", "project/models/export", "project/models/imdb"
    for place in [package / "published", *reversed(places)]:  # the first one comes last
        (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / place).symlink_to(exported[1])
        assert tmp_path / sentiment.load().artifact.path == tmp_path / place


def test_the_documented_python_runs(monkeypatch, capsys):
    monkeypatch.chdir(ROOT)
    for page in ("README.md", "docs/prediction.md"):
        exec((ROOT / page).read_text("utf-8").split("```python\n")[1].split("```")[0], {})
    shown = capsys.readouterr().out
    assert shown.startswith("Not -")
