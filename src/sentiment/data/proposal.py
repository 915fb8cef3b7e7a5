"""Parameters for a file of labelled reviews, from a look at it."""

import math
import re
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from sentiment.data import csv_header, encodings, label_values, look, tables
from sentiment.data.label_values import canonical, listed
from sentiment.data.layout import Layout, Other
from sentiment.data.look import Column
from sentiment.data.text import UNSPACED
from sentiment.errors import UserError

SMALL = 10_000  # reviews below which word vectors are not learned, and epochs are more
TRAINING = 0.72  # share of the training part
BATCH, SMALL_BATCH = 64, 16  # reviews
STEPS = 500  # of the optimizer, that a small corpus gets in all, if that takes no more than EPOCHS
EPOCHS = 30
RARE = 0.1  # share of a label below which both count the same in training
READABLE = 1000  # reviews, from which opinion words can be learned
ENGLISH = re.compile(r"\b(?:the|and|of|is|a|to|it|this)\b", re.IGNORECASE)
UNSAFE = re.compile(r'["$`\\\0]')  # in a file's name: dvc.yaml has it in a shell command


def propose(path: Path, told: Layout) -> tuple[dict[str, dict[str, Any]], str]:
    """Return the parameters for the reviews at `path`, by section and key, and one line about what was seen.

    What `told` says of the layout is taken from there: columns if not empty, values, encoding. Raises
    UserError where that cannot be guessed from the file.
    """
    if UNSAFE.search(str(path)):
        raise UserError(f"{path}: a name with quotes, $, ` or \\; rename the file")
    if not encodings.is_text(told.encoding):
        raise UserError(f"--encoding: Python knows no encoding {told.encoding!r}")
    layout = told
    if is_csv := path.suffix.lower() not in (*tables.PARQUET, *tables.JSON_LINES):
        layout = replace(layout, delimiter=look.delimiter(path, told.encoding))
    columns = look.columns(path, layout.dialect)
    names = [column.name for column in columns]
    looked_for = is_csv and not (told.text_column and told.label_column)
    if looked_for and (problem := csv_header.no_header(path, names, layout.dialect.delimiter)):
        raise UserError(f"{path}: line 1: {problem}")
    label = _label_column(path, columns, told.label_column)
    text = _text_column(path, [column for column in columns if column is not label], told.text_column)
    layout = replace(_with_values(path, layout, label), text_column=text.name, label_column=label.name)
    return _parameters(path, layout, text, label), _seen(path, text, label)


def _column(path: Path, columns: list[Column], name: str) -> Column:
    found = {column.name: column for column in columns}
    if name not in found:
        raise UserError(f"{path}: no column {name!r}, or it occurs twice; its columns are {', '.join(found)}")
    return found[name]


def _label_column(path: Path, columns: list[Column], name: str) -> Column:
    if name:
        return _column(path, columns, name)
    best = max((column.fits_labels() for column in columns), default=0)
    fitting = [column for column in columns if column.fits_labels() == best > 0]
    if len(fitting) != 1:
        found = ", ".join(column.name for column in fitting or columns)
        what = "several columns look like labels" if fitting else "no column looks like labels"
        raise UserError(f"{path}: {what}: {found}; name it with --label-column")
    return fitting[0]


def _text_column(path: Path, columns: list[Column], name: str) -> Column:
    if name:
        return _column(path, columns, name)
    texts = [column for column in columns if column.is_text]
    if not texts:
        raise UserError(f"{path}: no column besides the labels holds texts; name one with --text-column")
    return max(texts, key=lambda column: column.characters)


def _with_values(path: Path, layout: Layout, label: Column) -> Layout:
    """`layout`, in which the values of the `label` column mean something."""
    values = {canonical(value) for value in label.values}
    positive, negative = map(canonical, layout.positive), map(canonical, layout.negative)
    chosen = list(positive), list(negative)
    if not any(chosen):
        if values <= label_values.usual(values).keys():
            return layout
        chosen = label_values.proposal(label.values) or chosen
    if not all(chosen) or not {*chosen[0], *chosen[1]} <= values:
        raise UserError(
            f"{path}: column {label.name!r} holds {listed(label.values)}; say which of them are positive, "
            "and which negative: --positive VALUE --negative VALUE"
        )
    other: Other = "drop" if values - {*chosen[0], *chosen[1]} else "refuse"
    return replace(layout, positive=chosen[0], negative=chosen[1], other=other)


def _parameters(path: Path, layout: Layout, text: Column, label: Column) -> dict[str, dict[str, Any]]:
    """The parameters, by section and key: the layout, and what suits the corpus's size and language."""
    rows, sample = text.rows, " ".join(text.values)
    clean = asdict(replace(layout, positive=list(layout.positive), negative=list(layout.negative)))
    found: dict[str, dict[str, Any]] = {
        "data": {"csv": str(path), "download": []},
        "clean": clean,
        "train": {},
    }
    if rows < SMALL:
        batch = BATCH if rows >= READABLE else SMALL_BATCH
        epochs = math.ceil(STEPS / math.ceil(TRAINING * rows / batch))
        found["embedding"] = {"init": "uniform"}
        found["train"] |= {"batch_size": batch, "epochs": min(EPOCHS, epochs)}
    if rows < READABLE or len(ENGLISH.findall(sample)) < 0.05 * len(sample.split()):
        found["train"]["reversed"] = 0.0
    if len(re.findall(f"[{UNSPACED}]", sample)) > 0.3 * len(sample):
        found["tokenize"] = {"tokenizer": "characters"}
    if min(_shares(layout, label)) < RARE:
        found["train"]["class_weight"] = "balanced"
    return found


def _shares(layout: Layout, label: Column) -> tuple[float, float]:
    """The shares of negative and positive among the rows with either."""
    meaning = label_values.chosen(map(canonical, label.values), layout.positive, layout.negative)
    counts = [0, 0]
    for value, rows in label.values.items():
        if canonical(value) in meaning:
            counts[meaning[canonical(value)]] += rows
    return counts[0] / max(1, sum(counts)), counts[1] / max(1, sum(counts))


def _seen(path: Path, text: Column, label: Column) -> str:
    where = f"texts in {text.name!r}, labels in {label.name!r}"
    return f"{path}: {text.rows:,} rows; {where}: {listed(label.values)}"
