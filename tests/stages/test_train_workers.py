"""The stage `train` as two processes on this machine, one of which is killed."""

import json
import os
import socket
import subprocess
import time
from pathlib import Path

import pytest
from conftest import run
from test_train import STAGE, outputs, ready

# The last batch has a single review: none for the second worker. In float32, sums are hardly rounded.
CHANGES = {"epochs": 6, "batch_size": 59, "precision": "float32", "threads": 1}


def started(folders: list[Path]) -> list[subprocess.Popen]:
    """The stage in both folders, whose processes know each other; the first is the chief's."""
    with socket.socket() as one, socket.socket() as other:
        for free in (one, other):
            free.bind(("127.0.0.1", 0))
        cluster = {"worker": [f"127.0.0.1:{free.getsockname()[1]}" for free in (one, other)]}
    tasks = [{"cluster": cluster, "task": {"type": "worker", "index": rank}} for rank in (0, 1)]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    return [
        subprocess.Popen(STAGE, cwd=folder, env={**os.environ, "TF_CONFIG": json.dumps(task)}, **pipes)
        for folder, task in zip(folders, tasks, strict=True)
    ]


def curves(folder: Path) -> list[float]:
    """All that is in the learning curves but for the steps' numbers."""
    files = sorted((folder / "metrics/train").rglob("*.tsv"))
    return [float(row.split("\t")[1]) for file in files for row in file.read_text().splitlines()[1:]]


def snapshot(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.slow
def test_two_workers_one_of_them_killed_come_to_what_one_process_comes_to(corpus_folder, tmp_path):
    folders = [ready(corpus_folder, tmp_path / name, **CHANGES) for name in ("chief", "worker")]
    before = snapshot(folders[1])
    chief, worker = started(folders)
    while not list(folders[0].glob("models/checkpoint/lstm/epoch-000[2-5]")):
        assert chief.poll() is None and worker.poll() is None
        time.sleep(0.01)
    worker.kill()
    worker.communicate()
    _, error = chief.communicate(timeout=300)
    assert chief.returncode == 1
    lost = "error: worker 0 of 2, the chief: another worker is lost; start all of them again"
    assert lost in error.splitlines()[-1] and "Traceback" not in error
    assert not (folders[0] / "models/model.keras").exists()

    both = started(folders)
    printed = [process.communicate(timeout=300) for process in both]
    assert [process.returncode for process in both] == [0, 0], printed
    assert "Epoch 1/" not in printed[0][0] and printed[0][0].count("Epoch 6/6") == 1
    assert printed[1][0] == ""
    assert snapshot(folders[1]) == before
    scores = json.loads((folders[0] / "metrics/train.json").read_text())
    assert scores["environment"]["workers"] == 2

    alone = ready(corpus_folder, tmp_path / "alone", **CHANGES)
    run(*STAGE, cwd=alone)
    assert set(outputs(folders[0])) == set(outputs(alone))
    assert len(curves(alone)) == 4 * CHANGES["epochs"]
    assert curves(folders[0]) == pytest.approx(curves(alone), abs=1e-4)
