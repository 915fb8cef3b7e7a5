"""From a table of texts to the same with scores, in three passes that each hold a few rows at a time.

The first checks the whole table, so that nothing is worked out in vain; the second scores it, into a journal;
the third reads it once more, and writes it with what stands in the journal. So a run that is killed goes
on where it was, whatever kind of file it writes, and the output appears whole.
"""

import math
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import closing
from itertools import chain
from pathlib import Path

from sentiment import artifact, bars, files
from sentiment.console import UserError
from sentiment.serve import journal, workers
from sentiment.serve.journal import Journal
from sentiment.serve.measures import Counts
from sentiment.serve.parquet_tables import Parquet
from sentiment.serve.tables import Row, Table, shown
from sentiment.serve.text_tables import Csv, JsonLines
from sentiment.strict_csv import Problems

KINDS = {".csv": Csv, ".jsonl": JsonLines, ".ndjson": JsonLines, ".parquet": Parquet}
STEP = 1000  # rows after which the progress bar moves


def run(
    source: Path, output: Path, model: Path | None, text_column: str | None, label_column: str | None
) -> None:
    """Score the table `source` into `output`, and print a summary; see `score.score` for the rest."""
    start = time.monotonic()
    model = model or artifact.find()
    trained_on = artifact.read(model).about["clean"]
    table = _open(source, output, text_column or trained_on["text_column"])
    before = _state(source)
    if label_column is None and trained_on["label_column"] in table.columns():
        label_column = trained_on["label_column"]
    table.label_column = label_column or ""
    print(f"{source}: checking ...", file=sys.stderr)
    rows = table.check()
    what = {"input": journal.sha256(source), "model": journal.sha256(model / artifact.MANIFEST)}
    with journal.opened(output, **what, text_column=table.text_column) as scores:
        scored = _score(table, rows, model, scores)
        summary = Summary()
        with files.replacing(output) as part:
            table.write(part, summary.of(_joined(table, rows, scores)))
            if _state(source) != before:
                raise UserError(f"{source}: changed while it was read; run the same command again")
        scores.remove()
    seconds = time.monotonic() - start
    print(f"{output}: {rows:,} rows, {scored:,} of them scored now, {scored / seconds:,.0f} a second")
    summary.print(table.label_column)


def _open(source: Path, output: Path, text_column: str) -> Table:
    """The table; raises UserError unless `output` is another file of its kind."""
    kind = KINDS.get(source.suffix.lower())
    if kind is None:
        raise UserError(f"{source}: what kind of file? expected one that ends in {', '.join(KINDS)}")
    if KINDS.get(output.suffix.lower()) is not kind:
        raise UserError(f"{output}: expected a file of the kind of {source}; give it the same ending")
    if not source.is_file():
        raise UserError(f"{source}: {'not a regular file' if source.exists() else 'no such file'}")
    if output.is_dir():
        raise UserError(f"{output}: a folder; name a file")
    if output.exists() and output.samefile(source):
        raise UserError(f"{output}: both input and output; name another file for the output")
    return kind(source, text_column)


def _state(path: Path) -> tuple[int, int]:
    return path.stat().st_size, path.stat().st_mtime_ns


def _score(table: Table, rows: int, model: Path, scores: Journal) -> int:
    """Write the scores of the whole table into the journal; how many rows that took."""
    if scores.outdated:
        print("begun before with another input, model or option: starting anew", file=sys.stderr)
    left = _left(table, scores)
    if scores.done:
        print(f"{scores.done:,} of {rows:,} rows were scored before: going on from there", file=sys.stderr)
    todo = rows - scores.done
    results = workers.score(model, left, math.ceil(todo / workers.ROWS))
    with closing(results), bars.counter("score", rows, scores.done) as advance:
        for block in results:
            scores.append(block)
            advance(len(block))
    return todo


def _left(table: Table, scores: Journal) -> Iterator[list[str]]:
    """The blocks of texts that are not scored yet; of one that is in part, the journal forgets that part.

    For the last bits of a score depend on the block that its text is in.
    """
    blocks = workers.blocks(row.text for row in table.rows(Problems(table.path)))
    position = 0
    for block in blocks:
        if position + len(block) > scores.done:
            scores.keep(position)
            return chain([block], blocks)
        position += len(block)
    return iter(())


def _joined(table: Table, total: int, scores: Journal) -> Iterator[tuple[Row, int]]:
    """Each row with its score."""
    with bars.counter("write", total) as advance:
        for number, pair in enumerate(zip(table.rows(Problems(table.path)), scores.scores(), strict=True), 1):
            yield pair
            if number % STEP == 0 or number == total:
                advance(number % STEP or STEP)


class Summary:
    """What there is to say about the scores when all are written."""

    def __init__(self):
        self.predicted, self.counts = Counter(), Counts()

    def of(self, rows: Iterable[tuple[Row, int]]) -> Iterator[tuple[Row, int]]:
        """Yield `rows`, each with its score, and count them."""
        for row, score in rows:
            label = shown(score)[1]
            self.predicted[label] += 1
            if label and row.label is not None:
                self.counts.add(row.label, score)
            yield row, score

    def print(self, label_column: str) -> None:
        """Print it; with the measures, where there are labels."""
        print(
            ", ".join(
                f"{self.predicted[label]:,} {label or 'blank'}" for label in ("positive", "negative", None)
            )
        )
        if label_column and self.counts.reviews.any():
            print(f"by the labels in column {label_column!r}, of the rows that are not blank:")
            for name, value in self.counts.measures().items():
                print(f"  {name:10}{value:.4f}")
