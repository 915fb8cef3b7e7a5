import time
from pathlib import Path

import pytest

from sentiment.data import corpus
from sentiment.data.layout import Layout
from sentiment.errors import UserError

HEADER = "review,sentiment\n"
GOOD = HEADER + "a good film,positive\na bad film,negative\n"


@pytest.fixture
def read(tmp_path, monkeypatch):
    """Write `content` to reviews.csv and read it."""
    monkeypatch.chdir(tmp_path)

    def read(content, text_column="review", label_column="sentiment", group_column="", **layout):
        Path("reviews.csv").write_bytes(content if isinstance(content, bytes) else content.encode())
        return corpus.read("reviews.csv", Layout(text_column, label_column, group_column, **layout))

    return read


@pytest.mark.parametrize(
    "content",
    [
        *(mark + GOOD.replace("\n", end) for mark in ("", "\ufeff") for end in ("\n", "\r\n", "\r")),
        GOOD.rstrip(),
        GOOD.replace("\n", "\n\n"),
    ],
)
def test_line_ends_blank_lines_and_a_byte_order_mark_change_nothing(read, content):
    frame = read(content)
    assert frame["text"].tolist() == ["a good film", "a bad film"]
    assert frame["label"].tolist() == [1, 0]
    assert frame["label"].dtype == "int8"


def test_texts_are_read_to_the_letter(read):
    texts = ["NA", "null", "None", "nan", "true", 'no "quoted" field', "long " * 100_000]
    content = HEADER + "".join(f"{text},1\n" for text in texts) + '"a ""good"", long\r\nfilm",0\n'
    assert read(content)["text"].tolist() == [*texts, 'a "good", long\r\nfilm']


def test_labels_are_words_or_numbers_in_any_case(read):
    spellings = [
        "positive",
        " POSITIVE ",
        "1",
        "Pos",
        "TRUE",
        "1.0",
        "Negative",
        "negative\t",
        "0",
        "neg",
        "false",
        "0.00",
    ]
    content = HEADER + "".join(f"x,{label}\n" for label in spellings)
    assert read(content)["label"].tolist() == [1] * 6 + [0] * 6


WRONG = {
    "empty": (b"\xef\xbb\xbf\n\n\r\n", "an empty file"),
    "header alone": (HEADER, "no rows"),
    "no header": (
        "x,1\n",
        "line 1: no column 'review' and no 'sentiment'; its columns are 'x', '1'; "
        'is there no header? add one that names all columns: (echo "name1,name2"; cat "reviews.csv") > w',
    ),
    "space in header": ("review, sentiment\n", "no column 'sentiment'; its columns are 'review', ' sent"),
    "capital in header": ("Review,sentiment\n", "no column 'review'"),
    "tabs": (
        "review\tsentiment\nx\t1\n",
        r"""separated by '\t'? set clean.delimiter: "tab" in params.yaml""",
    ),
    "semicolons": ("text;label\nx;1\n", "separated by ';'? set clean.delimiter: \";\" in params.yaml"),
    "quoted semicolons": (
        '"review";"sentiment"\n',
        "after a closing quote (a quote within a review is "
        "written twice); separated by ';'? set clean.delimiter: ",
    ),
    "hundreds of columns": (",".join(map(str, range(999))) + "\n", "'19', ..."),
    "repeated column": ("review,id,sentiment,review\nx,1,1,2\n", "line 1: column 'review' occurs twice"),
    "broken quote in header": ('"review"x,sentiment\n', "line 1: text after a closing quote"),
    "comma too many": (GOOD + "a good, long film,positive\n", "line 4: expected 2 fields, found 3"),
    "comma at the end": (GOOD + "x,positive,\n", "line 4: expected 2 fields, found 3"),
    "no label field": (GOOD + "a film\n", "line 4: expected 2 fields, found 1"),
    "cut off": (GOOD + '"a film that', "line 4: the quote that opens here is never closed"),
    "unclosed in a later line": (HEADER + '"one\ntwo","1\n', "line 3: the quote that opens here is never"),
    "unclosed, then an error": (
        HEADER + '"open,1\nx,good\n',
        "is never closed; column 'sentiment': neither positive nor negative: 'good' (1);",
    ),
    "unclosed, then a quote": (
        HEADER + '"open,positive\nx,negative\n"closed",positive\nx,good\n',
        "line 2: the quote that opens here is not closed before more text in line 4; column 'sentiment'",
    ),
    "space after a quote": (GOOD + '"x" ,positive\n', "line 4: text after a closing quote"),
    "quote not doubled": (GOOD + '"a "good" film",positive\n', "line 4: text after a closing quote"),
    "backslash before a quote": (GOOD + '"a \\"b\\" c",positive\n', "line 4: text after a closing quote"),
    "blank review": (GOOD + '" \t\n ",positive\n', "line 4: an empty review"),
    "empty label": (
        GOOD + "x,\n",
        "column 'sentiment': neither positive nor negative: '' (1); in params.yaml, ",
    ),
    "label 1.5": (GOOD + "x,1.5\n", "neither positive nor negative: '1.5' (1); in"),
    "endless label": (GOOD + "x," + "y" * 10**6 + "\n", "neither positive nor negative: 'yyy"),
    "newline in label": (GOOD + 'x,"a\nb"\n', r"neither positive nor negative: 'a\nb' (1)"),
    "several": (
        HEADER + 'x,good\n"one\ntwo\r\nthree",positive\n,positive\nonly one field\n',
        "reviews.csv: line 6: an empty review; line 7: expected 2 fields, found 1; column 'sentiment'",
    ),
    "many": (
        HEADER + "x,good,\n" * 25,
        "line 11: expected 2 fields, found 3; and 15 more",
    ),
    "one class": (HEADER + "x,positive\ny,1\n", "all 2 labels mean positive"),
    "Latin-1": (
        b"caf\xe9,1\n",
        "line 1: not UTF-8; it reads 'café,1' in cp1252 and cp1250 and cp1254, 'cafй,1' in cp1251; set",
    ),
    "half a character": (GOOD.encode() + b"caf\xc3", "line 4: not UTF-8"),
    "UTF-8 of a surrogate": (HEADER.encode() + b"\xed\xa0\x80,1\n", "line 2: not UTF-8"),
    "UTF-16": (GOOD.encode("utf-16"), "not UTF-8 but UTF-16; set clean.encoding to utf-16 in"),
    "UTF-16 big-endian": (b"\xfe\xff" + HEADER.encode("utf-16-be"), "not UTF-8 but UTF-16"),
    "UTF-32": (GOOD.encode("utf-32"), "not UTF-8 but UTF-32"),
    "UTF-16 without a mark": (HEADER.encode("utf-16-le"), "line 1: a NUL byte; is this a CSV file"),
    "zip": (b"PK\x03\x04\x14\x00", "a compressed archive"),
    "gzip": (b"\x1f\x8b\x08\x00", "a compressed archive"),
}


