"""Which of the processes of a training this is."""

import json

import pytest

from sentiment.errors import UserError
from sentiment.training import tf_config
from sentiment.training.tf_config import ALONE, Place

TWO = ["one.example:2222", "10.0.0.2:2222"]


def told(monkeypatch, cluster, kind="worker", index=0) -> Place:
    content = {"cluster": cluster, "task": {"type": kind, "index": index}, "environment": "cloud"}
    monkeypatch.setenv("TF_CONFIG", json.dumps(content))
    return tf_config.load()


def test_without_the_variable_a_process_trains_alone(monkeypatch):
    monkeypatch.delenv("TF_CONFIG", raising=False)
    assert tf_config.load() == ALONE
    monkeypatch.setenv("TF_CONFIG", "")
    assert tf_config.load() == ALONE


def test_the_first_worker_is_the_chief_unless_there_is_one(monkeypatch):
    assert told(monkeypatch, {"worker": TWO}) == Place(0, tuple(TWO))
    assert told(monkeypatch, {"worker": TWO}, index=1) == Place(1, tuple(TWO))
    both = {"chief": ["chief:1"], "worker": TWO}
    assert told(monkeypatch, both, "chief") == Place(0, ("chief:1", *TWO))
    assert told(monkeypatch, both, index=1) == Place(2, ("chief:1", *TWO))


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("worker:0", "TF_CONFIG: JSON: "),
        ("[]", "TF_CONFIG: JSON: "),
        ('{"cluster": {"worker": ["a:1"]}}', "TF_CONFIG: task: Field required"),
        (
            '{"cluster": {"worker": ["a"]}, "task": {"type": "worker", "index": 0}}',
            "TF_CONFIG: cluster.worker.0: ",
        ),
        ('{"cluster": {"ps": ["a:1"]}, "task": {"type": "ps", "index": 0}}', "TF_CONFIG: cluster.ps: "),
        (
            '{"cluster": {"worker": ["a:1"]}, "task": {"type": "worker", "index": 1}}',
            "no address for task.index 1",
        ),
        (
            '{"cluster": {"worker": ["a:1"]}, "task": {"type": "chief", "index": 0}}',
            "cluster.chief has no address",
        ),
    ],
)
def test_a_mistake_is_one_line(monkeypatch, text, problem):
    monkeypatch.setenv("TF_CONFIG", text)
    with pytest.raises(UserError) as told:
        tf_config.load()
    assert problem in str(told.value)
    assert "\n" not in str(told.value)
