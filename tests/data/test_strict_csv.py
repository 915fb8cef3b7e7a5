"""What streaming adds; the rules themselves are tested where `reviews` applies them."""

import pytest
from sentiment.errors import UserError

from sentiment.data import strict_csv


@pytest.fixture
def read(tmp_path):
    """Write `content` to a file and read its records."""

    def read(content):
        (tmp_path / "a.csv").write_bytes(content.encode())
        return list(strict_csv.records(strict_csv.lines(tmp_path / "a.csv")))

    return read


@pytest.fixture
def small(monkeypatch):
    """Read few bytes at once, and take few for too many."""
    monkeypatch.setattr(strict_csv, "CHUNK", 3)
    monkeypatch.setattr(strict_csv, "LONGEST", 50)


CONTENT = '\ufeffa,b\r\n\r\n"x\ny","ü ""z"""\rlast,'


def test_records_keep_the_text_they_stood_in(read):
    records = read(CONTENT)
    assert "".join(record.raw for record in records) == CONTENT[1:]
    assert [record.line for record in records] == [1, 2, 3, 5]
    assert [record.fields for record in records] == [["a", "b"], [], ["x\ny", 'ü "z"'], ["last", ""]]


def test_nothing_changes_where_a_chunk_ends(read, small, monkeypatch):
    expected = read(CONTENT)
    for size in range(1, 30):
        monkeypatch.setattr(strict_csv, "CHUNK", max(4, size))  # a byte-order mark is looked for in the first
        assert read(CONTENT) == expected


def test_a_quote_left_open_does_not_take_the_memory(read, small):
    wrong, *rest = [
        record for record in read('a,b\n"x,1\n' + "y,2\n" * 1000) if record.problem or record.line > 990
    ]
    assert (wrong.line, wrong.problem) == (2, "the quote that opens here is not closed within 50 characters")
    assert [record.line for record in rest] == list(range(991, 1003))


def test_an_endless_line_is_refused(read, small):
    with pytest.raises(UserError, match="a line of more than 50 bytes"):
        read("a,b\n" + "x" * 1000)
