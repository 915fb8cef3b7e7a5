import json
import random
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

from sentiment.stages import clean
from sentiment.system import command

ROOT = Path(__file__).parents[2]
HEADER = "review,sentiment\n"
GOOD = "a good film,positive\na bad film,negative\n"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder to run the stage in: params.yaml and nothing else."""
    (tmp_path / "params.yaml").write_bytes((ROOT / "params.yaml").read_bytes())
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def run(folder, monkeypatch, capfd):
    """Run the stage in this process on `content`; return exit status, standard output and error."""

    def run(content, name="reviews.csv"):
        if content is not None:
            Path(name).write_bytes(content if isinstance(content, bytes) else content.encode())
        monkeypatch.setattr(sys, "argv", ["clean", name, "data/clean.parquet", "metrics/data.json"])
        with pytest.raises(SystemExit) as exited:
            command.run(clean.main)
        return exited.value.code or 0, *capfd.readouterr()

    return run


def stage(*arguments):
    """Run the stage as dvc.yaml does."""
    return subprocess.run(
        [sys.executable, "-m", "sentiment.stages.clean", *arguments],
        env={"PYTHONPATH": str(ROOT / "src"), "PATH": ""},
        capture_output=True,
        text=True,
    )


def outputs():
    return Path("data/clean.parquet").read_bytes(), Path("metrics/data.json").read_bytes()


WRONG = {
    "empty": (b"", "an empty file"),
    "blank": (b"\n\n\r\n", "an empty file"),
    "byte-order mark alone": (b"\xef\xbb\xbf", "an empty file"),
    "header alone": (HEADER, "no rows"),
    "no header": (
        GOOD,
        "line 1: no column 'review' and no 'sentiment'; its columns are 'a good film', 'positive'",
    ),
    "no text column": (
        "text,sentiment\nx,1\n",
        "line 1: no column 'review'; its columns are 'text', 'sentiment'",
    ),
    "no label column": (
        "review,label\nx,1\n",
        "line 1: no column 'sentiment'; its columns are 'review', 'label'",
    ),
    "space in header": (
        "review, sentiment\nx,1\n",
        "no column 'sentiment'; its columns are 'review', ' sentiment'",
    ),
    "capital in header": ("Review,sentiment\nx,1\n", "no column 'review'"),
    "semicolons": ("review;sentiment\nx;1\n", "its columns are 'review;sentiment'"),
    "tabs": ("review\tsentiment\nx\t1\n", r"its columns are 'review\tsentiment'"),
    "hundreds of columns": (",".join(map(str, range(999))) + "\n", "'19', ..."),
    "repeated column": ("review,sentiment,review\nx,1,y\n", "line 1: column 'review' occurs twice"),
    "repeated other column": ("review,id,sentiment,id\nx,1,1,2\n", "line 1: column 'id' occurs twice"),
    "broken quote in header": ('"review"x,sentiment\n' + GOOD, "line 1: text after a closing quote"),
    "unclosed quote in header": (
        '"review,sentiment\n' + GOOD,
        "line 1: the quote that opens here is never closed",
    ),
    "comma too many": (HEADER + GOOD + "a good, long film,positive\n", "line 4: expected 2 fields, found 3"),
    "comma too many in first row": (
        HEADER + "a good, long film,positive\n" + GOOD,
        "line 2: expected 2 fields, found 3",
    ),
    "comma at the end": (HEADER + GOOD + "x,positive,\n", "line 4: expected 2 fields, found 3"),
    "no label field": (HEADER + GOOD + "a film\n", "line 4: expected 2 fields, found 1"),
    "cut in the middle": (
        HEADER + GOOD + '"a film that',
        "line 4: the quote that opens here is never closed",
    ),
    "unclosed quote": (HEADER + '"x,positive\n' + GOOD, "line 2: the quote that opens here is never closed"),
    "unclosed quote before a quote": (
        HEADER + '"x,positive\n' + GOOD + '"y",negative\n',
        "line 2: the quote that opens here is not closed before more text in line 5",
    ),
    "text after a quote": (HEADER + GOOD + '"x" y,positive\n', "line 4: text after a closing quote"),
    "space after a quote": (HEADER + GOOD + '"x" ,positive\n', "line 4: text after a closing quote"),
    "quote not doubled": (HEADER + GOOD + '"a "good" film",positive\n', "line 4: text after a closing quote"),
    "backslash before a quote": (
        HEADER + GOOD + '"a \\"good\\" film",positive\n',
        "line 4: text after a closing",
    ),
    "empty review": (HEADER + GOOD + ",positive\n", "line 4: an empty review"),
    "blank review": (HEADER + GOOD + '" \t\n ",positive\n', "line 4: an empty review"),
    "empty label": (HEADER + GOOD + "x,\n", "line 4: label '' is none of positive, negative, 1, 0"),
    "misspelt label": (HEADER + GOOD + "x,postive\n", "line 4: label 'postive' is none of"),
    "third class": (HEADER + GOOD + "x,neutral\n", "line 4: label 'neutral' is none of"),
    "label 2": (HEADER + GOOD + "x,2\n", "line 4: label '2' is none of"),
    "label 1.0": (HEADER + GOOD + "x,1.0\n", "line 4: label '1.0' is none of"),
    "endless label": (HEADER + GOOD + "x," + "y" * 10**6 + "\n", "line 4: label 'yyy"),
    "newline in label": (HEADER + GOOD + 'x,"a\nb"\n', r"line 4: label 'a\nb'"),
    "positive alone": (HEADER + "x,positive\ny,1\n", "all 2 labels mean positive"),
    "negative alone": (HEADER + "x,negative\n", "all 1 labels mean negative"),
    "one class after cleaning": (
        HEADER + "<br />,positive\nx,negative\n",
        "only one class is left after cleaning",
    ),
    "contradictions alone": (HEADER + "x,positive\nx,negative\n", "only one class is left after cleaning"),
    "Latin-1": (
        (HEADER + GOOD + "caf\xe9,1\n").encode("latin-1"),
        "line 4: not UTF-8 (looks like Latin-1/Windows",
    ),
    "how to convert": (b"caf\xe9,1\n", 'iconv -f WINDOWS-1252 -t UTF-8 "reviews.csv"'),
    "half a character": (HEADER.encode() + GOOD.encode() + b"caf\xc3", "line 4: not UTF-8"),
    "UTF-8 of a surrogate": (HEADER.encode() + b"\xed\xa0\x80,1\n", "line 2: not UTF-8"),
    "UTF-16": ((HEADER + GOOD).encode("utf-16"), "not UTF-8 but UTF-16; convert it: iconv -f UTF-16"),
    "UTF-16 big-endian": (b"\xfe\xff" + HEADER.encode("utf-16-be"), "not UTF-8 but UTF-16"),
    "UTF-32": ((HEADER + GOOD).encode("utf-32"), "not UTF-8 but UTF-32"),
    "UTF-16 without a mark": (HEADER.encode("utf-16-le"), "line 1: a NUL byte"),
    "NUL byte": (HEADER + GOOD + "x\0y,positive\n", "line 4: a NUL byte"),
    "zip": (b"PK\x03\x04\x14\x00", "a compressed archive"),
    "gzip": (b"\x1f\x8b\x08\x00", "a compressed archive"),
}


@pytest.mark.parametrize(("content", "fragment"), WRONG.values(), ids=WRONG)
def test_a_wrong_csv_ends_in_one_line_and_writes_nothing(run, content, fragment):
    status, out, err = run(content)
    *progress, line = err.rstrip("\n").split("\n")
    assert (status, out) == (1, "")
    assert line.startswith("error: reviews.csv: ")
    assert fragment in line
    assert len(line) < 1000
    assert all("Cleaning" in bar for bar in progress)
    assert sorted(path.name for path in Path().iterdir()) == ["params.yaml", "reviews.csv"]


@pytest.mark.parametrize(
    ("name", "fragment"), [("none.csv", "no such file"), (".", "a folder, not a CSV file")]
)
def test_a_csv_that_is_no_file(run, name, fragment):
    status, _, err = run(None, name)
    assert status == 1
    assert err == err.splitlines()[0] + "\n"
    assert fragment in err
    assert [path.name for path in Path().iterdir()] == ["params.yaml"]


@pytest.mark.parametrize("kind", ["quote not doubled", "Latin-1"])
def test_the_command_ends_in_one_line(folder, kind):
    content, fragment = WRONG[kind]
    Path("reviews.csv").write_bytes(content if isinstance(content, bytes) else content.encode())
    done = stage("reviews.csv", "data/clean.parquet", "metrics/data.json")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)
    assert fragment in done.stderr


def test_a_wrong_csv_leaves_earlier_outputs_alone(run):
    assert run(HEADER + GOOD)[0] == 0
    before = outputs()
    assert run(HEADER + GOOD + "x,good\n")[0] == 1
    assert outputs() == before
    assert len(list(Path().rglob("*"))) == 6  # params.yaml, reviews.csv, two folders, two outputs


def test_nothing_is_written_when_an_output_cannot_be(run):
    Path("metrics").write_text("a file where the folder should be")
    assert run(HEADER + GOOD)[0] == 1
    assert list(Path("data").iterdir()) == []


def test_the_command_writes_table_and_counts(folder):
    Path("reviews.csv").write_text(HEADER + "good<br />film,positive\ngood film,positive\nbad,negative\n")
    done = stage("reviews.csv", "data/clean.parquet", "metrics/data.json")
    assert (done.returncode, done.stdout) == (0, "2 of 3 reviews kept: 1 positive, 1 negative\n")
    table = pq.read_table("data/clean.parquet")
    assert str(table.schema) == "text: string\nlabel: int8"
    assert sorted(table.to_pylist(), key=lambda row: row["text"]) == [
        {"text": "bad", "label": 0},
        {"text": "good film", "label": 1},
    ]
    assert json.loads(Path("metrics/data.json").read_text())["duplicates_after_cleaning"] == 1


def test_the_same_reviews_in_any_order_give_the_same_bytes(run):
    rows = [f"film <b>{i % 300}</b>,{'positive' if i % 3 else 'negative'}\n" for i in range(1000)]
    seen = set()
    for seed in range(3):
        random.Random(seed).shuffle(rows)
        assert run(HEADER + "".join(rows))[0] == 0
        seen.add(outputs())
    assert len(seen) == 1


def test_columns_are_named_in_params(run):
    path = Path("params.yaml")
    text = path.read_text().replace("text_column: review ", "text_column: body ")
    path.write_text(text.replace("label_column: sentiment ", "label_column: liked "))
    assert run("liked,id,body\n1,7,good\n0,8,bad\n")[0] == 0
    assert sorted(pq.read_table("data/clean.parquet")["text"].to_pylist()) == ["bad", "good"]


def test_tidy_counts_every_row_once():
    rows = [
        ("good", 1),
        ("good", 1),  # exact duplicate
        ("<i>good</i>", 1),  # duplicate after cleaning
        ("bad", 0),
        ("<br />", 1),  # empty after cleaning
        ("so so", 1),
        ("so so", 0),  # contradicts it
        ("so  so", 0),  # so does this
    ]
    kept, counts = clean.tidy(pd.DataFrame(rows, columns=["text", "label"]).astype({"label": "int8"}))
    assert dict(zip(kept["text"], kept["label"], strict=True)) == {"good": 1, "bad": 0}
    assert counts == {
        "rows": 8,
        "exact_duplicates": 1,
        "empty_after_cleaning": 1,
        "contradictions": 3,
        "duplicates_after_cleaning": 1,
        "reviews": 2,
        "positive": 1,
        "negative": 1,
    }


def test_help_starts_without_heavy_libraries():
    code = (
        "import sys, sentiment.stages.clean as _;"
        "sys.exit(str({'pandas', 'pyarrow', 'tensorflow', 'sklearn', 'nltk'} & set(sys.modules) or ''))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONPATH": str(ROOT / "src"), "PATH": ""},
        capture_output=True,
        text=True,
    )
    assert done.stderr.strip() == ""
