"""Score a folder of tables, a part in, a part out, on the cores of this machine or on a Dask cluster.

Each part is read, scored and written as a whole by one worker, so the workers have to reach both folders: on
a disk that they share, or on S3. The model is sent to them. A part whose output is there is finished; its
bytes are those of `run.run`, wherever it is scored.
"""

import json
import platform
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from sentiment.data import tables
from sentiment.data.problems import Problems
from sentiment.engine.base import Engine
from sentiment.errors import UserError, printable
from sentiment.inference import artifact
from sentiment.scoring import run, workers
from sentiment.scoring.formats import open_table
from sentiment.scoring.summary import Summary
from sentiment.system import files, storage
from sentiment.system.locks import Busy, locked

ORIGIN = ".sentiment-score.json"  # in the folder of outputs: what their scores depend on
Where = Callable[[], Path]  # of the model, on the machine that asks


@dataclass(frozen=True)
class Part:
    """A part by the name that its user gave it, and where it is and its scored copy goes: full paths or URLs.

    Its length is one part.
    """

    name: str
    source: str
    output: str

    def __len__(self) -> int:
        return 1


@dataclass(frozen=True)
class Columns:
    """The columns of texts and labels; None stands for the model's own."""

    text: str | None
    label: str | None


def score(source: str, output: str, model: Path | None, columns: Columns, engine: Engine) -> None:
    """Score the parts in folder `source` into folder `output`, but those that are finished; print a summary.

    Raises UserError where the outputs that are there are no scores, or of another model or text column. After
    an error in a part, those that are finished stay.
    """
    model = model or artifact.find()
    trained = artifact.read(model)
    parts = find(source, output)
    with _only_run(output):
        finished = _finished(output, parts, _origin(trained, model, columns))
        left = [part for part in parts if part.output not in finished]
        if finished:
            print(f"{len(finished):,} of {len(parts):,} parts are finished", file=sys.stderr)
        summary = Summary(trained.labels.names)
        with engine.shared(model) as where:
            for one in engine.map(partial(score_part, where, columns), left, "score, parts", len(left)):
                summary.add(one)
    rows = sum(summary.predicted.values())
    print(f"{printable(output)}: {len(parts):,} parts, {len(left):,} of them scored now, with {rows:,} rows")
    if left:
        summary.print()


def find(source: str, output: str) -> list[Part]:
    """The parts in folder `source`, by name; raises UserError if there are none, or they cannot be scored."""
    here, there = _absolute(source), _absolute(output)
    if there.startswith(here):
        raise UserError(f"{output}: within {source}, whose files are parts; name a folder elsewhere")
    if Path(output).is_file():
        raise UserError(f"{output}: a file; name a folder, as {source} is one")
    if not any(path.startswith(here) for path in storage.listed(here)):
        raise UserError(f"{source}: no folder with a file in it")
    names = [path.removeprefix(here) for path in tables.files(here)]
    return [Part(f"{source.rstrip('/')}/{name}", here + name, there + name) for name in names]


def _absolute(folder: str) -> str:
    return (folder.rstrip("/") if storage.is_remote(folder) else str(Path(folder).resolve())) + "/"


def _origin(trained: artifact.Artifact, model: Path, columns: Columns) -> dict:
    """All that scores depend on, besides the texts."""
    return {
        "model": files.sha256(model / artifact.MANIFEST),
        "text_column": columns.text or trained.about["clean"]["text_column"],
        "block": [workers.ROWS, workers.CHARACTERS],  # the last bits of a score depend on the block it is in
    }


@contextmanager
def _only_run(output: str) -> Iterator[None]:
    """Raise UserError while another run on this machine works on a folder, which is made if it is missing."""
    if storage.is_remote(output):
        yield
        return
    Path(output).mkdir(parents=True, exist_ok=True)
    try:
        with locked(lock := Path(output, ".part-lock")):
            try:
                yield
            finally:
                lock.unlink(missing_ok=True)
    except Busy:
        raise UserError(f"{output}: another run is working on this folder; wait for it") from None


def _finished(output: str, parts: list[Part], origin: dict) -> set[str]:
    """The outputs that are there; writes down their `origin`, by which later runs know them.

    Raises UserError if they are of another origin, or not known to be of any.
    """
    folder = _absolute(output)
    there, known = set(storage.listed(folder)), folder + ORIGIN
    finished = there & {part.output for part in parts}
    remedy = "name another folder, or remove this one"
    if known in there:
        with storage.opened(known) as file:
            same = json.load(file) == origin
        if not same:
            raise UserError(f"{output}: has scores of another model or text column; {remedy}")
    elif finished:
        raise UserError(f"{output}: has a file {Path(min(finished)).name} that is no scored part; {remedy}")
    else:
        with storage.replacing(known) as path:
            path.write_text(json.dumps(origin), "utf-8")
    return finished


def score_part(where: Where, columns: Columns, part: Part) -> Summary:
    """Read, check, score and write a part on one core; returns what came of it."""
    model = where()
    trained = artifact.read(model)
    with (
        _told_of(part) as source,
        run.unchanged(source) as check_unchanged,
        storage.replacing(part.output) as output,
    ):
        table = open_table(source, output, trained, columns.text, columns.label)
        summary = Summary(trained.labels.names, table.label_column)
        table.check()
        blocks = workers.blocks(row.text for row in table.rows(Problems(source)))
        scores = (int(score) for block in blocks for score in workers.score_block(model, block))
        rows = table.rows(Problems(source))  # not as many as scores only if the file has changed
        table.write(output, summary.count(zip(rows, scores, strict=False)))
        check_unchanged()
    return summary


@contextmanager
def _told_of(part: Part) -> Iterator[Path]:
    """Yield the source of a part on this machine; errors that name it say what the user calls it instead."""
    with storage.fetched(part.source) as source:
        try:
            yield source
        except FileNotFoundError:
            reason = "all workers have to reach the folders at the same paths"
            raise UserError(f"{part.name}: no such file on {platform.node()}; {reason}") from None
        except UserError as error:
            raise UserError(str(error).replace(str(source), part.name)) from None
