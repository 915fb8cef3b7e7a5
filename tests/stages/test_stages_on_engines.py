"""The stages tokenize and baseline on many small parts: the same bytes on every engine, bounded memory."""

import csv
import os
import signal
import threading
import time
import tracemalloc
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml
from conftest import ROOT, small_params
from distributed import Client, LocalCluster

from sentiment.data import clean_reviews, dataset, splitting
from sentiment.data.clean_reviews import CleanReviews
from sentiment.engine import local
from sentiment.engine.serial import HERE
from sentiment.ngrams import counting
from sentiment.stages import baseline, tokenize

CLEAN, TOKENS = Path("clean.parquet"), Path("tokens")


@pytest.fixture(scope="module")
def client():
    """A client of a cluster with two workers."""
    with (
        LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster,
        Client(cluster) as client,
    ):
        yield client


@pytest.fixture(autouse=True)
def many_small_parts(monkeypatch):
    monkeypatch.setattr(clean_reviews, "PART", 60)
    monkeypatch.setattr(dataset, "BLOCK", 60)
    monkeypatch.setattr(counting, "BUCKET", 10_000)
    monkeypatch.setattr(local, "SHORT", 0)


def write_sample(path: Path, times: int = 1) -> None:
    """400 reviews of the sample, so many `times`, each time with a word more."""
    with (ROOT / "data/sample.csv").open(newline="", encoding="utf-8") as file:
        _, *rows = csv.reader(file)
    texts = [f"{text} {number}" for number in range(times) for text, _ in rows[:400]]
    labels = pa.array([label == "positive" for _, label in rows[:400]] * times).cast(pa.int8())
    pq.write_table(pa.table({"text": texts, "label": labels}), path)


def run_stages(folder: Path, scheduler: str, monkeypatch) -> dict[str, bytes]:
    """Run both stages in `folder`; what they have written."""
    folder.mkdir()
    monkeypatch.chdir(folder)
    write_sample(CLEAN)
    small_params(folder, baseline={"reviews": 200}, dask={"scheduler": scheduler})
    content = yaml.safe_load(Path("params.yaml").read_text("utf-8"))
    content["engine"] = "dask" if scheduler else "local"
    Path("params.yaml").write_text(yaml.safe_dump(content), "utf-8")
    tokenize.main(CLEAN, TOKENS, Path("tokens.json"))
    baseline.main(TOKENS, Path("baseline"), Path("votes.npy"), Path("baseline.json"))
    made = [path for path in Path().rglob("*") if path.is_file() and path.name != "params.yaml"]
    return {str(path): path.read_bytes() for path in made}


def peak(folder: Path, times: int) -> int:
    """The most bytes of Python's and NumPy's that both stages take for a corpus, after its split."""
    folder.mkdir()
    write_sample(folder / CLEAN, times)
    small_params(folder)
    settings = tokenize.params.load("tokenize", path=folder / "params.yaml")
    reviews = CleanReviews(folder / CLEAN)
    rows = splitting.split(reviews.labels, 0.2, 0.1, 42)
    tracemalloc.start()
    corpus = tokenize.fitted(reviews, rows, settings, HERE, folder)
    tokenize.write(corpus, HERE, folder / TOKENS, folder / "tokens.json")
    training = dataset.load(folder / TOKENS / "train")
    counting.count(training, counting.Negation.of(corpus.vocabulary, 3), 2, times, HERE, folder)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return most


def test_memory_does_not_grow_with_the_corpus(tmp_path):
    """Before any cluster is started, whose threads would count, too."""
    peak(tmp_path / "warm", 1)
    once, often = peak(tmp_path / "once", 1), peak(tmp_path / "often", 4)
    assert often < 1.5 * once


def kill_a_worker(client: Client) -> None:
    """End one of the workers once it has begun to work."""
    while not any(client.processing().values()):
        time.sleep(0.01)
    os.kill(next(iter(client.run(os.getpid).values())), signal.SIGKILL)


@pytest.mark.slow
def test_both_engines_leave_the_same_bytes_even_if_a_worker_is_killed(tmp_path, client, monkeypatch):
    expected = run_stages(tmp_path / "local", "", monkeypatch)
    assert len(expected) == 19
    killer = threading.Thread(target=kill_a_worker, args=[client])
    killer.start()
    assert run_stages(tmp_path / "dask", client.scheduler.address, monkeypatch) == expected
    killer.join()
