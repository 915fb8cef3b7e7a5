"""Stage clean over folders and S3, and on a Dask cluster: the bytes are those of one file here."""

import os
import signal
import sys
from pathlib import Path

import pandas as pd
import pytest
from conftest import ROOT, small_params, working_copy
from conftest import run as run_command
from distributed import LocalCluster

from sentiment.data import corpus
from sentiment.stages import clean
from sentiment.system import command

ROWS = 1800
TABLE, METRICS = Path("data/clean.parquet"), Path("metrics/data.json")


@pytest.fixture
def run(tmp_path, monkeypatch, capfd):
    """Run the stage in this process on the corpus at a path or URL; return exit status and standard error."""
    monkeypatch.chdir(tmp_path)

    def run(name, **parameters):
        small_params(tmp_path, **parameters)
        monkeypatch.setattr(sys, "argv", ["clean", str(name), str(TABLE), str(METRICS)])
        with pytest.raises(SystemExit) as exited:
            command.run(clean.main)
        return exited.value.code or 0, capfd.readouterr().err

    return run


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    """The first ROWS reviews of the sample."""
    path = tmp_path_factory.mktemp("sample") / "sample.csv"
    pd.read_csv(ROOT / "data" / "sample.csv", dtype=str)[:ROWS].to_csv(path, index=False)
    return path


@pytest.fixture(scope="module")
def expected(sample):
    """The outputs for the sample."""
    folder = sample.parent
    small_params(folder)
    run_command("python", "-m", "sentiment.stages.clean", sample.name, str(TABLE), str(METRICS), cwd=folder)
    return outputs(folder)


def outputs(folder=Path()) -> tuple[bytes, bytes]:
    return (folder / TABLE).read_bytes(), (folder / METRICS).read_bytes()


@pytest.fixture
def parts(sample, tmp_path):
    """A folder with the sample's reviews in three files of three formats, and a file that is none of them."""
    frame, folder = pd.read_csv(sample, dtype=str), tmp_path / "reviews"
    (folder / "more").mkdir(parents=True)
    frame[:200].to_csv(folder / "a.csv", index=False)
    frame[200:700].to_parquet(folder / "b.parquet")
    frame[700:].to_json(folder / "more/c.jsonl", orient="records", lines=True)
    (folder / "README.md").write_text("Reviews.")
    return folder


def test_a_folder_is_read_as_one_corpus(run, expected, parts):
    assert run(parts)[0] == 0
    assert outputs() == expected


def test_a_mistake_in_a_folder_names_the_file(run, parts):
    with (parts / "a.csv").open("a") as file:
        file.write("good\n")
    (parts / "d.csv").write_text("review,sentiment\n,positive\n")
    status, err = run(parts)
    assert (status, err.splitlines()[-1]) == (
        1,
        f"error: {parts}: a.csv, line 202: expected 2 fields, found 1; d.csv, line 2: an empty review",
    )
    assert not TABLE.exists()


def test_objects_on_s3_are_read_as_one_corpus(run, expected, parts, s3, monkeypatch):
    import s3fs

    monkeypatch.setenv("AWS_ENDPOINT_URL", s3.endpoint)
    s3fs.S3FileSystem().put(f"{parts}/", f"{s3.bucket}/reviews", recursive=True)
    assert run(f"{s3.bucket}/reviews")[0] == 0
    assert outputs() == expected
    status, err = run(f"{s3.bucket}/nothing")
    assert (status, err) == (
        1,
        f"error: {s3.bucket}/nothing: no such file; name yours in params.yaml as data.csv\n",
    )


@pytest.mark.slow
def test_any_number_of_workers_writes_the_same_bytes_even_if_one_is_killed(
    run, sample, expected, monkeypatch
):
    monkeypatch.setattr(corpus, "ROWS", ROWS // 60)
    monkeypatch.setattr(clean, "BUCKET", 2**14)
    assert run(sample)[0] == 0
    assert outputs() == expected
    blocks = corpus.Corpus.blocks
    with LocalCluster(n_workers=1, threads_per_worker=1, dashboard_address=":0") as cluster:
        address = {"scheduler": cluster.scheduler_address}
        for workers in (1, 2, 4):
            cluster.scale(workers)
            cluster.wait_for_workers(workers)
            assert run(sample, engine="dask", dask=address)[0] == 0
            assert outputs() == expected
        killed = []

        def and_kill(self):
            for number, block in enumerate(blocks(self)):
                yield block
                if number == 20:
                    killed.append(cluster.workers[0].pid)
                    os.kill(killed[0], signal.SIGKILL)

        monkeypatch.setattr(corpus.Corpus, "blocks", and_kill)
        assert run(sample, engine="dask", dask=address)[0] == 0
        assert killed and cluster.workers[0].pid != killed[0]
    assert outputs() == expected


@pytest.mark.slow
def test_dvc_runs_it_on_a_cluster_with_a_corpus_on_s3(sample, expected, tmp_path, s3, monkeypatch):
    import s3fs

    url = f"{s3.bucket}/for-dvc"
    monkeypatch.setenv("AWS_ENDPOINT_URL", s3.endpoint)
    objects = s3fs.S3FileSystem()
    objects.put(str(sample), f"{url}/a.csv")
    project = working_copy(tmp_path)
    small_params(project, data={"csv": url, "download": []}, dask={"workers": 1}, engine="dask")
    first = run_command("dvc", "repro", "clean", cwd=project)
    assert "Dask's dashboard: http://127.0.0.1:" in first.stderr
    assert outputs(project) == expected
    objects.pipe(f"{url}/b.csv", b"review,sentiment\nOne review more,positive\n")
    assert f"modified:           {url}" in run_command("dvc", "status", "clean", cwd=project).stdout
