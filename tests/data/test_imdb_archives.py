"""Stanford's archive: which film a review is about. `test_download.py` tests the reviews."""

import io
import tarfile

import pytest

from sentiment.data.imdb_archives import review_checksum, stanford_films
from sentiment.errors import UserError


def archive(path, texts: dict[str, str]) -> None:
    with tarfile.open(path, "w:gz") as content:
        for name, text in texts.items():
            member = tarfile.TarInfo(f"aclImdb/{name}")
            member.size = len(text.encode())
            content.addfile(member, io.BytesIO(text.encode()))


def urls(*films: str) -> str:
    return "".join(f"http://www.imdb.com/title/{film}/usercomments\n" for film in films)


def test_films_of_the_original_archive(tmp_path):
    """Line i of urls_pos.txt is about pos/i_*.txt, wherever it stands in the archive."""
    texts = {
        "test/urls_neg.txt": urls("tt9"),
        "train/pos/1_9.txt": "Fine é",
        "train/pos/0_7.txt": "Good",
        "train/urls_pos.txt": urls("tt0111161", "tt2"),
        "train/unsup/0_0.txt": "Unlabelled",
        "train/urls_unsup.txt": urls("tt3"),
        "test/neg/0_1.txt": "Good",
    }
    archive(tmp_path / "films.tar.gz", texts)
    assert stanford_films(tmp_path / "films.tar.gz") == sorted(
        [
            (review_checksum("Fine é"), "tt2", "train"),
            (review_checksum("Good"), "tt0111161", "train"),
            (review_checksum("Good"), "tt9", "test"),
        ]
    )
    archive(tmp_path / "short.tar.gz", texts | {"train/urls_pos.txt": urls("tt0111161")})
    with pytest.raises(UserError, match=r"^no film of review train/pos/1 in the archive$"):
        stanford_films(tmp_path / "short.tar.gz")
