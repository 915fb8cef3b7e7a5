"""Two runs of one stage, and a run that outlives what it was started for."""

import os
import shutil
import subprocess
import sys

import pytest

from sentiment.errors import UserError
from sentiment.system import locks, one_writer


@pytest.fixture
def stage(tmp_path):
    """A function that opens the outputs of a stage which copies `in` to `out`, under `parameters`."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "text").write_text("one")
    parameters = {"seed": 1}

    def replacing():
        return one_writer.replacing([tmp_path / "out"], [tmp_path / "in"], lambda: dict(parameters))

    replacing.parameters, replacing.folder = parameters, tmp_path
    return replacing


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_outputs_appear_together_and_nothing_else_stays(stage):
    with stage() as (settings, (out,)):
        out.write_text("new")
        assert settings == {"seed": 1}
    assert names(stage.folder) == ["in", "out"]


def test_a_second_run_is_refused_and_told_which_process_to_stop(stage):
    with stage() as (_, (out,)):
        problem = rf"out: process {os.getpid()} is still writing it"
        with pytest.raises(UserError, match=problem) as caught, stage():
            pass
        assert "\n" not in str(caught.value)
        out.write_text("first")
    assert (stage.folder / "out").read_text() == "first"


def test_a_lock_ends_with_its_process(stage):
    hold = "import sys; from sentiment.system import locks; from pathlib import Path\n"
    hold += "with locks.locked(Path(sys.argv[1])): print(flush=True); input()"
    lock = stage.folder / ".part-out.lock"
    command = [sys.executable, "-c", hold, str(lock)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        other.stdout.readline()
        with pytest.raises(UserError, match="still writing"), stage():
            pass
        other.kill()
    with stage() as (_, (out,)):
        out.write_text("ours")
    assert names(stage.folder) == ["in", "out"]


def other_parameters(stage):
    stage.parameters["seed"] = 2


def other_input(stage):
    (stage.folder / "in" / "text").write_text("two")


def no_input(stage):
    shutil.rmtree(stage.folder / "in")


@pytest.mark.parametrize(
    ("change", "named"), [(other_parameters, "params.yaml"), (other_input, "in"), (no_input, "in")]
)
def test_an_orphan_writes_nothing(stage, change, named):
    problem = rf"{named} changed while this stage ran, so it has written nothing; run `dvc repro` again"
    with pytest.raises(UserError, match=problem), stage() as (_, (out,)):
        out.write_text("old")
        change(stage)
    assert not {"out", ".part-out.lock"} & set(names(stage.folder))


def test_a_change_explains_other_errors_and_no_change_none(stage):
    with pytest.raises(UserError, match=r"params\.yaml changed"), stage():
        other_parameters(stage)
        raise KeyError
    with pytest.raises(KeyError), stage():
        raise KeyError


def test_a_run_whose_lock_was_taken_over_writes_nothing(stage):
    """As when `git clean` removes the lock's file, and a newer run makes another."""
    lock = stage.folder / ".part-out.lock"
    with pytest.raises(UserError, match="out: a newer run writes it"), stage() as (_, (out,)):
        out.write_text("old")
        lock.unlink()
        with locks.locked(lock):
            pass
    assert names(stage.folder) == [".part-out.lock", "in"]
