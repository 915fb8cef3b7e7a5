"""Rows on disk, sorted into buckets: what a shuffle needs of a disk, so that memory stays bounded."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:  # slow to import
    import pyarrow as pa


class Spill:
    """Tables, cut up by bucket; a file of compressed Arrow batches holds each bucket."""

    def __init__(self, folder: Path | None, buckets: int) -> None:
        self.buckets = buckets
        self._within = folder
        self._files: dict[int, Any] = {}  # by bucket, its writer

    def __enter__(self) -> Spill:
        with ExitStack() as stack:
            self._folder = Path(stack.enter_context(TemporaryDirectory(prefix="spill-", dir=self._within)))
            self._open = stack.enter_context(ExitStack())
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *error: object) -> None:
        self._stack.close()

    def add(self, table: pa.Table) -> None:
        """Add rows, each to the bucket that its column `bucket` says, which is not kept."""
        numbers = np.from_dlpack(table["bucket"].combine_chunks())  # Arrow's own to_numpy imports pandas
        rows = table.drop_columns("bucket").take(np.argsort(numbers, kind="stable"))
        counts = np.bincount(numbers, minlength=self.buckets)
        starts = np.cumsum(counts) - counts
        for bucket in np.flatnonzero(counts).tolist():
            self._writer(bucket, rows.schema).write_table(rows.slice(starts[bucket], counts[bucket]))

    def __iter__(self) -> Iterator[pa.Table]:
        """Yield the rows of each bucket that has any, in ascending order; nothing can be added any more."""
        import pyarrow as pa

        self._open.close()
        for bucket in sorted(self._files):
            with pa.OSFile(str(self._path(bucket))) as file, pa.ipc.open_stream(file) as reader:
                yield reader.read_all()

    def _writer(self, bucket: int, schema: pa.Schema) -> Any:
        if bucket not in self._files:
            import pyarrow as pa

            file = self._open.enter_context(pa.OSFile(str(self._path(bucket)), "wb"))
            options = pa.ipc.IpcWriteOptions(compression="lz4")
            writer = pa.ipc.new_stream(file, schema, options=options)
            self._files[bucket] = self._open.enter_context(writer)
        return self._files[bucket]

    def _path(self, bucket: int) -> Path:
        return self._folder / f"{bucket}.arrows"
