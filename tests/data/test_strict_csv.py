"""CSV files are streamed; test_corpus tests which are accepted."""

import os
import time

import pytest

from sentiment.data import strict_csv, text_file
from sentiment.errors import UserError

CONTENT = '\ufeffa,b\r\n\r\n"x\ny","ü ""z"""\rlast,'


@pytest.fixture
def read(tmp_path, monkeypatch):
    """Write `content` to a file and read its records, of 50 bytes at most, `chunk` bytes at once."""
    for module in (strict_csv, text_file):
        monkeypatch.setattr(module, "LONGEST", 50)

    def read(content, chunk=4):
        monkeypatch.setattr(text_file, "CHUNK", chunk)
        (tmp_path / "a.csv").write_bytes(content.encode())
        return list(strict_csv.records(tmp_path / "a.csv"))

    return read


@pytest.mark.parametrize("chunk", range(4, 30))  # the first chunk holds the byte-order mark
def test_records_keep_their_text_whatever_the_size_of_chunks(read, chunk):
    records = read(CONTENT, chunk)
    assert "".join(record.raw for record in records) == CONTENT[1:].replace("\n\r\n", "\n")  # no blank line
    assert [record.line for record in records] == [1, 3, 5]
    assert [record.fields for record in records] == [["a", "b"], ["x\ny", 'ü "z"'], ["last", ""]]


def test_an_unclosed_quote_does_not_exhaust_memory(read):
    records = read('a,b\n"x,1\n' + "y,2\n" * 1000)
    assert records[1].problem == "the quote that opens here is not closed within 50 bytes"
    assert [record.line for record in records] == list(range(1, 1003))


@pytest.mark.parametrize("chunk", [4, 100])
def test_a_line_has_at_most_so_many_bytes_wherever_chunks_end(read, chunk):
    longest = "é" * 24 + "x\n"
    assert read(longest, chunk)[0].fields == ["é" * 24 + "x"]
    with pytest.raises(UserError, match="a line of more than 50 bytes"):
        read("x" + longest, chunk)


def test_an_endless_line_is_refused(read):
    with pytest.raises(UserError, match="a line of more than 50 bytes"):
        read("a,b\n" + "x" * 1000)


def test_wide_headers_and_blank_lines_take_linear_time(tmp_path):
    path, start = tmp_path / "a.csv", time.process_time()
    path.write_text(",".join(f"column{number}" for number in range(200_000)))
    with pytest.raises(UserError, match="no column 'review'"):
        strict_csv.read(path, ["review"], "")
    path.write_text("review\n" + "\n" * 500_000 + "good\n")
    _, rows = strict_csv.read(path, ["review"], "")
    assert [(row.line, row.fields) for row in rows] == [(500_002, ["good"])]
    assert time.process_time() - start < 5


def test_a_pipe_is_refused(tmp_path):
    os.mkfifo(tmp_path / "a.csv")
    with pytest.raises(UserError, match=r"a\.csv: a pipe or a device, not a file"):
        strict_csv.read(tmp_path / "a.csv", ["review"], "")


def test_a_text_of_another_table_has_no_more_bytes_than_a_line(monkeypatch):
    monkeypatch.setattr(text_file, "LONGEST", 50)
    assert text_file.problem(["é" * 25, 1, None]) is None
    assert text_file.problem(["é" * 25 + "x"]) == "a text of more than 50 bytes"
