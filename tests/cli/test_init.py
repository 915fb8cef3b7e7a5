"""`sentiment init`; tests/test_own_reviews.py goes on from there to a model."""

from pathlib import Path

import pytest
import yaml
from conftest import ROOT
from typer.testing import CliRunner

from sentiment.cli.main import app
from sentiment.errors import UserError

ROWS = [f"the film {number} is {word}" for number, word in zip(range(60), ["good", "bad"] * 30, strict=True)]


@pytest.fixture
def init(tmp_path, monkeypatch):
    """Write a file, run the command on it, and return the changed parameters."""
    monkeypatch.chdir(tmp_path)
    Path("params.yaml").write_bytes((ROOT / "params.yaml").read_bytes())

    def init(header: str, row: str, *arguments: str, name: str = "my.csv") -> dict:
        lines = (row.format(text=text, number=number, label=number % 2) for number, text in enumerate(ROWS))
        Path(name).write_text("\n".join([header, *lines]), "utf-8")
        result = CliRunner().invoke(app, ["init", name, *arguments])
        if result.exception:
            raise result.exception
        before, after = (
            yaml.safe_load(path.read_text("utf-8")) for path in (ROOT / "params.yaml", Path("params.yaml"))
        )
        return {
            f"{section}.{key}": value
            for section, values in after.items()
            if isinstance(values, dict)
            for key, value in values.items()
            if value != before[section][key]
        }

    return init


def test_it_changes_what_the_file_needs_and_keeps_the_comments(init):
    changed = init("id;film;label;body", "{number};f{number};{label};{text}")
    assert changed == {
        "data.csv": "my.csv",
        "data.download": [],
        "clean.text_column": "body",
        "clean.label_column": "label",
        "clean.delimiter": ";",
        "embedding.init": "uniform",
        "train.batch_size": 16,
        "train.epochs": 30,
        "train.reversed": 0.0,
    }
    committed, written = ((folder / "params.yaml").read_text("utf-8") for folder in (ROOT, Path()))
    assert [line.partition("#")[2] for line in written.splitlines()] == [
        line.partition("#")[2] for line in committed.splitlines()
    ]


def test_the_second_time_there_is_nothing_to_change(init):
    first = init("text,label", "{text},{label}")
    content = Path("params.yaml").read_bytes()
    assert init("text,label", "{text},{label}") == first
    assert Path("params.yaml").read_bytes() == content


@pytest.mark.parametrize(
    ("header", "row", "message"),
    [
        (
            "a,b,c",
            "{label},{label},{text}",
            "several columns look like labels: a, b; name it with --label-column",
        ),
        ("a,b", "{number},{text}", "no column looks like labels: a, b; name it with --label-column"),
        ("label,n", "{label},{number}", "no column besides the labels holds texts"),
        (
            "kind,text",
            "k{label},{text}",
            r"column 'kind' holds 'k0' \(30\), 'k1' \(30\); say which of them are",
        ),
        ("0,good film", "{label},{text}", "line 1: is there no header"),
        ("text,label", '"{text},{label}', "line 2: the quote that opens here"),
    ],
)
def test_what_it_cannot_guess_it_asks_for(init, header, row, message):
    before = Path("params.yaml").read_bytes()
    with pytest.raises(UserError, match=message):
        init(header, row)
    assert Path("params.yaml").read_bytes() == before


def test_columns_and_values_can_be_named(init):
    changed = init("kind,text", "k{label},{text}", "--positive", "k1", "--negative", "k0")
    assert (changed["clean.positive"], changed["clean.negative"]) == (["k1"], ["k0"])
    changed = init(
        "a,b,text,c", "{label},{label},{text},{text}", "--label-column", "b", "--text-column", "text"
    )
    assert (changed["clean.label_column"], changed["clean.text_column"]) == ("b", "text")
    with pytest.raises(UserError, match="no column 'x', or it occurs twice; its columns are a, b"):
        init("a,b", "{label},{text}", "--label-column", "x")


def test_a_name_that_a_shell_would_read_is_refused(init):
    with pytest.raises(UserError, match="rename the file"):
        init("text,label", "{text},{label}", name="$my.csv")
