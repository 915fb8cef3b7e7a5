"""scoring/tables.py, text_tables.py, parquet_tables.py and formats.py: what is read, written and refused."""

import csv
import io
import json
import os
import stat

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from score_command import TEXTS, assert_predicted, refused, score


def test_csv_keeps_its_bytes_and_a_file_name_cannot_steer_the_terminal(tmp_path):
    rows = [
        "\ufeffid,text,note\r\n",
        '1,"A wonderful film.", x \r\n',
        '"2","Awful, a waste of time.",\n',
        '3,"Not bad,\nnot <b>bad</b> at all!","a ""b"",\r\nc"\r\n',
        "4,<br />,blank\r\n",
        "5,\u0424\u0438\u043b\u044c\u043c!,another alphabet\r\n",
        'NA,He said "no"; so do I,last',
    ]
    (tmp_path / "in.csv").write_bytes("".join(rows).encode())
    (tmp_path / "new").mkdir()
    output = tmp_path / "new" / os.fsdecode(b"\xff\x1b[31m.csv")
    result = score(tmp_path, "in.csv", f"new/{output.name}", "--text-column", "text")
    content = output.read_bytes().decode()
    table = list(csv.DictReader(io.StringIO(content.removeprefix("\ufeff"), newline="")))
    added = [",probability,predicted", *(f",{row['probability']},{row['predicted']}" for row in table)]
    ends = [row[len(row.rstrip("\r\n")) :] for row in rows]
    assert content == "".join(
        row.rstrip("\r\n") + new + end for row, new, end in zip(rows, added, ends, strict=True)
    )
    texts = [*TEXTS[:3], "", "\u0424\u0438\u043b\u044c\u043c!", TEXTS[3]]
    assert_predicted([(row["probability"], row["predicted"]) for row in table], texts)
    assert [row["predicted"] == "" for row in table] == [False, False, False, True, True, False]
    assert result.stdout.startswith("new/??[31m.csv: 6 rows, ") and "2 can't tell" in result.stdout
    assert "accuracy" not in result.stdout
    assert list(output.parent.iterdir()) == [output]


def test_json_lines_and_parquet_get_the_same_scores_and_metrics(tmp_path):
    texts, sentiments = [*TEXTS, " "], ["positive", "negative", "negative", "Negative", "positive"]
    table = pa.table(
        {"id": range(5), "review": texts, "sentiment": sentiments, "tags": [["a"], [], None, [], []]}
    )
    table = table.replace_schema_metadata({"kept": "yes"})
    pq.write_table(table, tmp_path / "in.parquet")
    lines = [json.dumps(row) for row in table.to_pylist()]
    lines[1] = f" {lines[1][:-1]} }} \r"
    (tmp_path / "in.jsonl").write_text("\ufeff" + "\n\n".join(lines), "utf-8")

    results = [score(tmp_path, f"in.{ending}", f"out.{ending}") for ending in ("jsonl", "parquet")]

    content = (tmp_path / "out.jsonl").read_bytes().decode()
    assert content.startswith("\ufeff")
    written = content[1:].splitlines()
    rows = [json.loads(line) for line in written]
    assert_predicted([(row["probability"], row["predicted"]) for row in rows], texts)
    assert rows[-1]["predicted"] is None
    unchanged = [line.partition(', "probability"')[0] for line in written]
    assert unchanged == [line.rstrip("\r }") for line in lines]
    scored = pq.read_table(tmp_path / "out.parquet")
    assert scored.to_pylist() == rows
    assert scored.drop_columns(["probability", "predicted"]).equals(table)
    assert scored.schema.metadata[b"kept"] == b"yes"
    right = sum(row["predicted"] == name.lower() for row, name in zip(rows, sentiments, strict=True))
    for result in results:
        assert f"accuracy  {right / 5:.4f}" in result.stdout


WRONG = {
    "a\nx\n": "1: no column 'review'; its columns are 'a'; name yours with --text-column and --label-column",
    "review,predicted\n": "1: has a column 'predicted' already, which scoring adds; rename it or drop it",
    "review,b\nx,1\ny\n": "3: expected 2 fields, found 1",
    "review,sentiment\n,5\n": "2: label '5' is none of positive, pos, true, negative, neg, false, 1, 0 "
    "(--label-column '' for none)",
}


