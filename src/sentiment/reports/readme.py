"""Write the results of the last run into README.md, or show those of an experiment.

python -m sentiment.reports.readme                    # after `dvc repro`
python -m sentiment.reports.readme --check            # is README.md up to date?
python -m sentiment.reports.readme --experiment demo  # print that experiment's, as DVC has them
"""

import os
import shlex
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import rich
import typer
from rich.markdown import Markdown

from sentiment import params
from sentiment.errors import UserError
from sentiment.system import command, files

NAMES = {"network": "**network**", "lstm": "its LSTM alone", "baseline": "n-gram baseline"}
EXAMPLES = (
    'sentiment predict "A fine film with a clever ending." "Two hours that I will never get back."',
    'sentiment predict --explain "The music is good, but the film is not."',
)


def main(
    check: Annotated[bool, typer.Option("--check", help="Change nothing; fail if it would.")] = False,
    experiment: Annotated[str | None, typer.Option(help="Print this experiment's results instead.")] = None,
) -> None:
    """Bring the results in README.md up to date with metrics/, and the examples with the model."""
    if experiment:
        rich.print(Markdown(of_experiment(experiment)))
        return
    metrics = Path("metrics")
    sections = {"results": results, "behaviour": behaviour, "exported": exported}
    contents = {name: section(metrics) for name, section in sections.items()} | {"examples": examples()}
    update(Path("README.md"), contents, "sentiment.reports.readme", check)


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


def update(readme: Path, contents: dict[str, str], module: str, check: bool) -> None:
    """Put each of `contents` between the two markers of its name in `readme`.

    To `check`, raise UserError instead where they are not there yet; `module` is what the user runs then.
    """
    old = new = readme.read_text("utf-8")
    for name, content in contents.items():
        new = replace(new, name, content, readme)
    if new == old:
        return
    if check:
        raise UserError(f"{readme}: not the results of the last run; run `python -m {module}`")
    with files.replacing(readme) as part:
        part.write_text(new, "utf-8")


def replace(text: str, name: str, content: str, path: Path) -> str:
    """Put `content` between the two markers `name` of `text`, which is that of `path`.

    Raises UserError where a marker is missing.
    """
    opening, closing = f"<!-- {name} -->", f"<!-- /{name} -->"
    head, begin, rest = text.partition(opening)
    _, end, tail = rest.partition(closing)
    if not (begin and end) or opening in tail or closing in head + tail:
        raise UserError(f"{path}: needs one line {opening} and, after it, one line {closing}")
    return f"{head}{opening}\n{content}{closing}{tail}"


def results(metrics: Path) -> str:
    """The results in the folder `metrics` as Markdown; params.yaml beside it names the corpus.

    Raises UserError where the pipeline has not left them there.
    """
    corpus = params.load("data", path=metrics.parent / "params.yaml").data.csv
    try:
        data, test = files.read_json(metrics / "data.json"), files.read_json(metrics / "test.json")
        rows = [row(NAMES[name], test[name]) for name in NAMES if name in test]
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


def behaviour(metrics: Path) -> str:
    """The pass rates in the folder `metrics` as Markdown; raises UserError where they are not there."""
    path = metrics / "behaviour.json"
    try:
        rates = files.read_json(path)
        rows = [
            f"| {kind} | {capability} | {rate['cases']} | {rate['pass_rate']:.0%} |"
            for kind, capabilities in rates.items()
            if isinstance(capabilities, dict)
            for capability, rate in capabilities.items()
        ]
        return "\n".join(
            [
                f"Of {rates['cases']} short texts, {rates['pass_rate']:.1%} get what a reader would expect:",
                "",
                "| kind of test | capability | texts | passed |",
                "|---|---|---|---|",
                *rows,
                "",
            ]
        )
    except FileNotFoundError:
        raise UserError(f"{path}: no such file; run `dvc repro`") from None
    except (ValueError, TypeError, KeyError, AttributeError):
        raise UserError(f"{path}: not the metrics of this pipeline; run `dvc repro`") from None


def exported(metrics: Path) -> str:
    """What exporting cost, by the folder `metrics`; raises UserError where that is not there."""
    path = metrics / "export.json"
    try:
        cost = files.read_json(path)
        return (
            f"In {cost['bytes'] / 1e6:.1f} MB, with its weights rounded, it is right on "
            f"{cost['accuracy']:.2%} of the test reviews; with Keras's weights, on "
            f"{cost['accuracy_before_rounding']:.2%}. On none of them does the logit by ONNX differ from "
            f"that by Keras, with the same weights, by more than {cost['largest_difference_to_keras']:.1e}.\n"
        )
    except FileNotFoundError:
        raise UserError(f"{path}: no such file; run `dvc repro`") from None
    except (ValueError, TypeError, KeyError):
        raise UserError(f"{path}: not the metrics of this pipeline; run `dvc repro`") from None


def examples() -> str:
    """What the model answers to EXAMPLES, as Markdown; raises UserError where it cannot."""
    lines = []
    for line in EXAMPLES:
        _, *arguments = shlex.split(line)
        done = subprocess.run(
            [sys.executable, "-m", "sentiment.cli.main", *arguments],
            env=os.environ | {"FORCE_COLOR": "", "COLUMNS": "100"},
            capture_output=True,
            encoding="utf-8",
        )
        if done.returncode:
            raise UserError(done.stderr.removeprefix("error: "))
        lines += ["```console", f"$ {line}", done.stdout.rstrip(), "```"]
    return "\n".join([*lines, ""])


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
    command.run(main)
