"""A disk that is full; a limit on the size of files stands in for it where a command writes."""

import errno
import os
import sys

import pytest
from conftest import ROOT, run

from sentiment.errors import UserError
from sentiment.system import files, full_disk

LEFT = (
    r"out\.json: No space left on device: it takes more than the [0-9,]+ bytes that are free in /.*; "
    "free some there, or by `dvc gc`, and run the same command again"
)


def test_a_file_that_does_not_fit_is_named(tmp_path):
    with pytest.raises(UserError, match=LEFT), files.replacing(tmp_path / "out.json"):
        os.write(os.open("/dev/full", os.O_WRONLY), b"x")
    with pytest.raises(UserError, match=LEFT), full_disk.naming(tmp_path / "out.json"):
        raise RuntimeError("HDF5: [errno 28] No space left on device")  # has no number


def test_other_errors_stay_what_they_are(tmp_path):
    for error in (OSError(errno.EACCES, "Permission denied"), UserError("x"), ValueError("x")):
        with pytest.raises(type(error)), files.replacing(tmp_path / "out.json"):
            raise error


@pytest.mark.parametrize(
    ("command", "file"),
    [
        ("sentiment.stages.clean data/sample.csv {}/clean.parquet {}/m", "clean.parquet"),
        ("sentiment.cli.main score data/sample.csv {}/out.csv", "out.csv"),
    ],
)
def test_stages_and_score_name_it_in_one_line(tmp_path, command, file):
    command = f"{sys.executable} -m {command.replace('{}', str(tmp_path))}"
    done = run("bash", "-c", f"unset ${{!COV*}}; ulimit -f 20; exec {command}", cwd=ROOT, check=False)
    error = [line for line in done.stderr.splitlines() if line.startswith("error: ")]
    assert (done.returncode, "Traceback" in done.stderr) == (1, False)
    assert error[0].startswith(f"error: {tmp_path}/{file}: File too large")
    assert list(tmp_path.glob(file)) == []
