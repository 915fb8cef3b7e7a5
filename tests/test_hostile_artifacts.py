"""Hostile and damaged models: each is refused in one line, within seconds and little memory."""

import resource
import shutil
import sys
import time

import pytest
from conftest import run

from benchmarks import hostile_artifacts
from sentiment.errors import UserError
from sentiment.inference.predictor import Predictor

SECONDS, BYTES = 5, 500 * 2**20  # to refuse one


def wrong(load, path) -> str | None:
    """Say what is wrong with how `load` refuses what is at `path`; None if nothing is."""
    before, start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    try:
        load(path)
        return "not refused"
    except UserError as error:
        if len(str(error).splitlines()) != 1 or str(path) not in str(error):
            return str(error)
    except BaseException as error:
        return repr(error)
    seconds = time.process_time() - start
    size = 1024 * (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
    return f"{seconds:.1f} s, {size:,} bytes" if seconds > SECONDS or size > BYTES else None


def faults(artifacts, load, path) -> tuple[int, dict[str, str]]:
    """Write one artifact after the other to `path`; return their number, and what is wrong with which."""
    count, found = 0, {}
    for name, write in artifacts:
        count += 1
        write(path)
        if fault := wrong(load, path):
            found[name] = fault
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    return count, found


def test_hostile_keras_files_are_refused(trained_folder, vocabulary, tmp_path):
    from sentiment.network import model

    whole = trained_folder / "models/model.keras"
    assert model.load(whole, vocabulary)
    artifacts = hostile_artifacts.keras_files(whole)
    count, found = faults(artifacts, lambda path: model.load(path, vocabulary), tmp_path / "model.keras")
    assert found == {}
    assert count >= 80


def test_hostile_exports_are_refused(exported, tmp_path):
    assert Predictor(exported[1])
    count, found = faults(hostile_artifacts.exports(exported[1]), Predictor, tmp_path / "export")
    assert found == {}
    assert count >= 100


@pytest.mark.slow
def test_commands_refuse_them_in_one_line(exported, trained_folder, tmp_path):
    names = {"network.onnx: zeros of 8 GB", "ngrams.npz: a pipe", "manifest.json: deep"}
    for name, write in hostile_artifacts.exports(exported[1]):
        if name in names:
            write(tmp_path / name)
            refused(tmp_path, sys.executable, "-m", "sentiment.cli.main", "predict", "--model", name, "Fine.")
    for name, write in hostile_artifacts.keras_files(trained_folder / "models/model.keras"):
        if name == "model.keras: a layer Lambda":
            shutil.copytree(trained_folder, tmp_path / "project")
            (tmp_path / "project/models/model.keras").unlink()
            write(tmp_path / "project/models/model.keras")
            folders = ("data", "models", "metrics")
            refused(tmp_path / "project", sys.executable, "-m", "sentiment.stages.evaluate", *folders)


def refused(folder, *command):
    done = run(*command, cwd=folder, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("error: ")
    assert len(done.stderr.splitlines()) == 1
