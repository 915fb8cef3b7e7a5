"""The table formats, chosen by the ending of the file name."""

from pathlib import Path

from sentiment.errors import UserError
from sentiment.inference.artifact import Artifact
from sentiment.scoring.parquet_tables import Parquet
from sentiment.scoring.tables import Table
from sentiment.scoring.text_tables import Csv, JsonLines

TABLES: dict[str, type[Table]] = {".csv": Csv, ".jsonl": JsonLines, ".ndjson": JsonLines, ".parquet": Parquet}


def open_table(
    source: Path,
    output: Path,
    trained: Artifact,
    text_column: str | None,
    label_column: str | None,
    force: bool = False,
) -> Table:
    """Return the table; raises UserError unless `output` is another file of the same format.

    It must not be there yet, unless `force` is set, but its folder must. Columns that are None are called as
    in training; a column of labels need not be there then.
    """
    clean = trained.about["clean"]
    kind = _kind(source, output, force)
    table = kind(source, text_column or clean["text_column"], trained.labels, clean.get("other") == "drop")
    if label_column is None and clean["label_column"] in table.columns():
        label_column = clean["label_column"]
    table.label_column = label_column or ""
    return table


def _kind(source: Path, output: Path, force: bool) -> type[Table]:
    table = TABLES.get(source.suffix.lower())
    if table is None:
        raise UserError(f"{source}: unknown file format; expected a name that ends in {', '.join(TABLES)}")
    if TABLES.get(output.suffix.lower()) is not table:
        raise UserError(f"{output}: expected the same format as {source}; give it the same ending")
    if not source.is_file():
        raise UserError(f"{source}: {'not a regular file' if source.exists() else 'no such file'}")
    if not output.parent.is_dir():
        raise UserError(f"{output.parent}: no such folder; make it first")
    if output.is_dir():
        raise UserError(f"{output}: a folder; name a file")
    if output.exists() and output.samefile(source):
        raise UserError(f"{output}: both input and output; name another file for the output")
    if output.exists() and not force:
        raise UserError(f"{output}: exists already; --force replaces it")
    for path in (source, output):
        if path.resolve().name.startswith(".part-"):  # `files` and `journal` overwrite and remove these
            raise UserError(f"{path}: names of unfinished files begin with .part-; name another file")
    return table
