"""Tables that are written by other programs and read back: nothing is lost, shifted or merged."""

import csv
import io
import json
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sentiment.data import corpus, tables
from sentiment.data.csv_header import Dialect
from sentiment.data.layout import Layout
from sentiment.errors import UserError

TEXTS = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), max_size=30)
REVIEWS = st.lists(st.tuples(TEXTS.filter(str.strip), st.booleans(), TEXTS), min_size=1, max_size=6)
WRITTEN = {
    "csv": lambda rows, path, line_end, delimiter, encoding: write_csv(
        rows, path, line_end, delimiter, encoding
    ),
    "jsonl": lambda rows, path, *_: path.write_text(
        "".join(json.dumps(dict(zip(("text", "label", "note"), row, strict=True))) + "\n" for row in rows)
    ),
    "parquet": lambda rows, path, *_: pd.DataFrame(rows, columns=["text", "label", "note"]).to_parquet(path),
}


def write_csv(rows: list[tuple], path: Path, line_end: str, delimiter: str, encoding: str) -> None:
    """As spreadsheets and pandas do: Python's module quotes too little where the line end is not its own."""
    content = io.StringIO(newline="")
    quoting = csv.QUOTE_MINIMAL if line_end == "\r\n" else csv.QUOTE_ALL
    writer = csv.writer(content, delimiter=delimiter, lineterminator=line_end, quoting=quoting)
    writer.writerows([("text", "label", "note"), *rows])
    path.write_bytes(content.getvalue().encode(encoding))


@settings(
    max_examples=1000,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    rows=REVIEWS,
    kind=st.sampled_from(["csv", "csv", "csv", "jsonl", "parquet"]),
    line_end=st.sampled_from(["\n", "\r\n", "\r"]),
    delimiter=st.sampled_from([",", ";", "\t", "|"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "gb18030"]),
)
def test_a_thousand_tables_come_back_as_they_were(tmp_path, rows, kind, line_end, delimiter, encoding):
    rows = [("first", True, ""), ("second", False, ""), *rows]
    path = tmp_path / f"reviews.{kind}"
    WRITTEN[kind](rows, path, line_end, delimiter, encoding)
    is_csv = kind == "csv"
    layout = Layout(
        "text", "label", delimiter=delimiter if is_csv else ",", encoding=encoding if is_csv else "utf-8"
    )
    frame = corpus.read(path, layout)
    assert list(zip(frame["text"], frame["label"], strict=True)) == [
        (text, int(label)) for text, label, _ in rows
    ]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.jsonl", "[1]\n", "line 1: not a JSON object but list"),
        ("a.jsonl", '{"text": "x", "label": 1}\n\n{"text": \n', "line 3: not JSON: "),
        (
            "a.jsonl",
            '{"text": "x"}\n',
            "line 1: no column 'label'; its columns are 'text'; set clean.text_column",
        ),
        ("a.jsonl", '{"text": 7, "label": 1}\n', "line 1: a review that is no text but int"),
        ("a.jsonl", '{"text": null, "label": 1}\n', "line 1: an empty review"),
        ("a.parquet", "PAR1", "a.parquet: not a Parquet file, or damaged"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(tmp_path, name, content, message):
    (tmp_path / name).write_text(content)
    with pytest.raises(UserError, match=r"^.{,400}$") as caught:
        corpus.read(tmp_path / name, Layout("text", "label"))
    assert message in str(caught.value)


def test_parquet_with_columns_of_other_names_is_refused(tmp_path):
    pd.DataFrame({"a": ["x"]}).to_parquet(tmp_path / "a.parquet")
    with pytest.raises(UserError, match=r"no column 'text' and no 'label'; its columns are 'a'; set clean"):
        corpus.read(tmp_path / "a.parquet", Layout("text", "label"))
    assert tables.names(tmp_path / "a.parquet", Dialect()) == ["a"]
