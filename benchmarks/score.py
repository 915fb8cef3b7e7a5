"""Time `sentiment score` beside Keras on the same network, and its memory on a million rows.

    python -m benchmarks.score     # needs data/IMDB Dataset.csv, models/model.keras and models/export

Let nothing else run meanwhile; it takes about ten minutes on two cores, and writes benchmarks/score.md.
"""

import csv
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from itertools import chain, cycle, islice
from pathlib import Path
from typing import Annotated

import numpy as np
import psutil
import typer
from joblib import cpu_count

from sentiment.data import strict_csv
from sentiment.data.text import clean
from sentiment.inference import artifact
from sentiment.system.command import run
from sentiment.system.files import replacing
from sentiment.system.machine import processor

ROOT = Path(__file__).parents[1]
REPORT = ROOT / "benchmarks" / "score.md"
STEPS = 400  # tokens that each review is padded, or cut, to for Keras
SAMPLE = 4096  # reviews that Keras is timed on
ROWS, WORDS = 1_000_000, 40  # of the long file, and of each review in it

NOTE = (
    "Its time is that of the whole command, from text to text; Keras's is that of the network alone, on "
    "arrays that are there, the mean of once before and once after. The rows of the long file are the "
    f"reviews again and again, each cut to its first {WORDS} words. Memory is the resident set of all "
    "processes together: what they share counts repeatedly."
)


def main(
    source: Annotated[Path, typer.Argument(help="Kaggle's CSV.")] = ROOT / "data" / "IMDB Dataset.csv",
    network: Annotated[Path, typer.Option(help="The Keras model.")] = ROOT / "models" / "model.keras",
    model: Annotated[Path, typer.Option(help="The same, exported.")] = ROOT / "models" / "export",
    rows: Annotated[int, typer.Option(help="Rows of the long file.")] = ROWS,
) -> None:
    """Measure both, and write the table."""
    texts = [record.fields[0] for record in islice(strict_csv.records(source), 1, None)]
    before = keras_rate(network, model, texts[:SAMPLE])
    with tempfile.TemporaryDirectory() as folder:
        seconds, held = measure(source, Path(folder) / "out.csv", model)
        keras = (before + keras_rate(network, model, texts[:SAMPLE])) / 2
        lengthy = Path(folder) / "long.csv"
        with lengthy.open("w", encoding="utf-8", newline="") as file:
            cut = (" ".join(text.split()[:WORDS]) for text in cycle(texts))
            csv.writer(file).writerows(chain([["review"]], zip(islice(cut, rows))))
        long_seconds, long_held = measure(lengthy, Path(folder) / "long-out.csv", model)
    lines = [
        f"On {processor()}, {cpu_count()} cores, Python {platform.python_version()}; made by "
        "`python -m benchmarks.score`:",
        "",
        "| | reviews a second | seconds | peak memory, MiB |",
        "|---|---|---|---|",
        f"| `keras.Model.predict`, {SAMPLE:,} reviews of {STEPS} tokens | {keras:,.0f} | | |",
        row(f"`sentiment score`, {len(texts):,} reviews", len(texts), seconds, held),
        row(f"`sentiment score`, {rows:,} rows of {WORDS} words", rows, long_seconds, long_held),
        "",
        f"`sentiment score` is {len(texts) / seconds / keras:.2f} times as fast as Keras.",
        NOTE,
        "",
    ]
    with replacing(REPORT) as part:
        part.write_text("\n".join(lines), "utf-8")


def keras_rate(path: Path, exported: Path, texts: list[str]) -> float:
    """Reviews a second of `keras.Model.predict`, its batches those of its default."""
    from sentiment.network import model as networks

    vocabulary = artifact.read(exported).vocabulary
    network = networks.load(path, vocabulary)
    ids = np.zeros((len(texts), STEPS), np.int32)
    for place, text in zip(ids, texts, strict=True):
        review = vocabulary.encode(vocabulary.tokenize(clean(text)))[:STEPS]
        place[: len(review)] = review
    network.predict(ids[:64], verbose=0)  # which compiles it
    start = time.perf_counter()
    network.predict(ids, verbose=0)
    return len(texts) / (time.perf_counter() - start)


def measure(source: Path, output: Path, model: Path) -> tuple[float, int]:
    """Score a file; the seconds it took, and the most bytes that all the processes held at once."""
    command = [sys.executable, "-m", "sentiment.cli.main", "score", str(source.absolute()), str(output)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    start, peak = time.monotonic(), 0
    process = psutil.Popen([*command, "--model", str(model.absolute())], env=environment)
    while process.poll() is None:
        peak = max(peak, sum(held(process)))
        with suppress(psutil.TimeoutExpired):
            process.wait(0.2)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return time.monotonic() - start, peak


def held(process: psutil.Process) -> Iterator[int]:
    """The resident bytes of `process` and of each of its descendants."""
    with suppress(psutil.NoSuchProcess):
        for member in [process, *process.children(recursive=True)]:
            with suppress(psutil.NoSuchProcess):
                yield member.memory_info().rss


def row(what: str, reviews: int, seconds: float, held: int) -> str:
    """A row of the table."""
    return f"| {what} | {reviews / seconds:,.0f} | {seconds:,.0f} | {held / 2**20:,.0f} |"


if __name__ == "__main__":
    run(main)
