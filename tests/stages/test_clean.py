import json
import random
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from conftest import ROOT
from conftest import run as run_command

from sentiment.stages import clean
from sentiment.system import command

ARGUMENTS = ("reviews.csv", "data/clean.parquet", "metrics/data.json")
HEADER = "review,sentiment\n"
GOOD = HEADER + "a good film,positive\na bad film,negative\n"


@pytest.fixture
def run(tmp_path, monkeypatch, capfd):
    """Run the stage in this process on `content`; return exit status, standard output and error."""
    (tmp_path / "params.yaml").write_bytes((ROOT / "params.yaml").read_bytes())
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["clean", *ARGUMENTS])

    def run(content):
        Path("reviews.csv").write_text(content)
        with pytest.raises(SystemExit) as exited:
            command.run(clean.main)
        return exited.value.code or 0, *capfd.readouterr()

    return run


def outputs():
    return Path("data/clean.parquet").read_bytes(), Path("metrics/data.json").read_bytes()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (HEADER + '"a "good" film",1\n', "line 2: text after a closing quote (a quote within a review is "),
        (
            HEADER + "<br />,positive\nx,negative\n",
            "only one class is left after cleaning: 1 of 2 reviews kept",
        ),
        (HEADER + "x,positive\nx,negative\n", "only one class is left after cleaning: 0 of 2 reviews kept"),
    ],
)
def test_a_wrong_csv_ends_in_one_line_and_writes_nothing(run, content, message):
    status, out, err = run(content)
    *progress, line = err.splitlines()
    assert (status, out) == (1, "")
    assert line.startswith(f"error: reviews.csv: {message}")
    assert all("Cleaning" in bar for bar in progress)
    assert {path.name for path in Path().rglob("*") if path.is_file()} == {"params.yaml", "reviews.csv"}


def test_a_wrong_csv_leaves_earlier_outputs_alone(run):
    assert run(GOOD)[0] == 0
    before = outputs()
    assert run(GOOD + "x,good\n")[0] == 1
    assert outputs() == before
    assert len(list(Path().rglob("*"))) == 6  # params.yaml, reviews.csv, two folders, two outputs


def test_nothing_is_written_when_an_output_cannot_be(run):
    Path("metrics").write_text("a file where the folder should be")
    assert run(GOOD)[0] == 1
    assert list(Path("data").iterdir()) == []


def test_the_command_writes_table_and_counts(run, tmp_path):
    Path("reviews.csv").write_text(HEADER + "good<br />film,positive\ngood film,positive\nbad,negative\n")
    done = run_command("python", "-m", "sentiment.stages.clean", *ARGUMENTS, cwd=tmp_path)
    assert done.stdout == "2 of 3 reviews kept: 1 positive, 1 negative\n"
    table = pq.read_table("data/clean.parquet")
    assert str(table.schema) == "text: string\nlabel: int8"
    assert {row["text"]: row["label"] for row in table.to_pylist()} == {"bad": 0, "good film": 1}
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


def test_groups_are_kept_if_named_and_a_text_in_two_groups_is_kept_once(run):
    path = Path("params.yaml")
    path.write_text(path.read_text().replace('group_column: "" ', "group_column: film "))
    rows = [
        *("b,good film,positive\n", "a,<i>good</i> film,positive\n", "c,good film,positive\n"),
        *("c,bad film,negative\n", "b,bad film,negative\n", "b,bad film,negative\n"),
        *("a,so so,positive\n", "b,so so,negative\n"),  # contradict each other
    ]
    seen = set()
    for order in (rows, rows[::-1]):
        assert run("film,review,sentiment\n" + "".join(order))[0] == 0
        seen.add(outputs())
    assert len(seen) == 1
    table = pq.read_table("data/clean.parquet")
    assert str(table.schema) == "text: string\nlabel: int8\ngroup: string"
    assert {row["text"]: row["group"] for row in table.to_pylist()} == {"good film": "a", "bad film": "b"}
    counts = json.loads(Path("metrics/data.json").read_text())
    assert (counts["exact_duplicates"], counts["duplicates_after_cleaning"]) == (3, 1)


def test_every_row_is_counted_once(run):
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
    assert run(HEADER + "".join(f"{text},{label}\n" for text, label in rows))[0] == 0
    kept = pq.read_table("data/clean.parquet").to_pylist()
    assert {row["text"]: row["label"] for row in kept} == {"good": 1, "bad": 0}
    counts = json.loads(Path("metrics/data.json").read_text())
    assert {name: counts[name] for name in list(counts)[:9]} == {
        "rows": 8,
        "other_labels": 0,
        "exact_duplicates": 1,
        "empty_after_cleaning": 1,
        "contradictions": 3,
        "duplicates_after_cleaning": 1,
        "reviews": 2,
        "positive": 1,
        "negative": 1,
    }


def test_other_labels_are_dropped_and_all_values_counted(run):
    path = Path("params.yaml")
    path.write_text(path.read_text().replace("other: refuse ", "other: drop "))
    assert run(HEADER + "good,Pos\nfine,pos\nfilm,Pos\nbad,neg\nbad,neg\nso so,neutral\n")[0] == 0
    counts = json.loads(Path("metrics/data.json").read_text())
    assert (counts["rows"], counts["other_labels"], counts["reviews"]) == (6, 1, 4)
    assert (counts["positive_share"], counts["negative_share"]) == (0.75, 0.25)
    assert counts["labels"] == {"positive": {"Pos": 3}, "negative": {"neg": 2}, "other": {"neutral": 1}}


@pytest.mark.parametrize(
    ("positive", "negative", "warnings"),
    [
        (600, 600, ()),
        (10, 9, ("19 reviews: too few for word vectors",)),
        (1100, 10, ("only 0.9% are negative",)),
        (0, 0, ("12 reviews: too few", "only 8.3% are positive")),
    ],
)
def test_a_corpus_that_is_hard_gets_one_line_of_warning(run, positive, negative, warnings):
    labels = ["positive"] * (positive or 1) + ["negative"] * (negative or 11)
    err = run(HEADER + "".join(f"film {number},{label}\n" for number, label in enumerate(labels)))[2]
    found = [line for line in err.splitlines() if line.startswith("warning: ")]
    assert len(found) == bool(warnings)
    assert all(warning in found[0] for warning in warnings)
