import errno
import hashlib
import os
import resource
import subprocess
import sys

import numpy as np
import pytest

from sentiment.system import files


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_a_file_appears_whole(tmp_path):
    with files.replacing(tmp_path / "new" / "a.txt") as part:
        part.write_text("one")
        assert not (tmp_path / "new" / "a.txt").exists()
        assert part.suffix == ".txt"
    assert (tmp_path / "new" / "a.txt").read_text() == "one"
    assert names(tmp_path / "new") == ["a.txt"]


def test_a_folder_replaces_a_folder(tmp_path):
    for content in ("old", "new"):
        with files.replacing(tmp_path / "d") as part:
            (part / "sub").mkdir(parents=True)
            (part / "sub" / content).write_text(content)
    assert names(tmp_path / "d" / "sub") == ["new"]
    assert names(tmp_path) == ["d"]


def test_a_folder_is_never_half_there(tmp_path, monkeypatch):
    """Even if it is killed while the old content is removed, as the new one is there before."""
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / "old").write_text("")
    seen = []
    monkeypatch.setattr(files.shutil, "rmtree", lambda path: seen.append(names(tmp_path / "d")))
    with files.replacing(tmp_path / "d") as part:
        part.mkdir()
        (part / "new").write_text("")
    assert seen == [["new"]]


def test_a_move_that_fails_leaves_the_old_folder_where_it_was(tmp_path, monkeypatch):
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / "old").write_text("")

    def fail(*_):
        raise OSError("the disk is gone")

    monkeypatch.setattr(files.os, "replace", fail)
    with pytest.raises(OSError, match="gone"), files.replacing(tmp_path / "d") as part:
        part.mkdir()
    assert names(tmp_path) == ["d"]
    assert names(tmp_path / "d") == ["old"]


def test_a_full_disk_is_reported_as_such(tmp_path, monkeypatch):
    """A limit on the size of a file stands in for it."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, limits[1]))
    try:
        with pytest.raises(OSError, match="File too large"):
            files.write_array(tmp_path / "a.npy", np.zeros(10_000))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert names(tmp_path) == []


def test_an_error_about_the_content_of_a_file_is_no_system_error():
    assert files.is_system_error(PermissionError(errno.EACCES, "Permission denied"))
    assert not files.is_system_error(OSError("ZSTD decompression failed"))  # as pyarrow does
    assert not files.is_system_error(ValueError(errno.EACCES))


def test_leftovers_of_a_kill_between_the_two_moves_of_a_folder_are_removed(tmp_path):
    (tmp_path / ".part-old-d").mkdir()
    (tmp_path / ".part-d").mkdir()
    with files.replacing(tmp_path / "d") as part:
        part.mkdir()
    assert names(tmp_path) == ["d"]


@pytest.mark.parametrize("folder", [False, True])
def test_an_error_keeps_the_old_and_leaves_nothing(tmp_path, folder):
    target = tmp_path / "a"
    target.write_text("old")
    with pytest.raises(RuntimeError), files.replacing(target) as part:
        part.mkdir() if folder else part.write_text("half")
        raise RuntimeError
    assert target.read_text() == "old"
    assert names(tmp_path) == ["a"]


def test_leftovers_of_a_killed_run_are_removed(tmp_path):
    script = f"""
import os, signal
from sentiment.system import files
with files.replacing({str(tmp_path / "a")!r}) as part:
    part.write_text("half")
    os.kill(os.getpid(), signal.SIGKILL)
"""
    subprocess.run([sys.executable, "-c", script], check=False)
    assert names(tmp_path) == [".part-a"]
    files.write_json(tmp_path / "a", {"b": 1})
    assert names(tmp_path) == ["a"]
    assert files.read_json(tmp_path / "a") == {"b": 1}


def test_json_is_readable_and_never_holds_nan(tmp_path):
    files.write_json(tmp_path / "a.json", {"é": [1, 2.5]})
    assert (tmp_path / "a.json").read_text("utf-8") == '{\n  "é": [\n    1,\n    2.5\n  ]\n}\n'
    with pytest.raises(ValueError):
        files.write_json(tmp_path / "a.json", {"x": float("nan")})
    assert files.read_json(tmp_path / "a.json") == {"é": [1, 2.5]}


def test_an_array_comes_back_equal_and_appears_whole(tmp_path):
    array = np.arange(6, dtype=np.float16).reshape(3, 2)
    files.write_array(tmp_path / "new" / "a.npy", array)
    with pytest.raises(ValueError, match="pickle"):  # once the file's header is written
        files.write_array(tmp_path / "new" / "a.npy", np.array([{}]))
    back = np.load(tmp_path / "new" / "a.npy")
    assert back.dtype == array.dtype
    assert back.tolist() == array.tolist()
    assert names(tmp_path / "new") == ["a.npy"]


def test_a_missing_write_permission_is_an_os_error(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError, match=os.strerror(17) + "|" + os.strerror(20)):
        files.write_json(tmp_path / "file" / "a.json", {})


def test_a_file_never_replaces_a_folder(tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "work").write_text("years")
    with pytest.raises(IsADirectoryError):
        files.write_json(tmp_path / "mine", {})
    assert (tmp_path / "mine" / "work").read_text() == "years"
    assert names(tmp_path) == ["mine"]


def test_removing_clears_leftovers_too(tmp_path):
    for name in ("d", ".part-d"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "file").write_text("")
    files.remove(tmp_path / "d")
    assert names(tmp_path) == []


@pytest.mark.parametrize("size", [0, 3, files.CHUNK, files.CHUNK + 1])
def test_sha256_of_a_file_of_any_size(tmp_path, size):
    content = (bytes(range(256)) * (size // 256 + 1))[:size]
    (tmp_path / "file").write_bytes(content)
    assert files.sha256(tmp_path / "file") == files.sha256(str(tmp_path / "file"))
    assert files.sha256(tmp_path / "file") == hashlib.sha256(content).hexdigest()
