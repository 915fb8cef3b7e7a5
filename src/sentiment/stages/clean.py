"""Turn a file of labelled reviews into clean, unique reviews, in an order that depends on the texts alone.

python -m sentiment.stages.clean "data/IMDB Dataset.csv" data/clean.parquet metrics/data.json
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sentiment import params
from sentiment.data import labels, parquet_file, unique
from sentiment.data.corpus import Corpus
from sentiment.data.label_column import LabelColumn
from sentiment.data.layout import Layout
from sentiment.engine import choice
from sentiment.engine.base import Engine
from sentiment.errors import UserError
from sentiment.system import command, files, one_writer, storage

FEW, RARE = 1000, 0.1  # reviews, and the share of a label, below which a corpus gets a warning
VALUES = 20  # of a label, at most, that are counted one by one
BUCKET, BUCKETS = 2**23, 512  # bytes of the corpus in a bucket, and buckets, each an open file, at most

if TYPE_CHECKING:  # pyarrow takes half a second to import: not for --help
    import pyarrow as pa


def main(
    csv: Annotated[
        str, typer.Argument(help="Labelled reviews: CSV, JSON Lines or Parquet, a folder or s3:// of them.")
    ],
    table: Annotated[
        Path, typer.Argument(help="Parquet file to write: text, label (1 is positive), any group.")
    ],
    metrics: Annotated[Path, typer.Argument(help="JSON file to write: numbers of kept and dropped rows.")],
) -> None:
    """Read a file strictly, turn HTML into text, drop duplicates."""
    outputs = table, metrics
    with one_writer.replacing(outputs, [csv], lambda: params.load("clean", "engine", "dask")) as (
        settings,
        (table, metrics),
    ):
        corpus = Corpus(csv, Layout(**settings.clean.model_dump()))
        with choice.opened(settings.engine, **settings.dask.model_dump()) as engine:
            counts: Counter[str] = Counter()
            parquet_file.write(tidy(corpus, engine, table.parent, counts), table)
        if not counts["positive"] or not counts["negative"]:
            raise UserError(f"{csv}: only one class is left after cleaning: {summary(counts)}")
        files.write_json(metrics, counts | classes(counts, corpus.labels))
    print(summary(counts))
    if warning := hard(counts):
        print(f"warning: {csv}: {warning}", file=sys.stderr)


def tidy(corpus: Corpus, engine: Engine, folder: Path, counts: Counter[str]) -> Iterator[pa.Table]:
    """Yield the clean, unique reviews of a corpus in the order of their SHA-256, and add up their `counts`.

    Reviews whose texts are equal meet in a bucket, whatever block they come from; `unique` says what is kept,
    and which rows are counted as what. Raises UserError as `Corpus.blocks` does.
    """
    buckets = min(BUCKETS, 1 + storage.size(corpus.path) // BUCKET)
    cleaned = partial(unique.cleaned, buckets=buckets)
    with engine.shuffle(cleaned, corpus.blocks(), buckets, folder, "Cleaning") as shuffled:
        kept = partial(unique.unique, labels=corpus.labels.labels)
        for table, more in engine.map(kept, shuffled, "Dropping duplicates"):
            counts.update(more)
            yield table


def classes(counts: dict[str, int], column: LabelColumn) -> dict[str, Any]:
    """The shares of both labels in the reviews that are kept; the values of each in the corpus, with rows."""
    shares = {f"{name}_share": round(counts[name] / counts["reviews"], 4) for name in labels.NAMES}
    names = {1: "positive", 0: "negative", None: "other"}
    values = column.values
    return shares | {
        "labels": {name: dict(values[label].most_common(VALUES)) for label, name in names.items()}
    }


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
    """Format the counts of `unique.unique` in one line."""
    return "{reviews:,} of {rows:,} reviews kept: {positive:,} positive, {negative:,} negative".format(
        **counts
    )


if __name__ == "__main__":
    command.run(main)
