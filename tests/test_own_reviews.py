"""Ten shapes of files that people have their reviews in, each from the file to an answer with its own labels.

The commands are those of docs/own-reviews.md, whose table is made here: `UPDATE_PAGES=1 pytest` writes it.
Instead of `dvc repro evaluate`, the stages run in this process, with small networks: test_pipeline runs DVC.
"""

import json
import os
import random
import shlex
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml
from conftest import ROOT
from typer.testing import CliRunner

from sentiment.cli.main import app
from sentiment.reports import markdown

PAGE = ROOT / "docs" / "own-reviews.md"
GOOD = ("good", "lovely", "brilliant", "funny", "moving")
BAD = ("bad", "dull", "awful", "boring", "clumsy")
TINY = {
    "embedding": {"dimensions": 8},
    "model": {"convolution": 8, "lstm_units": 4},
    "train": {"epochs": 1},
    "evaluate": {"bootstrap_samples": 20},
}


@dataclass(frozen=True)
class Shape:
    """A file of reviews.

    unusual: what is unusual about it.
    name: of the file, which `write` writes.
    commands: those that set it up.
    answers: the labels of a good and of a bad text, `texts`.
    """

    unusual: str
    name: str
    write: Callable[[Path], None]
    commands: tuple[str, ...]
    answers: tuple[str, str]
    texts: tuple[str, str] = ("A lovely, funny film.", "A dull, clumsy film.")


def review(positive: bool, number: int) -> str:
    """A review that is like no other."""
    words = random.Random(number).choices(GOOD if positive else BAD, k=2)
    return f"The {('film', 'plot', 'cast')[number % 3]} is {words[0]}, and scene {number} {words[1]}."


def text(header: str, row: str, labels: tuple, rows: int = 400, encoding: str = "utf-8"):
    """A function that writes a file of `rows` like `row`, each with the next of `labels` and a review."""

    def write(path: Path) -> None:
        lines = [
            row.format(label=label, number=number, review=review(positive, number))
            for number, (label, positive) in zip(range(rows), labels * rows, strict=False)
        ]
        path.write_text("\n".join(filter(None, [header, *lines])) + "\n", encoding)

    return write


def parquet(path: Path) -> None:
    stars = [True, False] * 200
    columns = {"body": [review(*pair) for pair in zip(stars, range(400), strict=True)], "recommended": stars}
    pq.write_table(pa.table(columns), path)


def chinese(path: Path) -> None:
    subjects = "这部电影", "剧情", "演员", "音乐", "结局"
    good, bad = ("精彩", "好看", "感人", "喜欢"), ("无聊", "难看", "失望", "糟糕")
    with path.open("w", encoding="gb18030") as file:
        file.write("评论,情感\n")
        for number in range(400):
            one = random.Random(number)
            words = bad if number % 2 else good
            sentence = f"{one.choice(subjects)}很{one.choice(words)}、第{number}场戏也{one.choice(words)}。"
            file.write(f"{sentence},{('好评', '差评')[number % 2]}\n")


PAIR = (("pos", True), ("neg", False))
STARS = ((1, False), (2, False), (3, True), (3, False), (4, True), (5, True))
SHAPES = {
    "Sentiment140": Shape(
        "no header, Windows-1252, labels 0 and 4",
        "sentiment140.csv",
        text(
            "",
            '"{label}","{number}","NO_QUERY","café{number}","{review}"',
            ((4, True), (0, False)),
            encoding="cp1252",
        ),
        (
            '(echo "target,id,flag,user,text"; cat sentiment140.csv) > named.csv',
            "sentiment init named.csv --encoding cp1252",
        ),
        ("4", "0"),
    ),
    "index": Shape(
        "a column of row numbers without a name, pos and neg",
        "reviews.csv",
        text(",review,label", '{number},"{review}",{label}', PAIR),
        ("sentiment init reviews.csv",),
        ("pos", "neg"),
    ),
    "stars": Shape(
        "stars from 1 to 5, of which 3 are dropped",
        "stars.csv",
        text("stars,review", '{label},"{review}"', STARS, rows=600),
        ("sentiment init stars.csv",),
        ("positive", "negative"),
    ),
    "nameless": Shape(
        "nameless columns at the end, and labels of its own",
        "messages.csv",
        text("v1,v2,,,", '{label},"{review}",,,', (("ham", True), ("spam", False))),
        ("sentiment init messages.csv --positive ham --negative spam",),
        ("ham", "spam"),
    ),
    "semicolons": Shape(
        "semicolons, German labels, a name with spaces, umlauts and brackets",
        "Kritiken für später [1].csv",
        text("Text;Urteil", '"{review}";{label}', (("gut", True), ("schlecht", False))),
        ('sentiment init "Kritiken für später [1].csv" --positive gut --negative schlecht',),
        ("gut", "schlecht"),
    ),
    "tabs": Shape(
        "tabs",
        "reviews.tsv",
        text(
            "id\tsentiment\tphrase", "{number}\t{label}\t{review}", (("Positive", True), ("Negative", False))
        ),
        ("sentiment init reviews.tsv",),
        ("Positive", "Negative"),
    ),
    "Parquet": Shape(
        "Parquet, with true and false",
        "reviews.parquet",
        parquet,
        ("sentiment init reviews.parquet",),
        ("True", "False"),
    ),
    "95/5": Shape(
        "95% of one label",
        "unbalanced.csv",
        text(
            "review,sentiment",
            '"{review}",{label}',
            (("positive", True),) * 19 + (("negative", False),),
            rows=1200,
        ),
        ("sentiment init unbalanced.csv",),
        ("positive", "negative"),
    ),
    "few": Shape(
        "200 rows, JSON Lines",
        "few.jsonl",
        text("", '{{"text": "{review}", "label": {label}}}', ((1, True), (0, False)), rows=200),
        ("sentiment init few.jsonl",),
        ("1", "0"),
    ),
    "Chinese": Shape(
        "Chinese, GB18030",
        "评论.csv",
        chinese,
        ("sentiment init 评论.csv --encoding gb18030 --positive 好评 --negative 差评",),
        ("好评", "差评"),
        ("电影很精彩、很感人。", "电影很无聊、很失望。"),
    ),
}


