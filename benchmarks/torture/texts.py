"""Malformed CSVs, which must be refused in one line, and random texts, whose cleaning must be idempotent."""

import csv
import io
import os
import random
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

from benchmarks.results import parallel_map
from benchmarks.torture.project import Project
from benchmarks.torture.trials import Trials
from sentiment.data.text import clean as clean_text
from sentiment.errors import UserError
from sentiment.stages import clean

ROWS = 40
ALPHABETS = [  # of Unicode: Latin, combining marks, punctuation, Asian, presentation forms, emoji, surrogates
    *((0x20, 0x7F), (0x80, 0x24F), (0x300, 0x370), (0x2000, 0x2070), (0x3040, 0x30FF), (0xAC00, 0xAC80)),
    *((0xFB00, 0xFE0F), (0xFF00, 0xFFEF), (0x1D400, 0x1D500), (0x1F600, 0x1F650), (0xD800, 0xDC00), (0, 32)),
]
SNIPPETS = ["<br />", "&amp;lt;", "&#x80;", "<i>", "</p", "<!--", "\\", "n't", "...", "\u200b", "\u0301" * 40]


def malformed_csvs(project: Project, count: int) -> Trials:
    """Damage a CSV in `count` ways that no reader may accept, and run the stage `clean` on it."""
    trials = Trials("malformed CSVs", "one line, and nothing is written")
    before, here = project.outputs("clean"), Path.cwd()
    os.chdir(project.folder)  # for params.yaml
    try:
        for number in range(count):
            name, content = malformed(number)
            Path("malformed.csv").write_text(content, "utf-8")
            trials.count(f"{name} ({number})", _problem("malformed.csv"))
    finally:
        os.chdir(here)
    trials.wrong += ["outputs have changed"] if project.outputs("clean") != before else []
    return trials


def malformed(number: int) -> tuple[str, str]:
    """Return what is wrong with a CSV, and the CSV; each number is another."""
    randomly = random.Random(number)
    rows = [[f'Scene {i}, "take {i}"\nand cut.', ("positive", "negative")[i % 2]] for i in range(ROWS)]
    at = randomly.randrange(ROWS)
    text, label = rows[at]
    damages = {
        "an empty review": [" " * randomly.randrange(3), label],
        "an unknown label": [text, randomly.choice(["", "?", "neutral", "2", "-1", "posit", "yes"])],
        "one field too many": [text, label, randomly.choice(["", "x", "positive"])],
        "one field too few": [text],
        "a quote that is never closed": None,
        "a quote within quotes": None,
        "no header": None,
        "another header": None,
        "one label": None,
        "no rows": None,
    }
    name = list(damages)[number % len(damages)]
    if (row := damages[name]) is not None:
        rows[at] = row
    if name == "one label":
        rows = [[text, label] for text, _ in rows]
    header = {"no header": [], "another header": [["text", f"{randomly.random()}"]]}.get(
        name, [["review", "sentiment"]]
    )
    file = io.StringIO()
    csv.writer(file).writerows([*header, *([] if name == "no rows" else rows)])
    lines = file.getvalue().split("\r\n")
    if name == "a quote that is never closed":
        lines[-2] = '"' + lines[-2].replace('"', "") + "\n" * randomly.randrange(4)
    if name == "a quote within quotes":
        lines[at + 1] = lines[at + 1].replace('""take', randomly.choice(['"take', '" "take', 'x"take']))
    return name, "\r\n".join(lines)


def _problem(path: str) -> str | None:
    """What is wrong with how the stage `clean` takes the file."""
    null = io.StringIO()
    try:
        with redirect_stdout(null), redirect_stderr(null):
            clean.main(path, Path("data/clean.parquet"), Path("metrics/data.json"))
    except UserError as error:
        return "more than one line" if "\n" in str(error) else None
    except Exception as error:  # whatever it is, it is no UserError
        return f"{type(error).__name__}: {error}"
    return "accepted"


def random_texts(count: int) -> Trials:
    """Clean `count` texts, of Unicode and of pieces of HTML, twice."""
    trials = Trials("random texts", "no exception, and cleaning twice is cleaning once")
    for seed, problem in enumerate(parallel_map(text_problem, range(count), "random texts")):
        trials.count(f"text {seed}", problem)
    return trials


def text_problem(seed: int) -> str | None:
    """What is wrong with the cleaning of the text that `seed` makes."""
    text = random_text(seed)
    try:
        once = clean_text(text)
        return None if clean_text(once) == once else "cleaning it twice makes another text"
    except Exception as error:  # whatever it is, it is wrong
        return f"{type(error).__name__}: {error}"


def random_text(seed: int) -> str:
    """A text of up to 40 runs of characters or pieces of HTML."""
    randomly = random.Random(seed)
    runs = []
    for _ in range(randomly.randrange(40)):
        start, end = randomly.choice(ALPHABETS)
        run = "".join(chr(randomly.randrange(start, end)) for _ in range(randomly.randrange(12)))
        runs.append(randomly.choice([run, run, randomly.choice(SNIPPETS)]))
    return "".join(runs)
