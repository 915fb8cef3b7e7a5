import hashlib
import resource
import shutil

import numpy as np
import pytest

from sentiment.errors import UserError
from sentiment.system import files


def names(folder):
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture
def folder(tmp_path):
    """A folder in `tmp_path` with a file `old`."""
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / "old").write_text("years")
    return tmp_path / "d"


def test_a_file_appears_whole(tmp_path):
    with files.replacing(tmp_path / "new" / "a.txt") as part:
        part.write_text("one")
        assert part.name == "a.txt"
        assert [part.parent] == list((tmp_path / "new").glob(".part-*-a.txt"))
    assert (tmp_path / "new" / "a.txt").read_text() == "one"
    assert names(tmp_path / "new") == ["a.txt"]


def test_a_folder_is_replaced_and_never_half_there(tmp_path, folder, monkeypatch):
    """Even if it is killed while the old content is removed, as the new one is there before."""
    seen, remove = [], shutil.rmtree
    monkeypatch.setattr(files.shutil, "rmtree", lambda path, **_: seen.append(names(folder)) or remove(path))
    with files.replacing(folder) as part:
        (part / "new").mkdir(parents=True)
    assert seen == [["new"]]
    assert (names(tmp_path), names(folder)) == (["d"], ["new"])


def test_a_move_that_fails_leaves_the_old_folder_where_it_was(tmp_path, folder, monkeypatch):
    def fail(*_):
        raise OSError("the disk is gone")

    monkeypatch.setattr(files.os, "replace", fail)
    with pytest.raises(OSError, match="gone"), files.replacing(folder) as part:
        part.mkdir()
    assert (names(tmp_path), names(folder)) == (["d"], ["old"])


def test_a_full_disk_is_reported_as_such(tmp_path):
    """A limit on the size of a file stands in for it."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, limits[1]))
    try:
        with pytest.raises(UserError, match=r"/a\.npy: File too large: larger than files may be here"):
            files.write_array(tmp_path / "a.npy", np.zeros(10_000))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert names(tmp_path) == []


@pytest.mark.parametrize("new_is_folder", [False, True])
def test_an_error_keeps_the_old_and_leaves_nothing(tmp_path, folder, new_is_folder):
    with pytest.raises(RuntimeError), files.replacing(folder) as part:
        part.mkdir() if new_is_folder else part.write_text("half")
        raise RuntimeError
    assert (names(tmp_path), names(folder)) == (["d"], ["old"])


def test_leftovers_of_killed_runs_are_removed_and_parts_of_living_ones_stay(tmp_path, folder):
    left = tmp_path / ".part-0123abcd-d"
    for _ in range(2):
        shutil.copytree(folder, left / "d")
        with files.replacing(folder) as living:
            living.mkdir()
            assert not left.exists()
            with files.replacing(folder) as part:
                part.mkdir()
                (part / "new").touch()
            assert living.is_dir()
    assert names(tmp_path) == ["d"]
    shutil.copytree(folder, left / "d")
    files.remove(folder)
    assert names(tmp_path) == []


def test_two_runs_have_parts_of_their_own(tmp_path):
    with files.replacing(tmp_path / "a") as slow:
        slow.write_text("slow")
        with files.replacing(tmp_path / "a") as fast:
            fast.write_text("fast")
        assert (tmp_path / "a").read_text() == "fast"
    assert (tmp_path / "a").read_text() == "slow"


def test_json_is_readable_and_never_holds_nan(tmp_path):
    files.write_json(tmp_path / "a.json", {"é": [1, 2.5]})
    assert (tmp_path / "a.json").read_text("utf-8") == '{\n  "é": [\n    1,\n    2.5\n  ]\n}\n'
    with pytest.raises(ValueError):
        files.write_json(tmp_path / "a.json", {"x": float("nan")})
    assert files.read_json(tmp_path / "a.json") == {"é": [1, 2.5]}


def test_a_file_never_replaces_a_folder(tmp_path, folder):
    with pytest.raises(IsADirectoryError):
        files.write_json(folder, {})
    assert (names(tmp_path), names(folder)) == (["d"], ["old"])


def test_sha256_of_a_file_of_several_chunks(tmp_path):
    content = bytes(range(256)) * (files.CHUNK // 128) + b"."
    (tmp_path / "file").write_bytes(content)
    assert files.sha256(tmp_path / "file") == hashlib.sha256(content).hexdigest()
