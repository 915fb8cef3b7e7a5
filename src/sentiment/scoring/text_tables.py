"""Tables in files of text, CSV and JSON lines: each row is written as it stands, with more at its end."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from sentiment.data import strict_csv
from sentiment.data.strict_csv import Problems
from sentiment.scoring.tables import ADDED, Row, Table, has_already, label_in, shown


class Csv(Table):
    """RFC 4180 in UTF-8; see `strict_csv`."""

    def columns(self) -> list[str]:
        """The names of its columns."""
        return self._header(strict_csv.records(strict_csv.lines(self.path))).fields

    def _header(self, records: Iterator) -> strict_csv.Record:
        head = strict_csv.header(self.path, records, [self.text_column], self.hint)
        self.check_columns(head.fields, f"line {head.line}: ")
        return head

    def rows(self, problems: Problems) -> Iterator[Row]:
        """Yield the rows; those that are wrong go to `problems`."""
        records = strict_csv.records(strict_csv.lines(self.path))
        names = self._header(records).fields
        text_at = names.index(self.text_column)
        label_at = names.index(self.label_column) if self.label_column else None
        for record in filter(strict_csv.filled, records):
            problem = record.problem or strict_csv.wrong_width(record.fields, len(names))
            label = None
            if not problem and label_at is not None:
                label, problem = label_in(record.fields[label_at])
            if problem:
                problems.add(f"line {record.line}", problem)
            else:
                yield Row(record.fields[text_at], label, record.raw)

    def write(self, path: Path, rows: Iterable[tuple[Row, int]]) -> None:
        """Write the table to `path` with the score of each row."""
        head = self._header(strict_csv.records(strict_csv.lines(self.path))).raw
        with path.open("w", encoding="utf-8", newline="") as file:
            file.write(_mark(self.path) + _with(head, *ADDED))
            for row, score in rows:
                file.write(_with(row.raw, *(value or "" for value in shown(score))))


class JsonLines(Table):
    """One JSON object a line, in UTF-8."""

    def columns(self) -> list[str]:
        """The names in the first row."""
        first = next(self._objects(Problems(self.path)), None)
        return list(first[2]) if first else [self.text_column]

    def _objects(self, problems: Problems) -> Iterator[tuple[int, str, dict]]:
        """Yield each object with its line's number and content."""
        for number, line in enumerate(strict_csv.lines(self.path, "JSON lines"), 1):
            if not line.strip():
                continue
            try:
                content = json.loads(line)
            except (ValueError, RecursionError) as error:
                problems.add(f"line {number}", f"not JSON: {str(error).partition(':')[0]}")
                continue
            if isinstance(content, dict):
                yield number, line, content
            else:
                problems.add(f"line {number}", f"not a JSON object but {type(content).__name__}")

    def rows(self, problems: Problems) -> Iterator[Row]:
        """Yield the rows; those that are wrong go to `problems`."""
        for number, line, content in self._objects(problems):
            label, problem = None, self._problem(content)
            if not problem and self.label_column:
                label, problem = label_in(content[self.label_column])
            if problem:
                problems.add(f"line {number}", problem)
            else:
                yield Row(content[self.text_column] or "", label, line)

    def _problem(self, content: dict) -> str | None:
        for name in filter(None, (self.text_column, self.label_column)):
            if name not in content:
                return f"no {strict_csv.short(name)}; {self.hint}"
        if there := [name for name in ADDED if name in content]:
            return has_already(there[0])
        text = content[self.text_column]
        return None if isinstance(text, str | None) else f"a text that is no string but {type(text).__name__}"

    def write(self, path: Path, rows: Iterable[tuple[Row, int]]) -> None:
        """Write the table to `path` with the score of each row."""
        with path.open("w", encoding="utf-8", newline="") as file:
            file.write(_mark(self.path))
            for row, score in rows:
                probability, label = shown(score)
                body = row.raw.rstrip()
                end = row.raw[len(body) :]
                added = f'"probability": {probability or "null"}, "predicted": {json.dumps(label)}'
                file.write(f"{body[:-1].rstrip()}, {added}}}{end}")


def _mark(path: Path) -> str:
    """The byte-order mark that a file begins with, or nothing."""
    with path.open("rb") as file:
        return "\ufeff" if file.read(3) == strict_csv.BYTE_ORDER_MARK else ""


def _with(raw: str, *fields: str) -> str:
    """A CSV record as it stands, with `fields` more at its end."""
    record = raw.rstrip("\r\n")
    return ",".join([record, *fields]) + raw[len(record) :]
