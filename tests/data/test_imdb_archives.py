import io
import tarfile
import zipfile

import pytest

from sentiment.data.imdb_archives import MAX_BYTES, kaggle_csv, stanford_csv
from sentiment.errors import UserError


def zipped(content: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("IMDB Dataset.csv", content)
    return file.getvalue()


def test_a_zip_cannot_fill_memory_or_disk(tmp_path):
    archive = zipped(b"x" * 100_000)
    size = (100_000).to_bytes(4, "little")
    header = archive.index(b"PK\1\2")  # where zips say how large their members are
    for claimed, error in ((MAX_BYTES + 1, UserError), (1000, zipfile.BadZipFile)):
        lying = archive[:header] + archive[header:].replace(size, claimed.to_bytes(4, "little"))
        (tmp_path / "archive").write_bytes(lying)
        with pytest.raises(error):
            kaggle_csv(tmp_path / "archive")


def test_a_tar_cannot_fill_memory_or_disk(tmp_path):
    header = tarfile.TarInfo("aclImdb/train/pos/0_9.txt")
    header.size = MAX_BYTES + 1
    with tarfile.open(tmp_path / "archive", "w:gz") as archive:
        archive.fileobj.write(header.tobuf())
    with pytest.raises(UserError, match="more than 500,000,000 bytes"):
        stanford_csv(tmp_path / "archive")