def run(command: str) -> str:
    """Run a command of the page, `sentiment` in this process, and return what it prints."""
    name, *arguments = shlex.split(command)
    if name != "sentiment":
        subprocess.run(command, shell=True, check=True)
        return ""
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0, (command, result.output, result.exception)
    return result.stdout


def evaluate() -> None:
    """What `dvc repro evaluate` runs, with TINY networks."""
    from sentiment.stages import baseline, clean, embed, evaluate, export, tokenize, train

    content = yaml.safe_load(Path("params.yaml").read_text("utf-8"))
    for section, values in TINY.items():
        content[section].update(values)
    Path("params.yaml").write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), "utf-8")
    data, models, metrics = map(Path, ("data", "models", "metrics"))
    tokens = data / "tokens"
    clean.main(Path(content["data"]["csv"]), data / "clean.parquet", metrics / "data.json")
    tokenize.main(data / "clean.parquet", tokens, metrics / "tokens.json")
    baseline.main(tokens, models / "baseline", data / "votes.npy", metrics / "baseline.json")
    embed.main(tokens, data / "embedding.npy", metrics / "embedding.json")
    train.main(data, models, metrics)
    evaluate.main(data, models, metrics)
    export.main(data, models, metrics)


@pytest.mark.slow
@pytest.mark.parametrize("name", SHAPES)
def test_from_the_file_to_an_answer(name, tmp_path, monkeypatch):
    import keras

    from sentiment.training import loop

    shape = SHAPES[name]
    monkeypatch.chdir(tmp_path)
    # TensorFlow takes the number of its threads before its first computation alone, which was another test's.
    monkeypatch.setattr(loop, "prepare", lambda config: keras.utils.set_random_seed(config.seed))
    (tmp_path / "params.yaml").write_bytes((ROOT / "params.yaml").read_bytes())
    shape.write(tmp_path / shape.name)
    for command in shape.commands:
        run(command)
    evaluate()
    answers = [json.loads(line) for line in run(predict(shape, "--json ")).splitlines()]
    assert tuple(answer["label"] for answer in answers) == shape.answers
    values = json.loads(Path("metrics/data.json").read_text("utf-8"))
    assert values["rows"] == sum(sum(counts.values()) for counts in values["labels"].values())
    assert values["other_labels"] == (200 if name == "stars" else 0)


def predict(shape: Shape, options: str = "") -> str:
    return f"sentiment predict {options}" + " ".join(f'"{one}"' for one in shape.texts)


def row(shape: Shape, folder: Path) -> list[str]:
    """A row of the page's table."""
    shape.write(folder / shape.name)
    encoding = "cp1252" if "1252" in shape.unusual else "gb18030" if "GB" in shape.unusual else "utf-8"
    lines = (
        [] if shape.name.endswith("parquet") else (folder / shape.name).read_text(encoding).splitlines()[:3]
    )
    commands = *shape.commands, "dvc repro evaluate", predict(shape)
    return [
        shape.unusual,
        "<br>".join(code(line) for line in lines),
        "<br>".join(map(code, commands)),
        "<br>".join(map(code, shape.answers)),
    ]


def code(line: str) -> str:
    return f"`{line}`".replace("\t", "→").replace("|", r"\|")


def test_the_page_shows_these_commands(tmp_path):
    heading = ["the file", "begins with", "commands", "labels of the two texts"]
    made = markdown.table(heading, [row(shape, tmp_path) for shape in SHAPES.values()])
    page = PAGE.read_text("utf-8")
    updated = markdown.replace(page, "shapes", made, PAGE)
    if os.environ.get("UPDATE_PAGES"):
        PAGE.write_text(updated, "utf-8")
    else:
        assert page == updated
