"""Turn a CSV of labelled reviews into clean, unique reviews, in an order that depends on the texts alone.

python -m sentiment.stages.clean "data/IMDB Dataset.csv" data/clean.parquet metrics/data.json
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sentiment import params
from sentiment.data import corpus
from sentiment.data.text import clean
from sentiment.errors import UserError
from sentiment.system import command, files, one_writer
from sentiment.system.parallel import parallel_map

if TYPE_CHECKING:  # pandas and pyarrow take a second to import: not for --help
    import pandas as pd


def main(
    csv: Annotated[Path, typer.Argument(help="CSV file of labelled reviews.")],
    table: Annotated[
        Path, typer.Argument(help="Parquet file to write: text, label (1 is positive), any group.")
    ],
    metrics: Annotated[Path, typer.Argument(help="JSON file to write: numbers of kept and dropped rows.")],
) -> None:
    """Read a CSV strictly, turn HTML into text, drop duplicates."""
    outputs = table, metrics
    with one_writer.replacing(outputs, [csv], lambda: params.load("clean")) as (settings, (table, metrics)):
        frame, counts = tidy(corpus.read(csv, **settings.clean.model_dump()))
        if not counts["positive"] or not counts["negative"]:
            raise UserError(f"{csv}: only one class is left after cleaning: {summary(counts)}")
        write(frame, table)
        files.write_json(metrics, counts)
    print(summary(counts))


def tidy(frame: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, int]]:
    """Return clean, unique reviews in the order of their SHA-256, and the numbers of kept and dropped rows.

    `frame` and the result have the columns text, label and perhaps group. Of equal reviews one is kept, that
    of the first group by name, or none if their labels contradict each other. Every row is counted once:
    `rows` is the sum of `reviews` and the four kinds of dropped rows.
    """
    if "group" in frame:
        frame = frame.sort_values("group", kind="stable")
    unique = frame.drop_duplicates(["text", "label"])
    cleaned = unique.assign(text=parallel_map(clean, unique["text"].tolist(), "Cleaning"))
    full = cleaned[cleaned["text"] != ""]
    agreeing = full[full.groupby("text")["label"].transform("nunique") == 1]
    kept = agreeing.drop_duplicates("text")
    kept = kept.iloc[kept["text"].map(_sha256).argsort(kind="stable")].reset_index(drop=True)
    positive = int(kept["label"].sum())
    return kept, {
        "rows": len(frame),
        "exact_duplicates": len(frame) - len(unique),
        "empty_after_cleaning": len(cleaned) - len(full),
        "contradictions": len(full) - len(agreeing),
        "duplicates_after_cleaning": len(agreeing) - len(kept),
        "reviews": len(kept),
        "positive": positive,
        "negative": len(kept) - positive,
    }


def summary(counts: dict[str, int]) -> str:
    """Format the counts of `tidy` in one line."""
    return "{reviews:,} of {rows:,} reviews kept: {positive:,} positive, {negative:,} negative".format(
        **counts
    )


def write(frame: pd.DataFrame, path: Path) -> None:
    """Write text (string), label (int8) and group (string), if any, as Parquet without metadata of pandas."""
    import pyarrow as pa
    from pyarrow import parquet

    columns = {
        "text": pa.array(frame["text"].tolist(), pa.string()),
        "label": pa.array(frame["label"].to_numpy(), pa.int8()),
    }
    if "group" in frame:
        columns["group"] = pa.array(frame["group"].tolist(), pa.string())
    parquet.write_table(pa.table(columns), path, compression="zstd")


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


if __name__ == "__main__":
    command.run(main)
