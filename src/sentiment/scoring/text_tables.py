"""CSV and JSON Lines: each row is written as it was, with the new fields at its end."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from sentiment.data import strict_csv, text_file
from sentiment.data.problems import Problems, shorten
from sentiment.scoring.tables import ADDED, Row, Table, already_present, format_score


class Csv(Table):
    """RFC 4180 in UTF-8; see `strict_csv`."""

    def columns(self) -> list[str]:
        return self._read()[0].fields

    def _read(self) -> tuple[strict_csv.Record, Iterator[strict_csv.Record]]:
        header, rows = strict_csv.read(self.path, [self.text_column], self.hint)
        self.check_columns(header.fields, f"line {header.line}: ")
        return header, rows

    def rows(self, problems: Problems) -> Iterator[Row]:
        header, rows = self._read()
        text_at = header.fields.index(self.text_column)
        label_at = header.fields.index(self.label_column) if self.label_column else None
        for row in rows:
            label, problem = None, row.problem
            if not problem and label_at is not None:
                label, problem = self.parse_label(row.fields[label_at])
            if problem:
                problems.add(f"line {row.line}", problem)
            else:
                yield Row(row.fields[text_at], label, row.raw)

    def write(self, path: Path, rows: Iterable[tuple[Row, int]]) -> None:
        header = self._read()[0].raw
        with path.open("w", encoding="utf-8", newline="") as file:
            file.write(_byte_order_mark(self.path) + _append(header, *ADDED))
            for row, score in rows:
                file.write(
                    _append(row.raw, *(value or "" for value in format_score(score, self.labels.names)))
                )


class JsonLines(Table):
    """JSON Lines: one JSON object a line, in UTF-8."""

    def columns(self) -> list[str]:
        """Return the names in the first row."""
        first = next(self._objects(Problems(self.path)), None)
        return list(first[2]) if first else [self.text_column]

    def _objects(self, problems: Problems) -> Iterator[tuple[int, str, dict]]:
        """Yield the line number, the line and the content of each object."""
        for number, line in enumerate(text_file.lines(self.path, "JSON lines"), 1):
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
        for number, line, content in self._objects(problems):
            label, problem = None, self._problem(content)
            if not problem and self.label_column:
                label, problem = self.parse_label(content[self.label_column])
            if problem:
                problems.add(f"line {number}", problem)
            else:
                yield Row(content[self.text_column] or "", label, line)

    def _problem(self, content: dict) -> str | None:
        for name in filter(None, (self.text_column, self.label_column)):
            if name not in content:
                return f"no {shorten(name)}; {self.hint}"
        if existing := [name for name in ADDED if name in content]:
            return already_present(existing[0])
        text = content[self.text_column]
        return None if isinstance(text, str | None) else f"a text that is no string but {type(text).__name__}"

    def write(self, path: Path, rows: Iterable[tuple[Row, int]]) -> None:
        with path.open("w", encoding="utf-8", newline="") as file:
            file.write(_byte_order_mark(self.path))
            for row, score in rows:
                probability, label = format_score(score, self.labels.names)
                body = row.raw.rstrip()
                end = row.raw[len(body) :]
                added = f'"probability": {probability}, "predicted": {json.dumps(label)}'
                file.write(f"{body[:-1].rstrip()}, {added}}}{end}")


def _byte_order_mark(path: Path) -> str:
    """Return the byte-order mark that the file begins with, or an empty string."""
    with path.open("rb") as file:
        return "\ufeff" if file.read(3) == text_file.BYTE_ORDER_MARK else ""


def _append(raw: str, *fields: str) -> str:
    """Return a CSV record as it was, with `fields` appended."""
    record = raw.rstrip("\r\n")
    return ",".join([record, *fields]) + raw[len(record) :]
