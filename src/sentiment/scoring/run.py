"""Score a table of texts in three passes, each of which holds only a few rows in memory.

The first pass checks the whole table, so that nothing is scored in vain; the second scores it into a journal;
the third reads it again and writes it with the scores from the journal. So a killed run resumes where it was,
whatever the file format, and the output appears whole.
"""

import math
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sentiment.data.problems import Problems
from sentiment.errors import UserError, printable
from sentiment.inference import artifact
from sentiment.scoring import workers
from sentiment.scoring.formats import open_table
from sentiment.scoring.journal import Journal, open_journal
from sentiment.scoring.summary import Summary
from sentiment.scoring.tables import Row, Table
from sentiment.system import files, full_disk, progress

STEP = 1000  # rows after which the progress bar moves


def run(
    source: Path,
    output: Path,
    model: Path | None,
    text_column: str | None,
    label_column: str | None,
    force: bool = False,
) -> None:
    """Score the table `source` into `output` and print a summary; None stands for the model's own columns."""
    start = time.monotonic()
    model = model or artifact.find()
    trained = artifact.read(model)
    table = open_table(source, output, trained, text_column, label_column, force)
    summary = Summary(trained.labels.names, table.label_column)
    with unchanged(source) as check_unchanged:
        print(f"{printable(str(source))}: checking ...", file=sys.stderr)
        rows = table.check()
        with full_disk.naming(output), open_journal(output, **_origin(table, model)) as journal:
            scored = _score(table, rows, model, journal, check_unchanged)
            with files.replacing(output) as part:
                table.write(part, summary.count(_scored_rows(table, rows, journal)))
                check_unchanged()
                if output.exists():
                    files.copy_permissions(output, part)
            journal.remove()
    speed = scored / (time.monotonic() - start)
    print(f"{printable(str(output))}: {rows:,} rows, {scored:,} of them scored now, {speed:,.0f} a second")
    summary.print()


@contextmanager
def unchanged(source: Path) -> Iterator[Callable[[], None]]:
    """Yield a function that raises UserError if `source` has changed; a change also explains other errors."""

    def state() -> tuple[int, int, int]:
        stat = source.stat()
        return stat.st_ino, stat.st_size, stat.st_mtime_ns

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
    """Return all that the scores depend on."""
    return {
        "input": files.sha256(table.path),
        "model": files.sha256(model / artifact.MANIFEST),
        "text_column": table.text_column,
        "abstains": True,  # the scores of earlier releases do not
        "block": [workers.ROWS, workers.CHARACTERS],  # the last bits of a score depend on the block it is in
    }


def _score(table: Table, rows: int, model: Path, journal: Journal, check_unchanged: Callable) -> int:
    """Complete the journal with the scores of the whole table; returns how many rows were left to score."""
    if journal.outdated:
        print("an earlier run had another input, model or option: starting afresh", file=sys.stderr)
    if journal.done:
        print(f"resuming: {journal.done:,} of {rows:,} rows are already scored", file=sys.stderr)
    remaining = rows - journal.done
    results = workers.score(model, _blocks_after(table, journal.done), math.ceil(remaining / workers.ROWS))
    with closing(results), progress.counter("score", rows, journal.done) as advance:
        for block in results:
            check_unchanged()  # or the journal would hold scores of other texts
            journal.append(block)
            advance(len(block))
    return remaining


def _blocks_after(table: Table, done: int) -> Iterator[list[str]]:
    """Yield the blocks of texts after the first `done` rows, which are whole blocks."""
    for block in workers.blocks(row.text for row in table.rows(Problems(table.path))):
        if done > 0:
            done -= len(block)
        else:
            yield block


def _scored_rows(table: Table, total: int, journal: Journal) -> Iterator[tuple[Row, int]]:
    """Yield each row with its score, under a progress bar."""
    with progress.counter("write", total) as advance:
        rows = table.rows(Problems(table.path))  # not as many as scores only if the file has changed
        for number, pair in enumerate(zip(rows, journal.scores(), strict=False), 1):
            yield pair
            if number % STEP == 0 or number == total:
                advance(number % STEP or STEP)
