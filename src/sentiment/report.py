"""Write the results of the last run into README.md, or show those of an experiment.

python -m sentiment.report                    # after `dvc repro`
python -m sentiment.report --check            # is README.md up to date?
python -m sentiment.report --experiment demo  # print that experiment's, as DVC has them
"""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import rich
import typer
from rich.markdown import Markdown

from sentiment import console, files, params
from sentiment.console import UserError

BEGIN, END = "<!-- results -->", "<!-- /results -->"
NAMES = {"network": "**network**", "lstm": "its LSTM alone", "baseline": "n-gram baseline"}


def main(
    check: Annotated[bool, typer.Option("--check", help="Change nothing; fail if it would.")] = False,
    experiment: Annotated[str | None, typer.Option(help="Print this experiment's results instead.")] = None,
) -> None:
    """Bring the results in README.md up to date with metrics/."""
    if experiment:
        rich.print(Markdown(of_experiment(experiment)))
        return
    readme = Path("README.md")
    old = readme.read_text("utf-8")
    new = replace(old, results(Path("metrics")), readme)
    if new == old:
        return
    if check:
        raise UserError(f"{readme}: not the results in metrics/; run `python -m sentiment.report`")
    with files.replacing(readme) as part:
        part.write_text(new, "utf-8")


def of_experiment(name: str) -> str:
    """The `results` of a DVC experiment, or of any other revision; raises UserError where there is none."""
    # DVC takes seconds to import: only what asks for its experiments pays for it.
    from dvc.api import DVCFileSystem
    from dvc.exceptions import DvcException
    from dvc.scm import SCMError

    with TemporaryDirectory() as folder:
        try:
            source = DVCFileSystem(rev=name)
            source.get("metrics", f"{folder}/metrics", recursive=True)
            source.get_file("params.yaml", f"{folder}/params.yaml")
        except (DvcException, SCMError, OSError) as error:
            raise UserError(f"no results of {name!r} here: {error}") from None
        return results(Path(folder) / "metrics")


def replace(text: str, results: str, path: Path) -> str:
    """Put `results` between the two markers of `text`, which is that of `path`.

    Raises UserError where a marker is missing.
    """
    head, begin, rest = text.partition(BEGIN)
    _, end, tail = rest.partition(END)
    if not (begin and end) or BEGIN in tail or END in head + tail:
        raise UserError(f"{path}: needs one line {BEGIN} and, after it, one line {END}")
    return f"{head}{BEGIN}\n{results}{END}{tail}"


def results(metrics: Path) -> str:
    """The results in the folder `metrics` as Markdown; params.yaml beside it names the corpus.

    Raises UserError where the pipeline has not left them there.
    """
    corpus = params.load("data", path=metrics.parent / "params.yaml").data.csv
    try:
        data, test = files.read_json(metrics / "data.json"), files.read_json(metrics / "test.json")
        rows = [row(NAMES[name], test[name]) for name in NAMES]
        return "\n".join(
            [
                f"Measured on {test['reviews']:,} test reviews of the {data['reviews']:,} in `{corpus}`:",
                "",
                "| | accuracy (95% interval) | F1 | ROC AUC | log loss | calibration error |",
                "|---|---|---|---|---|---|",
                *rows,
                "",
                verdict(**test["mcnemar"]),
                "",
            ]
        )
    except FileNotFoundError as error:
        raise UserError(f"{error.filename}: no such file; run `dvc repro`") from None
    except (ValueError, TypeError, KeyError):
        raise UserError(f"{metrics}: not the metrics of this pipeline; run `dvc repro`") from None


def row(name: str, scores: dict[str, float]) -> str:
    """One classifier's line of the table."""
    low, high = (100 * scores[f"accuracy_{end}"] for end in ("low", "high"))
    return (
        f"| {name} | {scores['accuracy']:.1%} ({low:.1f} to {high:.1f}) | {scores['f1']:.3f} "
        f"| {scores['roc_auc']:.3f} | {scores['log_loss']:.3f} | {scores['ece']:.3f} |"
    )


def verdict(only_network_right: int, only_baseline_right: int, p_value: float) -> str:
    """McNemar's test in a sentence."""
    p = "p < 0.0001" if p_value < 0.0001 else f"p = {p_value:.2g}"
    meaning = "more than chance" if p_value < 0.05 else "no more than chance can do"
    return (
        f"Only the network is right on {only_network_right:,} of them, only the baseline on "
        f"{only_baseline_right:,}: {meaning} (McNemar's exact test, {p})."
    )


if __name__ == "__main__":
    console.run(main)
