import pytest

from sentiment.data import encodings, text_file
from sentiment.errors import UserError

TEXT = "día\r\nკინო\n中文\rend"


@pytest.fixture
def read(tmp_path, monkeypatch):
    """Write `content` to a file, and read its lines, `chunk` bytes at once."""

    def read(content: bytes, encoding: str, chunk: int = 5) -> list[str]:
        monkeypatch.setattr(text_file, "CHUNK", chunk)
        (tmp_path / "a.csv").write_bytes(content)
        return list(text_file.lines(tmp_path / "a.csv", encoding=encoding, settable=True))

    return read


@pytest.mark.parametrize(
    "encoding", ["utf-8", "UTF8", "utf-8-sig", "utf-16", "utf-16-be", "utf-32", "gb18030"]
)
@pytest.mark.parametrize("chunk", [1, 2, 3, 5, 1000])
def test_lines_are_the_same_in_every_encoding(read, encoding, chunk):
    if encoding == "utf-8-sig":
        chunk = max(3, chunk)  # the mark is in the first
    assert read(TEXT.encode(encoding), encoding, chunk) == TEXT.splitlines(keepends=True)


def test_a_file_in_utf8_is_not_read_in_another_encoding(read):
    with pytest.raises(UserError, match=r"is UTF-8, but clean\.encoding in params.yaml is cp1252"):
        read("naïve café".encode(), "cp1252")
    assert read(b"plain", "cp1252") == ["plain"]


def test_an_error_in_another_encoding_names_its_line(read):
    with pytest.raises(
        UserError, match=r"line 3: not cp1252; set clean\.encoding to the one that reads right"
    ):
        read("é\né\n".encode("cp1252") + b"\x81\n", "cp1252", chunk=4)


@pytest.mark.parametrize(
    ("text", "encoding", "reading"),
    [
        ("ein schöner Film", "cp1252", "'ein schöner Film' in cp1252 and cp1250 and cp1254"),
        ("güzel bir şey", "cp1254", "'güzel bir şey' in cp1254"),
        ("хороший фильм", "cp1251", "'хороший филь' in cp1251"),
        ("这部电影很好看", "gb18030", "'这部电影很好' in gb18030"),
    ],
)
def test_the_right_reading_is_among_those_shown(read, text, encoding, reading):
    with pytest.raises(UserError) as caught:
        read(f"review\n{text}\n".encode(encoding), "utf-8")
    told = str(caught.value)
    assert "line 2: not UTF-8; it reads '" in told
    assert reading in told


def test_names_of_encodings():
    assert encodings.is_text("cp1252") and encodings.is_text("GBK")
    assert not any(map(encodings.is_text, ("base64", "nonsense", "a\0", "rot13")))
