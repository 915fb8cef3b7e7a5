"""The headline of `python -m benchmarks.reading`, of which benchmarks/reading.json keeps every run."""

from pathlib import Path
from statistics import mean
from typing import Any

from sentiment.system import files

FILMS = "films, seed "  # how the names of the runs on new films begin
RESULT = "train"  # the pairs that results are reported on; dev is for choices


def headline(path: str | Path = "benchmarks/reading.json") -> dict[str, float]:
    """The network's `new_films`, `reversed` and `pairs`, as in `systems`, over `seeds` runs."""
    network = systems(path)["network"]
    return {"seeds": len(_runs(path)), **{name: network[name] for name in ("new_films", "reversed", "pairs")}}


def systems(path: str | Path = "benchmarks/reading.json") -> dict[str, dict[str, float]]:
    """The shares that each classifier is right on, means over the runs.

    `new_films` is the accuracy on reviews of films that training has not seen, `original` that on reviews
    before people have reversed them, `reversed` after it, `pairs` the share of these that it is right on both
    times. Raises FileNotFoundError without the file, ValueError or KeyError if no such run is in it.
    """
    runs = _runs(path)
    return {
        name: {
            "new_films": mean(run[name]["test"] for run in runs),
            **{
                share: mean(run[name][RESULT][share] for run in runs)
                for share in ("original", "reversed", "pairs")
            },
        }
        for name in runs[0]
    }


def _runs(path: str | Path) -> list[dict[str, Any]]:
    """What each run on new films has measured, by classifier; ValueError if there is none."""
    results = files.read_json(path)["results"]
    runs = [result["value"]["systems"] for name, result in results.items() if name.startswith(FILMS)]
    if not runs:
        raise ValueError(f"{path}: no run on new films")
    return runs
