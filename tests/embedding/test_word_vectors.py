"""Word vectors from files in every format, valid and invalid."""

import gzip
import io
import re
import tracemalloc
import zipfile

import numpy as np
import pytest

from sentiment.data.vocabulary import Vocabulary
from sentiment.embedding import word_vectors
from sentiment.errors import UserError

TEXT = "the 0.5 -1 25e-2\nGood 1 2 3\n. . . 7 8 9\n\u00a0 .5 +5. 5\nfilm 4 5 6\n".encode()
WANTED = {"the": [0.5, -1, 0.25], "good": [1, 2, 3], "film": [4, 5, 6]}
ENTRY = b"PK\1\2\x14\3\x14\0\0"  # of a member in a zip's directory; the last byte says if it is encrypted


def vocabulary(*tokens: str, lowercase: bool = True) -> Vocabulary:
    return Vocabulary("regexp", lowercase, 60, 0.5, tokens)


def zipped(**members: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "/").replace("_", "."), content)
    return file.getvalue()


def read(folder, content: bytes, *tokens: str, name: str = "v.txt", lowercase: bool = True) -> dict:
    """Read `content` from a file with that name; the values as plain lists."""
    (folder / name).write_bytes(content)
    found = word_vectors.read(folder / name, vocabulary(*tokens, lowercase=lowercase), 3)
    assert all(vector.dtype == np.float32 for vector in found.values())
    return {token: vector.tolist() for token, vector in found.items()}


def error(folder, content: bytes) -> str:
    with pytest.raises(UserError) as caught:
        read(folder, content, "the")
    assert "\n" not in str(caught.value)
    return str(caught.value).removeprefix(f"{folder / 'v.txt'}: ")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("glove.txt", TEXT),
        ("windows.txt", b"\xef\xbb\xbf" + TEXT[:-1].replace(b"\n", b"\r\n")),
        ("fasttext.vec", b"5 3\n" + TEXT.replace(b"\n", b" \n")),
        ("glove.txt.gz", gzip.compress(TEXT, mtime=0)),
        ("gzip.zip", gzip.compress(TEXT, mtime=0)),
        ("one.zip", zipped(anything=TEXT)),
        ("one_text.zip", zipped(folder__=b"", folder__v_vec=TEXT, LICENSE=b"free")),
        ("of_that_size.zip", zipped(g_13d_txt=b"x", g_3d_txt=TEXT, g_300d_txt=b"x", README_txt=b"x")),
    ],
)
def test_every_format_is_read(tmp_path, name, content):
    assert read(tmp_path, content, "the", "good", "film", "unheard", name=name) == WANTED


def test_a_token_may_hold_white_space_and_the_first_of_two_counts(tmp_path):
    found = read(tmp_path, TEXT + "\u0085 1 1 1\n\u0085 2 2 2\n".encode(), ". . .", "\u00a0", "\u0085")
    assert found == {". . .": [7, 8, 9], "\u00a0": [0.5, 5, 5], "\u0085": [1, 1, 1]}


