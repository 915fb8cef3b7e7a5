"""Does the model read, or does it know films by heart? New films, reversed reviews, the original split.

    python -m benchmarks.reading                   # needs data/IMDB Dataset.csv; some hours
    python -m benchmarks.reading --only films --seeds 1

Each run is that of the last commit, in a fresh clone with an empty cache. Each result is kept at once, so
that the command can be stopped at any time and goes on later, on another machine, too; benchmarks/reading.md
is written anew after each. Results of the network are in benchmarks/reading.json, which the report of
`dvc repro` shows, those of recipes and of changes in files of their own, beside it.
"""

import hashlib
from pathlib import Path
from typing import Annotated, Any

import typer
import yaml

from benchmarks import reading_runs
from benchmarks.pipeline import CSV, git, last_commit
from benchmarks.reading_data import Inputs, read
from benchmarks.reading_page import CHANGE, ORIGINAL, RECIPE, report
from benchmarks.results import FOLDER, Results, libraries
from sentiment import params
from sentiment.errors import UserError
from sentiment.reports.reading_figures import FILMS
from sentiment.system.command import run

FIRST_SEED = 42
PARTS = "films", "original", "recipes", "changes"
# What of the parameters makes the network read, taken away one by one.
CHANGES: dict[str, dict[str, Any]] = {
    "no reader, no sentences": {"train.reversed": 0.0},
    "no sentences": {"train.sentences": 0.0},
    "opposites alone, no negators put in": {"train.negated": 0.0},
    "stacked on reviews alone": {"train.reversed_weight": 0.0},
    "n-grams that do not know of negation": {"baseline.negation_scope": 0},
    "no n-grams, and no votes": {"model.ngrams": False},
}
STAGES = "clean", "tokenize", "baseline", "embed", "train"  # those of a run; recipes' are of the same code
CODE = tuple(f"benchmarks/{name}.py" for name in ("edits", "original_split", "predictions", "reading_corpus"))
# The files of results, by how the names of the runs begin, and what theirs depend on besides.
FILES = {
    FILMS: "reading.json",
    ORIGINAL: "reading.json",
    RECIPE: "reading_recipes.json",
    CHANGE: "reading_changes.json",
}
DEPENDS = {FILES[RECIPE]: ("recipes/dvc.yaml", "recipes/params.yaml")}


def main(
    csv: Annotated[Path, typer.Option(help="CSV of the 50,000 reviews.")] = CSV,
    films: Annotated[
        Path | None, typer.Option(help="CSV sha256_of_review,film,part; else from Stanford's archive.")
    ] = None,
    pairs: Annotated[
        Path | None, typer.Option("--reversed", help="Folder of the reversed reviews; else downloaded.")
    ] = None,
    seeds: Annotated[int, typer.Option(min=1, help=f"Runs on new films, from seed {FIRST_SEED} on.")] = 3,
    only: Annotated[
        list[str] | None, typer.Option(metavar="PART", help=f"{', '.join(PARTS)}; may be repeated.")
    ] = None,
) -> None:
    """Run what has not been run yet."""
    if unknown := set(only or []) - set(PARTS):
        raise UserError(f"no part {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    commit, inputs = last_commit(), read(csv, films, pairs)
    results = {
        name: Results(FOLDER / name, conditions(commit, inputs, DEPENDS.get(name, ())))
        for name in dict.fromkeys(FILES.values())
    }
    for name, function, *arguments in runs(seeds, only or list(PARTS)):
        [file] = [file for kind, file in FILES.items() if name.startswith(kind)]
        results[file].measure(name, function, commit, inputs, *arguments)
        report(list(results.values()), inputs.pairs)


def runs(seeds: int, parts: list[str]) -> list[tuple[Any, ...]]:
    """All runs of the `parts`: name, function, and its arguments after commit and inputs."""
    found: list[tuple[Any, ...]] = []
    if "films" in parts:
        numbers = range(FIRST_SEED, FIRST_SEED + seeds)
        found += [(f"{FILMS}{seed}", reading_runs.film_split, seed) for seed in numbers]
    if "original" in parts:
        found.append((ORIGINAL, reading_runs.original_split, FIRST_SEED))
    if "recipes" in parts:
        names = params.load_recipes().recipes
        found += [(f"{RECIPE}{name}", reading_runs.recipe, FIRST_SEED, name) for name in names]
    if "changes" in parts:
        for seed in range(FIRST_SEED, FIRST_SEED + seeds):
            found += [
                (f"{CHANGE}{name}, seed {seed}", reading_runs.film_split, seed, change)
                for name, change in CHANGES.items()
            ]
    return found


def conditions(commit: str, inputs: Inputs, more: tuple[str, ...]) -> dict[str, Any]:
    """What results depend on: code, of which there may be `more`, parameters, libraries, reviews and pairs.

    Another machine changes the last bits of a result, which count as little as another seed.
    """
    stages = [yaml.safe_load(git("show", f"{commit}:dvc.yaml"))["stages"][name] for name in STAGES]
    code = {path for stage in stages for path in stage["deps"] if path.startswith("src/")}
    sections = {section for stage in stages for section in stage.get("params", [])}
    settings = yaml.safe_load(git("show", f"{commit}:params.yaml"))
    depends: dict[str, Any] = {"params": {section: settings[section] for section in sorted(sections)}}
    depends |= {path: git("rev-parse", f"{commit}:{path}").strip() for path in (*sorted(code), *CODE, *more)}
    tables = {"reviews": inputs.reviews, **inputs.pairs}
    for name, table in tables.items():
        depends[name] = hashlib.sha256(table.to_csv(index=False).encode()).hexdigest()
    return depends | {"libraries": libraries()}


if __name__ == "__main__":
    run(main)
