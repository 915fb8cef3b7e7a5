import pytest

from sentiment.data import text_file
from sentiment.errors import UserError


def test_an_endless_line_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(text_file, "CHUNK", 3)
    monkeypatch.setattr(text_file, "LONGEST", 50)
    (tmp_path / "a.csv").write_text("a,b\n" + "x" * 1000)
    with pytest.raises(UserError, match="a line of more than 50 bytes"):
        list(text_file.lines(tmp_path / "a.csv"))


def test_errors_name_the_expected_format(tmp_path):
    (tmp_path / "a.jsonl").write_bytes(b"{}\n\0\n")
    with pytest.raises(UserError, match="line 2: a NUL byte; is this a JSON lines file"):
        list(text_file.lines(tmp_path / "a.jsonl", "JSON lines"))