def test_the_very_token_comes_before_its_other_cases(tmp_path):
    content = b"US 1 1 1\nUs 2 2 2\nus 3 3 3\nUK 4 4 4\nUk 5 5 5\n"
    assert read(tmp_path, content, "us", "uk") == {"us": [3, 3, 3], "uk": [4, 4, 4]}
    assert read(tmp_path, content, "us", "uk", "UK", lowercase=False) == {"us": [3, 3, 3], "UK": [4, 4, 4]}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "no word vectors in it"),
        (b"b 1 2 3\n", "vectors of none of the vocabulary's tokens"),
        (b"the,1,2,3\n", "line 1: no space in it; expected a token and its values"),
        (b"a 1 2\n", "line 1: 2 dimensions, but embedding.dimensions in params.yaml is 3"),
        (b"7 300\na 1 2 3\n", "line 1: 300 dimensions, but embedding.dimensions in params.yaml is 3"),
        (b"9" * 5000 + b" 3\na 1 2 3\n", "line 1: 1 dimensions, "),
        (b"2 3\na 1 2 3\nb 1 2\n", "line 3: 2 dimensions, "),
        (b"a 1 2 3\nb 1 2 3 4\n", "line 2: 4 dimensions, "),
        (b"a 1 2 3\n\nb 1 2 3\n", "line 2: 0 dimensions, "),
        (b"a 1 2 3\nb 1 x 3\n", "line 2: 'x' is not a finite number"),
        (b"a 1 2 3\nb 1 nan 3\n", "line 2: 'nan' is not a finite number"),
        (b"a 1 2 3\nb 1_0 2 3\n", "line 2: '1_0' is not a finite number"),
        (b"a 1 2 3\nb 1  3\n", "line 2: '' is not a finite number"),
        ("a 1 2 3\nb 1 \uff12 3\n".encode(), "line 2: '\uff12' is not a finite number"),
        (b"a 1 2 3\nthe 1 1e99 3\n", "line 2: a value that is too large for 32 bits"),
        (b"a 1 2 3\nb\xff 1 2 3\n", "line 2: not UTF-8"),
        (b"5 3\na 1 2 3\n", "1 vectors, but line 1 announces 5; is it complete?"),
        (b"1 3\na 1 2 3\nb 1 2 3\n", "2 vectors, but line 1 announces 1; is it complete?"),
        (b"a 1 2 3\n" + b"b" * 2**21, "line 2: 1,048,576 bytes or more"),
        (gzip.compress(TEXT, mtime=0)[:-9], "line 6: broken or incomplete archive"),
        (gzip.compress(TEXT, mtime=0)[:-8] + b"\0" * 8, "line 6: broken or incomplete archive"),
        (zipped(v_txt=TEXT)[:-30], "line 1: broken or incomplete archive"),
        (zipped(v_txt=TEXT).replace(ENTRY, ENTRY[:-1] + b"\1"), "archive (File 'v.txt' is encrypted"),
        (zipped(v_txt=b"a 1 2 3\nb 1 2\n"), "v.txt: line 2: 2 dimensions"),
        (zipped(a_txt=TEXT, b_vec=TEXT), "which of its members (a.txt, b.vec)?"),
        (zipped(a_3d_txt=TEXT, b_3d_txt=TEXT), "which of its members (a.3d.txt, b.3d.txt)?"),
        (zipped(**{f"v{i}_txt": b"" for i in range(99)}), "v9.txt, …)?"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_one_line_with_its_number(tmp_path, content, message):
    assert message in error(tmp_path, content)


def test_damage_in_the_middle_is_found(tmp_path):
    random = np.random.default_rng(0).integers(0, 10**6, (5000, 3))
    content = "".join(f"w{i} {a} {b} {c}\n" for i, (a, b, c) in enumerate(random)).encode()
    for packed in (gzip.compress(content, mtime=0), zipped(v_txt=content)):
        half = len(packed) // 2
        damaged = packed[:half] + b"\0" * 9 + packed[half + 9 :]
        assert int(re.match(r"(?:v\.txt: )?line (\d+): ", error(tmp_path, damaged))[1]) > 1


def test_memory_does_not_grow_with_the_file(tmp_path):
    with gzip.open(tmp_path / "v.gz", "wb", compresslevel=1) as file:
        for i in range(2000):
            file.write(b"w%d%s\n" % (i, b" 0.123456" * 200))  # 3.6 MB in all
    tracemalloc.start()
    found = word_vectors.read(tmp_path / "v.gz", vocabulary("w7", "w1999"), 200)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert set(found) == {"w7", "w1999"}
    assert peak < 2_000_000


def test_what_is_written_is_read_back_to_the_bit(tmp_path):
    values = np.random.default_rng(0).normal(0, 1, (4, 3)).astype(np.float32) * np.float32([1e-30, 1, 1e30])
    written = dict(zip(["the", "7/10", "caf\u00e9", "\u0085"], values, strict=True))
    word_vectors.write(tmp_path / "v.txt", written)
    found = word_vectors.read(tmp_path / "v.txt", vocabulary(*written), 3)
    assert list(found) == list(written)
    assert all(found[token].tobytes() == written[token].tobytes() for token in written)
    word_vectors.write(tmp_path / "v.txt", {"a": np.float32([1, 0.1, -2.5])})
    assert (tmp_path / "v.txt").read_bytes() == b"a 1.0 0.1 -2.5\n"