@pytest.mark.parametrize(("content", "fragment"), WRONG.values(), ids=WRONG)
def test_a_wrong_csv_is_refused_in_one_line(read, content, fragment):
    with pytest.raises(UserError, match=r"^reviews\.csv: .{,900}$") as caught:
        read(content)
    assert fragment in str(caught.value)


@pytest.mark.parametrize(
    ("name", "error"),
    [("none.csv", "no such file; name yours"), ("", "a folder without a file whose name ends in .csv")],
)
def test_what_is_no_file_is_refused(tmp_path, name, error):
    (tmp_path / "_SUCCESS.csv").touch()
    with pytest.raises(UserError, match=error):
        corpus.read(tmp_path / name, Layout("review", "sentiment"))


def test_many_broken_quotes_take_linear_time(read):
    start = time.process_time()
    with pytest.raises(UserError, match="and 49990 more"):
        read(HEADER + '"x"y,positive\n' * 50_000)
    assert time.process_time() - start < 20


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        (("review", "review"), "text and label are both looked for in column 'review'"),
        (("review", "sentiment", "review"), "text and group are both looked for in column 'review'"),
        (("review", "sentiment", "sentiment"), "label and group are both looked for in column 'sentiment'"),
    ],
)
def test_no_two_of_text_label_and_group_are_in_the_same_column(read, columns, message):
    with pytest.raises(UserError, match=message):
        read(GOOD, *columns)


def test_groups_are_read_if_asked_for(read):
    content = "film,review,sentiment\n007,good,1\n NA\t,bad,0\n"
    assert read(content).columns.tolist() == ["text", "label"]
    frame = read(content, group_column="film")
    assert frame.columns.tolist() == ["text", "label", "group"]
    assert frame["group"].tolist() == ["007", "NA"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            "film,review,sentiment\na,good,1\n,bad,0\n \t,bad,0\n",
            "line 3: an empty group; line 4: an empty group",
        ),
        (
            GOOD,
            "line 1: no column 'film'; its columns are 'review', 'sentiment'; "
            "set clean.text_column and clean.label_column and clean.group_column in params.yaml",
        ),
    ],
)
def test_missing_groups_are_refused(read, content, message):
    with pytest.raises(UserError) as caught:
        read(content, group_column="film")
    assert str(caught.value) == f"reviews.csv: {message}"


def test_labels_are_those_that_the_layout_names(read):
    content = "stars,review\n1,bad\n3.0,so so\n5,good\n4,fine\n2,poor\n3,medium\n"
    layout = {"label_column": "stars", "positive": ["4", "5"], "negative": ["1", "2"]}
    frame = read(content, **layout, other="drop")
    assert dict(zip(frame["text"], frame["label"], strict=True)) == {
        "bad": 0,
        "good": 1,
        "fine": 1,
        "poor": 0,
    }
    with pytest.raises(
        UserError, match=r"column 'stars': neither positive nor negative: '3' \(2\); in params"
    ):
        read(content, **layout)


def test_values_are_counted_in_their_most_frequent_spelling(read):
    read(HEADER + "a,Pos\nb,pos \nc,Pos\nd,POS\ne,neg\nf,neutral\n", other="drop")
    read_once = corpus.Corpus("reviews.csv", Layout("review", "sentiment", other="drop"))
    assert sum(map(len, read_once.blocks())) == 6
    assert read_once.labels.values == {1: {"Pos": 4}, 0: {"neg": 1}, None: {"neutral": 1}}


def test_labels_that_are_all_dropped_are_told(read):
    with pytest.raises(UserError, match=r"all labels are dropped: '3' \(1\), '5' \(1\); training needs"):
        read(HEADER + "x,3\ny,5\n", other="drop")


def test_other_delimiters_are_read_as_strictly(read):
    assert read('review;sentiment\n"a; b";1\nc,d;0\n', delimiter=";")["text"].tolist() == ["a; b", "c,d"]
    assert read("review\tsentiment\na\t1\nb\t0\n", delimiter="tab")["text"].tolist() == ["a", "b"]
    with pytest.raises(UserError, match="line 3: the quote that opens here is never closed"):
        read('review;sentiment\na;1\n"b;0\n', delimiter=";")
