"""scoring/parts.py: folders of tables, here and on a Dask cluster, on disk and on S3."""

import os
import signal
import time
from pathlib import Path

import psutil
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from score_command import MODEL, TEXTS, refused, score, start

from sentiment.engine.local import LocalEngine
from sentiment.errors import UserError
from sentiment.scoring import parts

pytestmark = pytest.mark.slow

ROWS = 600  # of a part: more than a block


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Six parts in the folder `in`, of three formats and one of them further down; `out` has their scores."""
    folder = tmp_path_factory.mktemp("parts")
    (folder / "in/2024").mkdir(parents=True)
    texts = [f"{text} {number}" for number, text in enumerate(TEXTS * (ROWS // len(TEXTS)))]
    lines = ('"{}",positive'.format(text.replace('"', '""')) for text in texts)
    content = "\n".join(["review,sentiment", *lines, ""])
    for number in range(4):
        (folder / f"in/a{number}.csv").write_text(content, "utf-8")
    (folder / "in/b.jsonl").write_text('{"review": "Awful."}\n{"review": ""}\n', "utf-8")
    pq.write_table(pa.table({"review": texts, "number": range(ROWS)}), folder / "in/2024/c.parquet")
    (folder / "in/.hidden.csv").write_text("no part")
    printed = score(folder, "in", "out").stdout
    assert f"out: 6 parts, 6 of them scored now, with {5 * ROWS + 2:,} rows\n" in printed
    assert "1 can't tell" in printed and "by the labels in column 'sentiment'" in printed
    return folder


def contents(folder) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def wait_for_a_part(process, output):
    while not list(output.glob("a*.csv")):
        assert process.poll() is None, process.stderr.read()
        time.sleep(0.01)


def test_a_part_has_the_bytes_of_a_file_that_is_scored_alone(folder):
    score(folder, "in/2024/c.parquet", "alone.parquet")
    assert (folder / "alone.parquet").read_bytes() == (folder / "out/2024/c.parquet").read_bytes()
    assert set(contents(folder / "out")) == {
        *(f"a{number}.csv" for number in range(4)),
        *("b.jsonl", "2024/c.parquet", ".sentiment-score.json"),
    }


def test_a_killed_run_resumes_with_the_parts_that_are_left(folder):
    process = start(folder, "in", "resumed")
    wait_for_a_part(process, folder / "resumed")
    workers = process.children(recursive=True)
    process.kill()
    process.wait()
    assert psutil.wait_procs(workers, timeout=60)[1] == []
    outputs = [folder / "resumed" / name for name in contents(folder / "out") if name[0] != "."]
    before = {path: path.stat().st_ino for path in outputs if path.exists()}
    assert 1 <= len(before) < 6
    assert f"{len(before)} of 6 parts are finished" in score(folder, "in", "resumed").stderr
    assert all(path.stat().st_ino == number for path, number in before.items())
    assert contents(folder / "resumed") == contents(folder / "out")


def test_a_cluster_that_loses_a_worker_gives_the_same_bytes(folder):
    from distributed import LocalCluster

    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:
        scheduler = "--engine", "dask", "--scheduler", cluster.scheduler_address
        process = start(folder, "in", "clustered", *scheduler)
        wait_for_a_part(process, folder / "clustered")
        os.kill(cluster.workers[0].pid, signal.SIGKILL)
        printed, errors = process.communicate(timeout=300)
    assert process.returncode == 0, errors
    assert "clustered: 6 parts, 6 of them scored now" in printed
    assert contents(folder / "clustered") == contents(folder / "out")


def test_a_wrong_part_is_named_and_those_that_are_finished_stay(folder, tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in/a.csv").write_text("review\nfine\n")
    (tmp_path / "in/b.csv").write_text("review\nfine\n,one field too many\n")
    result = score(tmp_path, "./in/", "out/", check=False)
    assert result.returncode == 1 and "Traceback" not in result.stderr
    assert result.stderr.splitlines()[-1].startswith("error: ./in/b.csv: line 3: ")
    assert (tmp_path / "out/a.csv").read_text().startswith("review,probability,predicted\nfine,0.")
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"a.csv", ".sentiment-score.json"}

    message = refused(tmp_path, "in", "out", "--text-column", "text")
    assert message.startswith("out: has scores of another model or text column; name another folder")


@pytest.mark.parametrize(
    ("source", "output", "message"),
    [
        ("none", "new", "none: no folder with a file in it"),
        ("empty", "new", "empty: no folder with a file in it"),
        ("in", "in/new", "in/new: within in, whose files are parts; name a folder elsewhere"),
        ("in", "file.csv", "file.csv: a file; name a folder, as in is one"),
        ("in", "there", "there: has a file a.csv that is no scored part; name another folder"),
    ],
)
def test_folders_that_cannot_be_scored_are_refused(tmp_path, monkeypatch, source, output, message):
    monkeypatch.chdir(tmp_path)
    for name in ("in/a.csv", "there/a.csv", "file.csv"):
        Path(name).parent.mkdir(exist_ok=True)
        Path(name).write_text("review\nfine\n")
    Path("empty").mkdir()
    with pytest.raises(UserError, match=message):
        parts.score(source, output, MODEL, parts.Columns(None, None), LocalEngine())


def test_options_that_are_not_for_this_input_are_refused(folder):
    message = "--force is for one file; remove new instead, or name another folder"
    assert refused(folder, "in", "new", "--force") == message
    assert (
        refused(folder, "in", "new", "--scheduler", "tcp://a:1") == "--scheduler tcp://a:1: add --engine dask"
    )
    message = "in/a0.csv: no folder; --engine dask scores the files in one, each as a whole"
    assert refused(folder, "in/a0.csv", "new.csv", "--engine", "dask") == message


def test_parts_on_s3(s3, tmp_path, monkeypatch):
    import s3fs

    monkeypatch.setenv("AWS_ENDPOINT_URL", s3.endpoint)
    system = s3fs.S3FileSystem(endpoint_url=s3.endpoint)
    for name in ("a.csv", "2024/b.csv", "wrong.csv"):
        system.pipe(f"bucket/in/{name}", b"text\nfine\n" if name == "wrong.csv" else b"review\nfine\n")
    wrong = score(tmp_path, f"{s3.bucket}/in", f"{s3.bucket}/out", check=False)
    assert wrong.stderr.splitlines()[-1].startswith(
        "error: s3://bucket/in/wrong.csv: line 1: no column 'review'"
    )
    system.rm("bucket/in/wrong.csv")
    assert "2 parts are finished" in score(tmp_path, f"{s3.bucket}/in", f"{s3.bucket}/out").stderr
    assert system.cat("bucket/out/2024/b.csv").startswith(b"review,probability,predicted\nfine,0.")
    assert list(tmp_path.iterdir()) == []
