"""A Parquet file that is written table by table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # pyarrow takes half a second to import
    import pyarrow as pa

ROW_GROUP = 2**16  # rows of a row group, which is in memory as a whole


def write(tables: Iterable[pa.Table], path: Path) -> None:
    """Write the rows of `tables`, at least one, in their order; the file does not show where one ended."""
    from pyarrow import parquet

    groups = _groups(tables)
    first = next(groups)
    with parquet.ParquetWriter(path, first.schema, compression="zstd") as file:
        file.write_table(first)
        for group in groups:
            file.write_table(group)


def _groups(tables: Iterable[pa.Table]) -> Iterator[pa.Table]:
    """Yield tables of ROW_GROUP rows, and the rest."""
    import pyarrow as pa

    rest = None
    for table in tables:
        rest = table if rest is None else pa.concat_tables([rest, table])
        while len(rest) > ROW_GROUP:
            yield rest.slice(0, ROW_GROUP).combine_chunks()
            rest = rest.slice(ROW_GROUP)
    if rest is not None:
        yield rest.combine_chunks()