@pytest.mark.parametrize(("content", "message"), WRONG.items())
def test_a_wrong_csv_is_refused_in_one_line(tmp_path, content, message):
    (tmp_path / "in.csv").write_text(content)
    assert refused(tmp_path, "in.csv", "out.csv") == f"in.csv: line {message}"


def test_wrong_json_lines_are_named(tmp_path):
    lines = '{"review": "x"}\n[]\n{"review": \n{"text": "x"}\n{"review": 1}\n{"review": "x", "predicted": 1}'
    (tmp_path / "in.jsonl").write_text(lines)
    message = refused(tmp_path, "in.jsonl", "out.jsonl").removeprefix("in.jsonl: ")
    assert [part.partition(":")[0] for part in message.split("; line ")] == ["line 2", *"3456"]


def test_a_damaged_parquet_is_refused(tmp_path):
    (tmp_path / "in.parquet").write_text("PAR1")
    damaged = "in.parquet: not a Parquet file, or damaged: "
    assert refused(tmp_path, "in.parquet", "out.parquet").startswith(damaged)
    plain = {"compression": "none", "use_dictionary": False, "write_statistics": False, "store_schema": False}
    pq.write_table(pa.table({"review": ["a fine film"] * 9}), tmp_path / "in.parquet", **plain)
    content = (tmp_path / "in.parquet").read_bytes()
    for found in b"fine", b"review", b"a fine":  # invalid UTF-8 in a text and in a name; a wrong length
        offset = content.index(found) - (found == b"a fine")
        (tmp_path / "in.parquet").write_bytes(content[:offset] + b"\xff" + content[offset + 1 :])
        assert refused(tmp_path, "in.parquet", "out.parquet").startswith(damaged)


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (pa.table({"review": [1]}), "column 'review' holds int64, not text"),
        (pa.table([pa.array(["a"])] * 2, names=["review"] * 2), "column 'review' occurs twice"),
    ],
)
def test_a_parquet_with_wrong_columns_is_refused(tmp_path, table, message):
    pq.write_table(table, tmp_path / "in.parquet")
    assert refused(tmp_path, "in.parquet", "out.parquet") == f"in.parquet: {message}"


def test_unsuitable_paths_are_refused(tmp_path):
    for name in ("in.csv", "in.txt", ".part-out.csv"):
        (tmp_path / name).write_text("review\nx\n")
    (tmp_path / "link.csv").symlink_to("in.csv")
    (tmp_path / "other.csv").symlink_to(".part-out.csv")
    for names in ((".part-out.csv", "out.csv"), ("other.csv", "out.csv"), ("in.csv", ".part-new.csv")):
        assert "names of unfinished files begin with .part-" in refused(tmp_path, *names)
    assert "both input and output" in refused(tmp_path, "in.csv", "link.csv")
    assert "the same format as in.csv" in refused(tmp_path, "in.csv", "out.jsonl")
    assert "unknown file format" in refused(tmp_path, "in.txt", "out.txt")
    assert refused(tmp_path, "in.csv", "no/out.csv") == "no: no such folder; make it first"
    assert refused(tmp_path, "none.csv", "out.csv") == "none.csv: no such file"


def test_a_file_is_replaced_by_force_alone_and_keeps_its_permissions(tmp_path):
    (tmp_path / "in.csv").write_text("review\nA fine film.\n")
    output = tmp_path / "out.csv"
    output.write_text("precious")
    output.chmod(0o640)
    if os.geteuid() == 0:
        os.chown(output, 1234, 4321)
    owner = output.stat().st_uid, output.stat().st_gid
    assert refused(tmp_path, "in.csv", "out.csv") == "out.csv: exists already; --force replaces it"
    assert output.read_text() == "precious"
    score(tmp_path, "in.csv", "out.csv", "--force")
    assert output.read_text().endswith(",positive\n")
    assert stat.filemode(output.stat().st_mode) == "-rw-r-----"
    assert (output.stat().st_uid, output.stat().st_gid) == owner


def test_parquet_without_pyarrow_says_what_to_install(tmp_path):
    (tmp_path / "in.parquet").write_text("PAR1")
    (tmp_path / "pyarrow.py").write_text("raise ImportError")
    result = score(tmp_path, "in.parquet", "out.parquet", check=False)
    message = "error: in.parquet: reading Parquet needs pyarrow: pip install pyarrow\n"
    assert (result.returncode, result.stderr) == (1, message)
