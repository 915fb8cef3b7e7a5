"""Does the result hang on the split? The whole pipeline with several values of `split.seed`.

    python -m benchmarks.seeds     # needs data/IMDB Dataset.csv; as long as three times `dvc repro`

It runs the last commit in a fresh clone, and writes benchmarks/seeds.md. Each seed's result is kept in
benchmarks/seeds.json, so that the same command goes on after a kill.
"""

import subprocess
from pathlib import Path
from typing import Annotated

import typer
import yaml

from benchmarks.pipeline import environment, fresh_clone, git
from benchmarks.results import FOLDER, Results, machine, spread, table, write
from sentiment.console import UserError, run
from sentiment.files import read_json
from sentiment.report import NAMES


def main(
    seed: Annotated[list[int], typer.Option(help="A value of split.seed; may be repeated.")] = [42, 43, 44],  # noqa: B006
) -> None:
    """Run the committed pipeline with each seed that has not been run yet."""
    depends = {path: git("rev-parse", f"HEAD:{path}") for path in ("params.yaml", "src/sentiment")}
    results = Results(FOLDER / "seeds.json", depends)
    with fresh_clone() as clone:
        for one in seed:
            results.measure(f"split.seed {one}", evaluate, clone, one)
    rows = [
        [name, *(f"{100 * value[system]:.2f}" for system in NAMES)] for name, value in results.values.items()
    ]
    columns = {system: [100 * value[system] for value in results.values.values()] for system in NAMES}
    rows.append(["**mean and standard deviation**", *(spread(column, 2) for column in columns.values())])
    rows.append(["most less least", *(f"{max(column) - min(column):.2f}" for column in columns.values())])
    write(
        FOLDER / "seeds.md",
        "# Other splits",
        f"Written by `python -m benchmarks.seeds`, after {results.minutes:.0f} minutes, on {machine()}.",
        "Accuracy in % on the test part, after `dvc repro evaluate` in a fresh clone; each seed deals the "
        "reviews out to training, validation and test part in another way.",
        table(["", *NAMES.values()], rows),
    )


def evaluate(clone: Path, seed: int) -> dict[str, float]:
    """Run the pipeline with this split; return the accuracy on the test part by system."""
    path = clone / "params.yaml"
    content = yaml.safe_load(path.read_text("utf-8"))
    content["split"]["seed"] = seed
    path.write_text(yaml.safe_dump(content, sort_keys=False), "utf-8")
    if subprocess.run(["dvc", "repro", "evaluate"], cwd=clone, env=environment(), check=False).returncode:
        raise UserError(f"`dvc repro evaluate` failed in a fresh clone with split.seed {seed}")
    scored = read_json(clone / "metrics" / "test.json")
    return {system: scored[system]["accuracy"] for system in NAMES}


if __name__ == "__main__":
    run(main)
