"""Columns of a table, row by row: CSV, JSON Lines or Parquet, by the ending of the file's name."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path, PurePath
from typing import Any

from sentiment.data import csv_header, strict_csv, text_file
from sentiment.data.csv_header import Dialect
from sentiment.data.problems import shorten
from sentiment.errors import UserError
from sentiment.system import storage

JSON_LINES, PARQUET = (".jsonl", ".ndjson"), (".parquet",)
ENDINGS = (".csv", *JSON_LINES, *PARQUET)  # of files in a folder; a file by its own name can have any
BATCH = 4096  # rows of Parquet in memory at once


@dataclass(frozen=True)
class Row:
    """The values in the columns asked for, in a place such as line 7, or what is wrong with the row."""

    place: str
    values: list
    problem: str | None = None


def files(path: str | Path) -> list[str]:
    """The files of the table at `path`, a file, or a folder or URL with files of its columns: in their order.

    Of a folder, those whose names end in one of ENDINGS, and do not begin with a dot or an underscore.
    Raises UserError if there is none.
    """
    found = storage.listed(path)
    if found == [str(path)]:
        return found
    tables = [
        name for name in found if storage.suffix(name) in ENDINGS and PurePath(name).name[0] not in "._"
    ]
    if not found and not Path(path).is_dir():
        raise UserError(f"{path}: no such file; name yours in params.yaml as data.csv")
    if not tables:
        raise UserError(f"{path}: a folder without a file whose name ends in {', '.join(ENDINGS)}")
    return tables


def read(path: str | Path, columns: list[str], hint: str, dialect: Dialect) -> Iterator[Row]:
    """Yield the rows of the file at `path`; `dialect` is a CSV's, `hint` says how to name other columns.

    Raises UserError where the file cannot be read, or has not each of the `columns` once.
    """
    kind = storage.suffix(path)
    with storage.told(path):
        if kind in PARQUET:
            yield from _parquet(path, columns, hint)
        elif kind in JSON_LINES:
            yield from _json_lines(path, columns, hint, dialect)
        else:
            yield from _csv(path, columns, hint, dialect)


def _csv(path: str | Path, columns: list[str], hint: str, dialect: Dialect) -> Iterator[Row]:
    header, rows = strict_csv.read(path, columns, hint, dialect)
    places = [header.fields.index(column) for column in columns]
    for row in rows:
        values = [] if row.problem else [row.fields[place] for place in places]
        yield Row(f"line {row.line}", values, row.problem)


def _json_lines(path: str | Path, columns: list[str], hint: str, dialect: Dialect) -> Iterator[Row]:
    for number, line in enumerate(_lines(path, dialect), 1):
        if not line.strip():
            continue
        values, problem = [], None
        try:
            content = _object(line)
            if wrong := csv_header.wrong_columns(list(content), columns):
                problem = f"{wrong}; {hint}"
            else:
                values = [content[column] for column in columns]
        except ValueError as error:
            problem = str(error)
        yield Row(f"line {number}", values, problem)


def _lines(path: str | Path, dialect: Dialect) -> Iterator[str]:
    return text_file.lines(path, "JSON Lines", dialect.encoding, dialect.settable)


def _object(line: str) -> dict[str, Any]:
    """The object in a line of JSON Lines; raises ValueError where it is none."""
    try:
        content = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"not JSON: {str(error).partition(':')[0]}") from None
    if not isinstance(content, dict):
        raise ValueError(f"not a JSON object but {type(content).__name__}")
    return content


def _parquet(path: str | Path, columns: list[str], hint: str) -> Iterator[Row]:
    numbers = count(1)
    with _opened(path) as file:
        if wrong := csv_header.wrong_columns(file.schema_arrow.names, columns):
            raise UserError(f"{path}: {wrong}; {hint}")
        for batch in file.iter_batches(BATCH, columns=columns):
            batch.validate(full=True)
            for values in zip(*(batch.column(name).to_pylist() for name in columns), strict=True):
                problem = text_file.problem(values)
                yield Row(f"row {next(numbers)}", [] if problem else list(values), problem)


@contextmanager
def _opened(path: str | Path) -> Iterator[Any]:
    """Open a Parquet file; raises UserError where it turns out to be damaged."""
    import pyarrow as pa  # slow to import
    import pyarrow.parquet as pq

    try:
        with storage.opened(path) as source, pq.ParquetFile(source) as file:
            yield file
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        raise UserError(f"{path}: not a Parquet file, or damaged: {shorten(str(error))}") from None


def names(path: str | Path, dialect: Dialect) -> list[str]:
    """The names of a table's columns; of JSON Lines, those in its first line. Raises UserError."""
    if storage.suffix(path) in PARQUET:
        with _opened(path) as file:
            return file.schema_arrow.names
    if storage.suffix(path) in JSON_LINES:
        try:
            return list(_object(next(filter(str.strip, _lines(path, dialect)), "{}")))
        except ValueError as error:
            raise UserError(f"{path}: line 1: {error}") from None
    return strict_csv.read(path, [], "", dialect)[0].fields
