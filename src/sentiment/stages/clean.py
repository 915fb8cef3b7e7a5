"""Turn a file of labelled reviews into clean, unique reviews, in an order that depends on the texts alone.

python -m sentiment.stages.clean "data/IMDB Dataset.csv" data/clean.parquet metrics/data.json
"""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sentiment import params
from sentiment.data import corpus, labels
from sentiment.data.corpus import Corpus
from sentiment.data.layout import Layout
from sentiment.data.text import clean
from sentiment.errors import UserError
from sentiment.system import command, files, one_writer
from sentiment.system.parallel import parallel_map

FEW, RARE = 1000, 0.1  # reviews, and the share of a label, below which a corpus gets a warning
VALUES = 20  # of a label, at most, that are counted one by one

if TYPE_CHECKING:  # pandas and pyarrow take a second to import: not for --help
    import pandas as pd


def main(
    csv: Annotated[Path, typer.Argument(help="Labelled reviews: CSV, JSON Lines or Parquet.")],
    table: Annotated[
        Path, typer.Argument(help="Parquet file to write: text, label (1 is positive), any group.")
    ],
    metrics: Annotated[Path, typer.Argument(help="JSON file to write: numbers of kept and dropped rows.")],
) -> None:
    """Read a file strictly, turn HTML into text, drop duplicates."""
    outputs = table, metrics
    with one_writer.replacing(outputs, [csv], lambda: params.load("clean")) as (settings, (table, metrics)):
        read = corpus.read(csv, Layout(**settings.clean.model_dump()))
        frame, counts = tidy(read.reviews, read.dropped)
        if not counts["positive"] or not counts["negative"]:
            raise UserError(f"{csv}: only one class is left after cleaning: {summary(counts)}")
        write(frame, table)
        files.write_json(metrics, counts | classes(counts, read))
    print(summary(counts))
    if warning := hard(counts):
        print(f"warning: {csv}: {warning}", file=sys.stderr)


def tidy(frame: pd.DataFrame, other_labels: int = 0) -> tuple[pd.DataFrame, dict[str, int]]:
    """Return clean, unique reviews in the order of their SHA-256, and the numbers of kept and dropped rows.

    `frame` and the result have the columns text, label and perhaps group. Of equal reviews one is kept, that
    of the first group by name, or none if their labels contradict each other. Every row is counted once:
    `rows` is the sum of `reviews` and the five kinds of dropped rows, of which those with `other_labels` are
    not in `frame` any more.
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
        "rows": other_labels + len(frame),
        "other_labels": other_labels,
        "exact_duplicates": len(frame) - len(unique),
        "empty_after_cleaning": len(cleaned) - len(full),
        "contradictions": len(full) - len(agreeing),
        "duplicates_after_cleaning": len(agreeing) - len(kept),
        "reviews": len(kept),
        "positive": positive,
        "negative": len(kept) - positive,
    }


def classes(counts: dict[str, int], read: Corpus) -> dict[str, Any]:
    """The shares of both labels in the reviews that are kept; the values of each in the file, with rows."""
    shares = {f"{name}_share": round(counts[name] / counts["reviews"], 4) for name in labels.NAMES}
    names = {1: "positive", 0: "negative", None: "other"}
    values = {name: dict(read.values[label].most_common(VALUES)) for label, name in names.items()}
    return shares | {"labels": values}


def hard(counts: dict[str, int]) -> str | None:
    """What to expect of a small or unbalanced corpus, and what to set; None where it is neither."""
    found = []
    if counts["reviews"] < FEW:
        expected = "too few for word vectors, and chance moves scores by several points"
        advice = "set embedding.init: uniform and more train.epochs, as `sentiment init` does"
        found.append(f"{counts['reviews']:,} reviews: {expected}; {advice}")
    rare = min(labels.NAMES, key=lambda name: counts[name])
    if (share := counts[rare] / counts["reviews"]) < RARE:
        expected = "a model that never says so has a high accuracy"
        found.append(
            f"only {share:.1%} are {rare}: {expected}; judge by bal_acc, set train.class_weight: balanced"
        )
    return "; ".join(found) or None


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
