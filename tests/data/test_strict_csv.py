"""Streaming of CSV files; test_corpus and test_clean test which files are accepted."""

import pytest

from sentiment.data import strict_csv, text_file


@pytest.fixture
def read(tmp_path):
    """Write `content` to a file and read its records."""

    def read(content):
        (tmp_path / "a.csv").write_bytes(content.encode())
        return list(strict_csv.records(tmp_path / "a.csv"))

    return read


@pytest.fixture
def small(monkeypatch):
    """Read a few bytes at once, and allow records of 50 characters."""
    monkeypatch.setattr(text_file, "CHUNK", 3)
    monkeypatch.setattr(strict_csv, "LONGEST", 50)


CONTENT = '\ufeffa,b\r\n\r\n"x\ny","ü ""z"""\rlast,'


def test_records_keep_their_text(read):
    records = read(CONTENT)
    assert "".join(record.raw for record in records) == CONTENT[1:]
    assert [record.line for record in records] == [1, 2, 3, 5]
    assert [record.fields for record in records] == [["a", "b"], [], ["x\ny", 'ü "z"'], ["last", ""]]


def test_the_chunk_size_changes_nothing(read, small, monkeypatch):
    expected = read(CONTENT)
    for size in range(1, 30):
        monkeypatch.setattr(text_file, "CHUNK", max(4, size))  # the first chunk holds the byte-order mark
        assert read(CONTENT) == expected


def test_an_unclosed_quote_does_not_exhaust_memory(read, small):
    wrong, *rest = [
        record for record in read('a,b\n"x,1\n' + "y,2\n" * 1000) if record.problem or record.line > 990
    ]
    assert (wrong.line, wrong.problem) == (2, "the quote that opens here is not closed within 50 characters")
    assert [record.line for record in rest] == list(range(991, 1003))
