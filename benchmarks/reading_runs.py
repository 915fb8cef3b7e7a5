"""The runs that `reading` measures, each in a fresh clone, and their scores."""

import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from benchmarks import edits
from benchmarks.pipeline import change_params, clone_without_corpus, environment, repro
from benchmarks.predictions import TEST
from benchmarks.reading_corpus import write_csv
from benchmarks.reading_data import Inputs
from benchmarks.results import machine
from sentiment.data.labels import decide
from sentiment.errors import UserError
from sentiment.system.files import read_json

CSV = "data/with_films.csv"
TOKENIZE, ORIGINAL = "python -m sentiment.stages.tokenize", "python -m benchmarks.original_split"
SIDES = "original", "reversed"


def film_split(
    commit: str, inputs: Inputs, seed: int, change: Mapping[str, Any] = MappingProxyType({})
) -> dict[str, Any]:
    """Run the pipeline of `commit` on films of their own in each part, without the pairs, and score it.

    `change` has other values for params.yaml, under keys such as `train.reversed`.
    """
    with clone_with(commit, inputs.rest, "film", seed) as clone:
        change_params(clone, dict(change))
        repro(clone, "train")
        return measured(clone, Path(), inputs.pairs)


def recipe(commit: str, inputs: Inputs, seed: int, name: str) -> dict[str, Any]:
    """Run a recipe of `commit` on the same reviews and split as `film_split`, and score it."""
    with clone_with(commit, inputs.rest, "film", seed) as clone:
        repro(clone, "clean")
        repro(clone / "recipes", f"train@{name}")
        return measured(clone, Path("recipes"), inputs.pairs, name)


def original_split(commit: str, inputs: Inputs, seed: int) -> dict[str, Any]:
    """Run the pipeline of `commit` on the parts of the original archive, and score it on its test part."""
    with clone_with(commit, inputs.reviews, "part_film", seed) as clone:
        path = clone / "dvc.yaml"
        stages = path.read_text("utf-8")
        if TOKENIZE not in stages:
            raise UserError(
                f"dvc.yaml: no stage runs `{TOKENIZE}`, in whose place the original split is made"
            )
        path.write_text(stages.replace(TOKENIZE, ORIGINAL), "utf-8")
        repro(clone, "train")
        return measured(clone, Path(), {})


@contextmanager
def clone_with(commit: str, reviews: pd.DataFrame, group: str, seed: int) -> Iterator[Path]:
    """Yield a clone whose corpus are these `reviews`, with their column `group` to split by."""
    with clone_without_corpus(commit) as clone:
        write_csv(clone / CSV, reviews, group)
        seeds = {"split.seed": seed, "train.seed": seed}
        corpus = {"data.csv": CSV, "data.download": [], "clean.group_column": "film"}
        change_params(clone, seeds | corpus)
        yield clone


def measured(clone: Path, home: Path, pairs: dict[str, pd.DataFrame], name: str = "") -> dict[str, Any]:
    """The machine, sizes of the parts, and scores of the models in the folder `home` of a clone.

    `name` is a recipe's.
    """
    data, models, metrics = (home / folder / name for folder in ("data", "models", "metrics"))
    texts, found = clone / "texts.parquet", clone / "predictions.parquet"
    texts_of(pairs).to_parquet(texts)
    command = ["python", "-m", "benchmarks.predictions", str(data), str(models), texts.name, found.name]
    if subprocess.run(command, cwd=clone, env=environment() | {"PYTHONPATH": "src"}, check=False).returncode:
        raise UserError("`python -m benchmarks.predictions` failed in a fresh clone")
    sizes = read_json(clone / metrics / "tokens.json")
    reviews = {part: sizes[part]["reviews"] for part in ("train", "validation", "test")}
    systems = scores(pd.read_parquet(found), pairs)
    return {"machine": machine(), "reviews": reviews, "systems": systems}


def texts_of(pairs: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """All texts of the pairs, with the columns set, such as `dev original`, text and label (int8)."""
    tables = [pd.DataFrame({"set": [], "text": [], "label": []}, dtype=str)]
    for name, table in pairs.items():
        for side in SIDES:
            label = table["label"] if side == "reversed" else 1 - table["label"]
            tables.append(pd.DataFrame({"set": f"{name} {side}", "text": table[side], "label": label}))
    return pd.concat(tables).astype({"label": "int8"})


def scores(predictions: pd.DataFrame, pairs: dict[str, pd.DataFrame]) -> dict[str, dict[str, Any]]:
    """The scores of each classifier: accuracy on the test part, and `pair_scores` by set."""
    found = {}
    for name in predictions.columns.drop(["set", "label"]):
        right = pd.Series(decide(predictions[name]) == predictions["label"]).groupby(predictions["set"])
        by_set = {key: values.to_numpy() for key, values in right}
        of_pairs = {
            key: pair_scores(by_set[f"{key} original"], by_set[f"{key} reversed"], table)
            for key, table in pairs.items()
        }
        found[name] = {TEST: share(by_set[TEST]), **of_pairs}
    return found


def pair_scores(original: np.ndarray, reversed_: np.ndarray, pairs: pd.DataFrame) -> dict[str, Any]:
    """How often a classifier is right, by side, on both, and on reversed reviews by length and kind of edit.

    original and reversed_: bool (pairs), whether it is right.
    """
    return {
        "original": share(original),
        "reversed": share(reversed_),
        "pairs": share(original & reversed_),
        "lengths": by_group(reversed_, [{length} for length in pairs["length"]]),
        "kinds": by_group(reversed_, pairs["kinds"]),
    }


def by_group(right: np.ndarray, groups: Any) -> dict[str, float]:
    """The share of right ones in each group; each review can be in several."""
    names = [*edits.LENGTHS.values(), edits.LONGER, *edits.KINDS]
    members = {name: np.array([name in some for some in groups], bool) for name in names}
    return {name: share(right[member]) for name, member in members.items() if member.any()}


def share(right: np.ndarray) -> float:
    """The share of True."""
    return round(float(np.mean(right)), 6)
