"""The headline of `python -m benchmarks.reading`, of which benchmarks/reading.json keeps every run."""

from pathlib import Path
from statistics import mean
from typing import Any

from sentiment.system import files

FILMS = "films, seed "  # how the names of the runs on new films begin
RESULT = "train"  # the pairs that results are reported on; dev is for choices


def headline(path: str | Path = "benchmarks/reading.json") -> dict[str, float]:
    """The network's `new_films`, `reversed` and `pairs`, each a share that is right, over `seeds` runs.

    `new_films` is the accuracy on reviews of films that training has not seen, `reversed` that on reviews
    that people have reversed, `pairs` the share of these that it is right on before and after. Raises
    FileNotFoundError without the file, ValueError or KeyError if no such run is in it.
    """
    results = files.read_json(path)["results"]
    runs = [result["value"] for name, result in results.items() if name.startswith(FILMS)]
    if not runs:
        raise ValueError(f"{path}: no run on new films")
    found: list[dict[str, Any]] = [run["systems"]["network"] for run in runs]
    return {
        "seeds": len(runs),
        "new_films": mean(one["test"] for one in found),
        "reversed": mean(one[RESULT]["reversed"] for one in found),
        "pairs": mean(one[RESULT]["pairs"] for one in found),
    }
