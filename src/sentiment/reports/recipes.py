"""Write the results of the recipes, beside those of the default, into recipes/README.md.

python -m sentiment.reports.recipes          # after `dvc repro` here and in recipes/: `make recipes`
python -m sentiment.reports.recipes --check  # is recipes/README.md up to date?

The seconds of an epoch are no output of DVC's, because they are never the same twice: each training writes
them beside its model, and their medians are kept in recipes/seconds.json.
"""

from pathlib import Path
from typing import Annotated

import typer

from sentiment import params
from sentiment.reports import markdown
from sentiment.reports.readme import accuracy, reading
from sentiment.system import command, files
from sentiment.training import timing

FOLDER = Path("recipes")
SECONDS = FOLDER / "seconds.json"
DEFAULT = "default"
HEADER = (
    "",
    "accuracy on validation",
    "on test (95% interval)",
    "linear on test",
    "seconds an epoch",
    "epochs",
    "parameters",
)


def main(
    check: Annotated[bool, typer.Option("--check", help="Change nothing; fail if it would.")] = False,
) -> None:
    """Write the results of the default and of all recipes into recipes/README.md."""
    names = list(params.load_recipes().recipes)
    if not check:
        files.write_json(SECONDS, seconds(names))
    markdown.update(FOLDER / "README.md", {"results": results(names)}, "sentiment.reports.recipes", check)


def seconds(names: list[str]) -> dict[str, dict]:
    """The time of an epoch by recipe: of the training in this workspace, or else as recorded."""
    known = files.read_json(SECONDS) if SECONDS.is_file() else {}
    for name in [DEFAULT, *names]:
        if measured := timing.read(home(name, "models") / "model.keras"):
            known[name] = measured
    return {name: known[name] for name in [DEFAULT, *names] if name in known}


def home(name: str, folder: str) -> Path:
    """The `folder` of the default, or of a recipe."""
    return Path(folder) if name == DEFAULT else FOLDER / folder / name


def results(names: list[str]) -> str:
    """The table and the pictures as Markdown; raises UserError where a recipe has not been run."""
    with reading(FOLDER, "make recipes"):
        times = files.read_json(SECONDS)
        rows = [row(name, times.get(name, {}).get("seconds")) for name in [DEFAULT, *names]]
        processors = " and ".join(sorted({time["processor"] for time in times.values()}))
        note = f"Seconds are medians, measured on {processors}."
        return "\n\n".join([markdown.table(HEADER, rows), note, *map(pictures, names)])


def row(name: str, seconds: float | None) -> list[str]:
    """One line of the table; the seconds may be unknown."""
    train, test = (
        files.read_json(home(name, "metrics") / f"{step}.json") for step in ("train", "evaluation")
    )
    return [
        "**[default](../README.md)**" if name == DEFAULT else f"[{name}](#{name}-in-pictures)",
        f"{train['network']['validation_accuracy']:.1%}",
        accuracy(test["network"]),
        f"{test['baseline']['accuracy']:.1%}",
        "" if seconds is None else f"{seconds:.0f}",
        str(train["epochs"]),
        f"{train['parameters']:,}",
    ]


def pictures(name: str) -> str:
    """The pictures of a recipe, under a heading."""
    return f"""### {name} in pictures

![Loss and accuracy of {name} over the epochs](metrics/{name}/plots/curves.svg)

![Curves and confusion of {name} on the test reviews](metrics/{name}/plots/report.svg)"""


if __name__ == "__main__":
    command.run(main)
