"""The names that a corpus has for its labels, from the manifest to every answer."""

import csv
import json
import re

import pytest
from fastapi.testclient import TestClient
from typer.testing import CliRunner

from sentiment.cli.main import app as command
from sentiment.errors import UserError
from sentiment.inference import artifact
from sentiment.inference.predictor import Predictor
from sentiment.server import app

NAMES = {"schlecht", "gut"}
TEXTS = ["good good great", "bad bad terrible", "w1 w2"]


@pytest.fixture
def model(exported, tmp_path):
    """A function that writes a model with `labels` in its manifest, and returns its folder."""

    def make(labels: dict | None):
        folder = tmp_path / "model"
        folder.mkdir(exist_ok=True)
        for path in exported[1].iterdir():
            (folder / path.name).write_bytes(path.read_bytes())
        manifest = json.loads((folder / artifact.MANIFEST).read_text())
        if labels is not None:
            manifest["labels"] = labels
        manifest["sha256"] = artifact.checksum(manifest)
        (folder / artifact.MANIFEST).write_text(json.dumps(manifest))
        return folder

    return make


@pytest.fixture
def german(model):
    return model({"negative": ["schlecht"], "positive": ["gut"]})


def invoke(*arguments) -> str:
    result = CliRunner().invoke(command, [str(argument) for argument in arguments])
    assert result.exit_code == 0, result.output
    return result.stdout


def test_a_model_that_does_not_say_so_means_positive_and_negative(imdb, model):
    assert artifact.read(imdb).labels.names.tolist() == ["negative", "positive"]
    assert artifact.read(model(None)).labels.names.tolist() == ["negative", "positive"]


@pytest.mark.parametrize(
    "labels", [[], {"positive": ["gut"]}, {"positive": [], "negative": ["x"]}, {"positive": [1]}]
)
def test_damaged_labels_are_refused(model, labels):
    with pytest.raises(UserError, match="not that of an exported model, or damaged"):
        artifact.read(model(labels))


def test_python_and_the_shell_answer_with_them(german):
    answers = Predictor(german).predict(TEXTS)
    assert set(answers.label) <= NAMES
    assert ((answers.label == "gut") == (answers.probability >= 0.5)).all()
    shown = [
        json.loads(line)["label"]
        for line in invoke("predict", "--json", "--model", german, *TEXTS).splitlines()
    ]
    assert shown == answers.label.tolist()
    heading, *rows = invoke("predict", "--model", german, *TEXTS).splitlines()
    assert heading.split()[:2] == ["label", "P(gut)"]
    assert [row.split()[0] for row in rows] == shown
    explained = invoke("predict", "--explain", "--model", german, TEXTS[0])
    assert re.search(r"^(gut|schlecht)  P\(gut\) ", explained) and "\nfor schlecht: " in explained


def test_whole_files_are_scored_and_measured_by_them(german, tmp_path):
    labels = Predictor(german).predict(TEXTS).label.tolist()
    (tmp_path / "in.csv").write_text("review,sentiment\n" + "".join(map("{},{}\n".format, TEXTS, labels)))
    shown = invoke("score", tmp_path / "in.csv", tmp_path / "out.csv", "--model", german)
    with (tmp_path / "out.csv").open(newline="") as file:
        assert [row["predicted"] for row in csv.DictReader(file)] == labels
    assert f"{labels.count('gut')} gut, {labels.count('schlecht')} schlecht, 0 can't tell" in shown
    assert "accuracy  1.0000" in shown


def test_the_server_answers_with_them(german):
    with TestClient(app.create(Predictor(german), [])) as client:
        assert client.get("/health").json()["model"]["labels"] == ["schlecht", "gut"]
        answers = client.post("/predict", json={"texts": TEXTS}).json()["predictions"]
        assert [one["label"] for one in answers] == Predictor(german).predict(TEXTS).label.tolist()
        assert client.post("/explain", json={"text": TEXTS[0]}).json()["label"] in NAMES
