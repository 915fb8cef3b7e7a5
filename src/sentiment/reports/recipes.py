"""Write the results of the recipes, with those of the default, into recipes/README.md.

python -m sentiment.reports.recipes          # after `dvc repro recipes/dvc.yaml`
python -m sentiment.reports.recipes --check  # is recipes/README.md up to date?

How long an epoch takes is no output of DVC's, for it is never the same twice: each training leaves its
seconds beside its model, and their medians are kept in recipes/seconds.json.
"""

from pathlib import Path
from typing import Annotated

import typer

from sentiment import params
from sentiment.errors import UserError
from sentiment.reports import readme
from sentiment.system import command, files
from sentiment.training import timing

FOLDER = Path("recipes")
DEFAULT = "default"
SECONDS = FOLDER / "seconds.json"


def main(
    check: Annotated[bool, typer.Option("--check", help="Change nothing; fail if it would.")] = False,
) -> None:
    """Bring the results in recipes/README.md up to date with the metrics."""
    names = list(params.load_recipes().recipes)
    if not check:
        files.write_json(SECONDS, seconds(names))
    readme.update(FOLDER / "README.md", {"results": results(names)}, "sentiment.reports.recipes", check)


def seconds(names: list[str]) -> dict[str, dict]:
    """The time of an epoch by recipe: of the training in this workspace, or else on record."""
    known = files.read_json(SECONDS) if SECONDS.is_file() else {}
    for name in [DEFAULT, *names]:
        if measured := timing.read(home(name, "models") / "model.keras"):
            known[name] = measured
    return {name: known[name] for name in [DEFAULT, *names] if name in known}


def home(name: str, folder: str) -> Path:
    """The default's `folder`, or that of a recipe."""
    return Path(folder) if name == DEFAULT else FOLDER / folder / name


def results(names: list[str]) -> str:
    """The table and the pictures as Markdown; raises UserError where a recipe has not been run."""
    try:
        known = files.read_json(SECONDS)
        metrics = {name: (_metrics(name, "train"), _metrics(name, "test")) for name in [DEFAULT, *names]}
        rows = [row(name, *metrics[name], known.get(name, {}).get("seconds")) for name in metrics]
        processors = {time["processor"] for time in known.values()}
    except FileNotFoundError as error:
        raise UserError(f"{error.filename}: no such file; run `dvc repro recipes/dvc.yaml`") from None
    except (ValueError, TypeError, KeyError) as error:
        raise UserError(f"{FOLDER}: not the metrics of its pipeline ({error!r}); run it again") from None
    return "\n".join(
        [
            "| | accuracy on validation | on test (95% interval) | linear on test | seconds an epoch "
            "| epochs | parameters |",
            "|---|---|---|---|---|---|---|",
            *rows,
            "",
            f"Seconds are medians, measured on {' and '.join(sorted(processors))}.",
            "",
            *(line for name in names for line in pictures(name)),
        ]
    )


def _metrics(name: str, step: str) -> dict:
    return files.read_json(home(name, "metrics") / f"{step}.json")


def row(name: str, train: dict, test: dict, seconds: float | None) -> str:
    """One line of the table, from metrics/train.json and metrics/test.json; seconds may be unknown."""
    low, high = (100 * test["network"][f"accuracy_{end}"] for end in ("low", "high"))
    title = f"**[{name}](../README.md)**" if name == DEFAULT else f"[{name}](#{name}-in-pictures)"
    return (
        f"| {title} | {train['network']['validation_accuracy']:.1%} "
        f"| {test['network']['accuracy']:.1%} ({low:.1f} to {high:.1f}) | {test['baseline']['accuracy']:.1%} "
        f"| {'' if seconds is None else round(seconds)} | {train['epochs']} | {train['parameters']:,} |"
    )


def pictures(name: str) -> list[str]:
    """The lines that show a recipe's pictures."""
    return [
        f"### {name} in pictures",
        "",
        f"![Loss and accuracy of {name} over the epochs](metrics/{name}/plots/curves.svg)",
        "",
        f"![Curves and confusion of {name} on the test reviews](metrics/{name}/plots/report.svg)",
        "",
    ]


if __name__ == "__main__":
    command.run(main)
