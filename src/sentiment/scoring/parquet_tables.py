"""Parquet, which needs pyarrow."""

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import count, islice
from pathlib import Path
from typing import Any

from sentiment.data import text_file
from sentiment.data.label_values import Labels
from sentiment.data.problems import Problems, shorten
from sentiment.errors import UserError
from sentiment.scoring.tables import ADDED, Row, Table, format_score
from sentiment.system import untrusted

BATCH = 16_384  # rows in memory at once


class Parquet(Table):
    """A Parquet file, read and written by pyarrow."""

    def __init__(self, path: Path, text_column: str, labels: Labels, drops_others: bool = False):
        super().__init__(path, text_column, labels, drops_others)
        try:
            import pyarrow as pa
            import pyarrow.parquet as pq
        except ImportError:
            raise UserError(f"{path}: reading Parquet needs pyarrow: pip install pyarrow") from None
        self.pa, self.pq = pa, pq

    @contextmanager
    def _opened(self) -> Iterator[Any]:
        """Open the file; raises UserError where it turns out to be damaged."""
        try:
            untrusted.check(self.path)
            with self.pq.ParquetFile(self.path) as file:
                yield file
        except FileNotFoundError:
            raise UserError(f"{self.path}: no such file") from None
        except (self.pa.ArrowException, OSError, UnicodeDecodeError) as error:
            raise UserError(f"{self.path}: not a Parquet file, or damaged: {str(error)[:100]}") from None

    def _schema(self) -> Any:
        with self._opened() as file:
            return file.schema_arrow

    def _batches(self, columns: list[str] | None = None) -> Iterator[Any]:
        """Yield all columns, or only `columns`, BATCH rows at a time."""
        with self._opened() as file:
            for batch in file.iter_batches(BATCH, columns=columns):
                batch.validate(full=True)
                yield batch

    def columns(self) -> list[str]:
        return self._schema().names

    def check(self) -> int:
        names = self.columns()
        self.check_columns(names)
        if repeated := sorted(name for name, times in Counter(names).items() if times > 1):
            raise UserError(f"{self.path}: column {shorten(repeated[0])} occurs twice")
        kind = self._schema().field(self.text_column).type
        kind = kind.value_type if self.pa.types.is_dictionary(kind) else kind
        if str(kind) not in ("string", "large_string", "string_view"):
            raise UserError(f"{self.path}: column {self.text_column!r} holds {kind}, not text")
        return super().check()

    def rows(self, problems: Problems) -> Iterator[Row]:
        names = list(filter(None, (self.text_column, self.label_column)))
        numbers = count(1)
        for batch in self._batches(names):
            texts = batch.column(self.text_column).to_pylist()
            labels = batch.column(self.label_column).to_pylist() if self.label_column else [None] * len(texts)
            for text, value, number in zip(texts, labels, numbers, strict=False):
                label, problem = self.parse_label(value) if self.label_column else (None, None)
                if problem := problem or text_file.problem([text]):
                    problems.add(f"row {number}", problem)
                else:
                    yield Row(text or "", label)

    def write(self, path: Path, rows: Iterable[tuple[Row, int]]) -> None:
        rows = iter(rows)
        types = self.pa.float64(), self.pa.string()
        schema = self._schema()
        for name, kind in zip(ADDED, types, strict=True):
            schema = schema.append(self.pa.field(name, kind))
        with self.pq.ParquetWriter(path, schema) as writer:
            for batch in self._batches():
                scored = [format_score(score, self.labels.names) for _, score in islice(rows, len(batch))]
                columns = [float(value) for value, _ in scored], [label for _, label in scored]
                added = [self.pa.array(column, kind) for column, kind in zip(columns, types, strict=True)]
                writer.write_batch(self.pa.RecordBatch.from_arrays([*batch.columns, *added], schema=schema))
            next(rows, None)  # lets the generator end, and with it the progress bar
