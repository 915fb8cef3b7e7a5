"""Time `sentiment score` beside Keras on the same network, and its memory on a million rows.

    python -m benchmarks.score     # needs data/IMDB Dataset.csv, models/model.keras and models/export

Let nothing else run meanwhile; it takes about ten minutes on two cores, and writes benchmarks/score.md.
"""

import csv
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

from benchmarks.results import DATA, FOLDER, MODELS, machine, write
from sentiment.data import dataset, strict_csv
from sentiment.data.text import clean
from sentiment.inference import artifact
from sentiment.reports.markdown import table
from sentiment.system.command import run

STEPS = 400  # tokens that each review is padded, or cut, to for Keras
SAMPLE = 4096  # reviews that Keras is timed on
ROWS, WORDS = 1_000_000, 40  # of the long file, and of each review in it


def main(
    source: Annotated[Path, typer.Argument(help="Kaggle's CSV.")] = DATA / "IMDB Dataset.csv",
    network: Annotated[Path, typer.Option(help="The Keras model.")] = MODELS / "model.keras",
    model: Annotated[Path, typer.Option(help="The same, exported.")] = MODELS / "export",
    rows: Annotated[int, typer.Option(help="Rows of the long file.")] = ROWS,
) -> None:
    """Measure both, and write the table."""
    texts = [record.fields[0] for record in islice(strict_csv.records(source), 1, None)]
    before = keras_rate(network, model, texts[:SAMPLE])
    with tempfile.TemporaryDirectory() as folder:
        seconds, memory = measure(source, Path(folder) / "out.csv", model)
        keras = (before + keras_rate(network, model, texts[:SAMPLE])) / 2
        long_file = Path(folder) / "long.csv"
        with long_file.open("w", encoding="utf-8", newline="") as file:
            cut = (" ".join(text.split()[:WORDS]) for text in cycle(texts))
            csv.writer(file).writerows(chain([["review"]], zip(islice(cut, rows), strict=False)))
        long_seconds, long_memory = measure(long_file, Path(folder) / "long-out.csv", model)
    write(
        FOLDER / "score.md",
        "# Speed and memory of `sentiment score`",
        f"Written by `python -m benchmarks.score`, on {machine()}.",
        table(
            ["", "reviews per second", "seconds", "peak memory, MiB"],
            [
                [
                    f"`keras.Model.predict`, {min(len(texts), SAMPLE):,} reviews of {STEPS} tokens",
                    f"{keras:,.0f}",
                    "",
                    "",
                ],
                row(f"`sentiment score`, {len(texts):,} reviews", len(texts), seconds, memory),
                row(f"`sentiment score`, {rows:,} rows of {WORDS} words", rows, long_seconds, long_memory),
            ],
        ),
        f"`sentiment score` is {len(texts) / seconds / keras:.2f} times as fast as Keras. Its time is that "
        "of the whole command, from text to text; Keras's is that of the LSTMs alone, on arrays that are "
        "there, the mean of once before and once after. The rows of the long file are the reviews again and "
        f"again, each cut to its first {WORDS} words. Memory is the resident set of all processes together: "
        "what they share counts repeatedly.",
    )


def keras_rate(path: Path, exported: Path, texts: list[str]) -> float:
    """Reviews per second of `keras.Model.predict`, its batches those of its default."""
    from sentiment.network import model as networks

    model = artifact.read(exported)
    vocabulary = model.vocabulary
    ids = [vocabulary.encode(vocabulary.tokenize(clean(text)))[:STEPS] for text in texts]
    reviews = dataset.ragged(ids, np.zeros(len(ids)), np.arange(len(ids)))
    inputs = [reviews.padded(np.arange(len(ids)))]
    if model.ngrams:
        inputs.append(reviews.padded(np.arange(len(ids)), model.ngrams.votes_and_logits(reviews)[0]))
    network = networks.load(path, vocabulary)
    network.predict([array[:64] for array in inputs], verbose=0)  # which compiles it
    start = time.perf_counter()
    network.predict(inputs, verbose=0)
    return len(texts) / (time.perf_counter() - start)


def measure(source: Path, output: Path, model: Path) -> tuple[float, int]:
    """Score a file; the seconds it took, and the most bytes that all the processes held at once."""
    command = [sys.executable, "-m", "sentiment.cli.main", "score", str(source), str(output)]
    start, peak = time.monotonic(), 0
    process = psutil.Popen([*command, "--model", str(model)])
    while process.poll() is None:
        peak = max(peak, sum(resident(process)))
        with suppress(psutil.TimeoutExpired):
            process.wait(0.2)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return time.monotonic() - start, peak


def resident(process: psutil.Process) -> Iterator[int]:
    """The resident bytes of `process` and of each of its descendants."""
    with suppress(psutil.NoSuchProcess):
        for member in [process, *process.children(recursive=True)]:
            with suppress(psutil.NoSuchProcess):
                yield member.memory_info().rss


def row(what: str, reviews: int, seconds: float, memory: int) -> list[str]:
    """The cells of one run."""
    return [what, f"{reviews / seconds:,.0f}", f"{seconds:,.0f}", f"{memory / 2**20:,.0f}"]


if __name__ == "__main__":
    run(main)
