"""Kinds and sizes of files, and archives that would unpack to too much."""

import os
import zipfile
from pathlib import Path

import pytest

from sentiment.errors import UserError
from sentiment.system import untrusted


def test_a_regular_file_is_read_up_to_its_bound(tmp_path):
    (tmp_path / "a").write_bytes(b"12345")
    assert untrusted.read(tmp_path / "a", 5) == b"12345"
    with pytest.raises(UserError, match="a: 5 bytes, where 4 are the most that is read"):
        untrusted.read(tmp_path / "a", 4)


def test_pipes_and_devices_are_refused_at_once_and_folders_as_open_does(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", "/dev/zero"):
        with pytest.raises(UserError, match="a pipe or a device, not a file"):
            untrusted.opened(path)
    for path, error in ((tmp_path, IsADirectoryError), (tmp_path / "none", FileNotFoundError)):
        with pytest.raises(error):
            untrusted.opened(path)


def test_no_descriptor_is_left_open(tmp_path):
    before = sum(1 for _ in Path("/proc/self/fd").iterdir())
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", tmp_path):
        with pytest.raises((UserError, OSError)):
            untrusted.opened(path)
    assert sum(1 for _ in Path("/proc/self/fd").iterdir()) == before


def zipped(path, members):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def test_a_member_whose_size_is_a_lie_is_not_unpacked(tmp_path):
    path = zipped(tmp_path / "a.zip", {"a": bytes(10**6)})
    path.write_bytes(path.read_bytes().replace((10**6).to_bytes(4, "little"), (10).to_bytes(4, "little")))
    with untrusted.zipped(path, 10**6) as archive:
        assert archive.getinfo("a").file_size == 10
        with pytest.raises(zipfile.BadZipFile, match="CRC"):
            untrusted.read_member(archive, "a", 10)
        with pytest.raises(ValueError, match="a: 10 bytes, where 9 are the most"):
            untrusted.read_member(archive, "a", 9)


@pytest.mark.parametrize(
    "change", [lambda content: b"x" + content, lambda content: content[:-1], lambda _: b""]
)
def test_what_is_not_an_archive_from_end_to_end_is_refused(tmp_path, change):
    path = zipped(tmp_path / "a.zip", {"a": b"1"})
    path.write_bytes(change(path.read_bytes()))
    with pytest.raises(zipfile.BadZipFile), untrusted.zipped(path, 1000):
        pass
