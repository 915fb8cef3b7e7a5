"""From a table of texts to the same with scores, in three passes that each hold a few rows at a time.

The first checks the whole table, so that nothing is worked out in vain; the second scores it, into a journal;
the third reads it once more, and writes it with what stands in the journal. So a run that is killed goes
on where it was, whatever kind of file it writes, and the output appears whole.
"""

import math
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sentiment.data.strict_csv import Problems
from sentiment.errors import UserError, printable
from sentiment.inference import artifact
from sentiment.scoring import journal, workers
from sentiment.scoring.journal import Journal
from sentiment.scoring.parquet_tables import Parquet
from sentiment.scoring.streaming_metrics import Counts
from sentiment.scoring.tables import Row, Table, shown
from sentiment.scoring.text_tables import Csv, JsonLines
from sentiment.system import files, progress

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
    summary = Summary()
    with _watched(source) as check_unchanged:
        if label_column is None and trained_on["label_column"] in table.columns():
            label_column = trained_on["label_column"]
        table.label_column = label_column or ""
        print(f"{printable(str(source))}: checking ...", file=sys.stderr)
        rows = table.check()
        with journal.opened(output, **_origin(table, model)) as scores:
            scored = _score(table, rows, model, scores, check_unchanged)
            with files.replacing(output) as part:
                table.write(part, summary.of(_joined(table, rows, scores)))
                check_unchanged()
            scores.remove()
    speed = scored / (time.monotonic() - start)
    print(f"{printable(str(output))}: {rows:,} rows, {scored:,} of them scored now, {speed:,.0f} a second")
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
    for path in (source, output):
        if path.resolve().name.startswith(".part-"):  # ours, and removed: see `files` and `journal`
            raise UserError(f"{path}: unfinished files have names that begin with .part-; name another file")
    return kind(source, text_column)


@contextmanager
def _watched(source: Path) -> Iterator[Callable[[], None]]:
    """Yield a function that raises UserError once the file has changed; then that is every error's cause."""

    def state() -> tuple[int, int, int]:
        found = source.stat()
        return found.st_ino, found.st_size, found.st_mtime_ns

    def check() -> None:
        if state() != before:
            raise UserError(f"{source}: changed while it was read; run the same command again")

    before = state()
    try:
        yield check
    except Exception:
        check()
        raise


def _origin(table: Table, model: Path) -> dict:
    """All that scores depend on; the last bits of one depend on the block that its text is in."""
    return {
        "input": files.sha256(table.path),
        "model": files.sha256(model / artifact.MANIFEST),
        "text_column": table.text_column,
        "block": [workers.ROWS, workers.CHARACTERS],
    }


def _score(table: Table, rows: int, model: Path, scores: Journal, check_unchanged: Callable) -> int:
    """Write the scores of the whole table into the journal; how many rows that took."""
    if scores.outdated:
        print("begun before with another input, model or option: starting anew", file=sys.stderr)
    if scores.done:
        print(f"{scores.done:,} of {rows:,} rows were scored before: going on from there", file=sys.stderr)
    todo = rows - scores.done
    results = workers.score(model, _left(table, scores.done), math.ceil(todo / workers.ROWS))
    with closing(results), progress.counter("score", rows, scores.done) as advance:
        for block in results:
            check_unchanged()  # or scores of other texts would be in the journal
            scores.append(block)
            advance(len(block))
    return todo


def _left(table: Table, done: int) -> Iterator[list[str]]:
    """The blocks of texts that are not scored yet: `done` rows are those of whole blocks."""
    for block in workers.blocks(row.text for row in table.rows(Problems(table.path))):
        if done > 0:
            done -= len(block)
        else:
            yield block


def _joined(table: Table, total: int, scores: Journal) -> Iterator[tuple[Row, int]]:
    """Each row with its score."""
    with progress.counter("write", total) as advance:
        rows = table.rows(Problems(table.path))  # not as many as scores only where the file has changed
        for number, pair in enumerate(zip(rows, scores.scores(), strict=False), 1):
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
