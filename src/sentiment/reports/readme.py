"""Write the results of the last run into README.md and docs/model.md, or print those of an experiment.

python -m sentiment.reports.readme                    # after `dvc repro`
python -m sentiment.reports.readme --check            # are the pages up to date?
python -m sentiment.reports.readme --experiment demo  # print the results of a DVC experiment
"""

import os
import shlex
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import rich
import typer
from rich.markdown import Markdown

from sentiment import params
from sentiment.errors import UserError
from sentiment.metrics import McNemar
from sentiment.reports import markdown, reading_figures, revision
from sentiment.system import command, files

NAMES = {
    "network": "**network**",
    "lstm": "its LSTM alone",
    "reader": "its reader alone",
    "baseline": "n-gram baseline",
}
EXAMPLES = (
    'sentiment predict "A fine film with a clever ending." "Two hours that I will never get back."',
    'sentiment predict --explain "The music is good, but the film is not."',
)


def main(
    check: Annotated[bool, typer.Option("--check", help="Change nothing; fail if it would.")] = False,
    experiment: Annotated[str | None, typer.Option(help="Print this experiment's results instead.")] = None,
) -> None:
    """Write the results in metrics/ and the model's answers to examples into README.md and docs/model.md."""
    if experiment:
        rich.print(Markdown(experiment_results(experiment)))
        return
    metrics, module = Path("metrics"), "sentiment.reports.readme"
    front = {"results": results(metrics), "reading": reads(), "examples": examples()}
    model = {"exported": exported(metrics), "behaviour": behaviour(metrics)}
    markdown.update(Path("README.md"), front, module, check)
    markdown.update(Path("docs/model.md"), model, module, check)


def experiment_results(name: str) -> str:
    """The `results` of a DVC experiment, or of any other revision; raises UserError where there are none."""
    with revision.files(name, "metrics", "params.yaml") as folder:
        return results(folder / "metrics")


@contextmanager
def reading(metrics: Path, run: str = "dvc repro") -> Iterator[None]:
    """Turn missing or invalid files in the folder `metrics` into a UserError that says what to `run`."""
    try:
        yield
    except FileNotFoundError as error:
        raise UserError(f"{error.filename}: no such file; run `{run}`") from None
    except (ValueError, TypeError, KeyError, AttributeError):
        raise UserError(f"{metrics}: not the metrics of this pipeline; run `{run}`") from None


def results(metrics: Path) -> str:
    """The test results in the folder `metrics`, as Markdown; params.yaml beside the folder names the corpus.

    Raises UserError where the pipeline has not written them.
    """
    corpus = params.load("data", path=metrics.parent / "params.yaml").data.csv
    header = ["", "accuracy (95% interval)", "F1", "ROC AUC", "log loss", "calibration error"]
    with reading(metrics):
        reviews = files.read_json(metrics / "data.json")["reviews"]
        test = files.read_json(metrics / "evaluation.json")
        rows = [[NAMES[name], *cells(test[name])] for name in NAMES if name in test]
        head = f"Measured on {test['reviews']:,} test reviews of the {reviews:,} in `{corpus}`:"
        return f"{head}\n\n{markdown.table(header, rows)}\n\n{comparison(**test['mcnemar'])}"


def reads(page: str = "benchmarks/reading.md") -> str:
    """What `python -m benchmarks.reading` has measured, in a sentence; raises UserError where it has not."""
    with reading(Path("benchmarks/reading.json"), "python -m benchmarks.reading"):
        found = reading_figures.headline()
    splits = "one split" if found["seeds"] == 1 else f"mean of {found['seeds']} splits"
    return (
        "In that random split, most test reviews are of films that training knows. Trained on a split by "
        f"film, the network is right on {found['new_films']:.1%} of the reviews of films that it does not "
        f"know, on {found['reversed']:.1%} of other reviews whose verdict people reversed by a few words, "
        f"and on {found['pairs']:.1%} of these both before and after the change ([{splits}]({page}))."
    )


def cells(scores: dict[str, float]) -> list[str]:
    """One classifier's scores in the table."""
    others = (f"{scores[name]:.3f}" for name in ("f1", "roc_auc", "log_loss", "ece"))
    return [accuracy(scores), *others]


def accuracy(scores: dict[str, float]) -> str:
    """An accuracy with its 95% interval."""
    low, high = (100 * scores[f"accuracy_{end}"] for end in ("low", "high"))
    return f"{scores['accuracy']:.1%} ({low:.1f} to {high:.1f})"


def comparison(only_network_right: int, only_baseline_right: int, p_value: float) -> str:
    """McNemar's test in a sentence."""
    test = McNemar(only_network_right, only_baseline_right, p_value)
    return markdown.mcnemar("the network", "the baseline", test)


def behaviour(metrics: Path) -> str:
    """The pass rates of the behavioural tests as Markdown; raises UserError where they are missing."""
    with reading(metrics / "behaviour.json"):
        return pass_rates(files.read_json(metrics / "behaviour.json"))


def pass_rates(rates: dict[str, Any]) -> str:
    """What behaviour.json holds, in two tables."""
    first = {kind: some for kind, some in rates.items() if kind != "reading"}
    more = rates["reading"]
    return (
        f"{rates['pass_rate']:.1%} of the {rates['cases']} tests are passed:\n\n{capabilities(first)}\n\n"
        f"{more['pass_rate']:.1%} of the {more['cases']} tests of reading are passed:\n\n{capabilities(more)}"
    )


def capabilities(rates: dict[str, Any]) -> str:
    """The pass rate of each capability, as a table."""
    rows = [
        [kind, capability, str(rate["cases"]), f"{rate['pass_rate']:.0%}"]
        for kind, some in rates.items()
        if isinstance(some, dict)
        for capability, rate in some.items()
    ]
    return markdown.table(["kind of test", "capability", "texts", "passed"], rows)


def exported(metrics: Path) -> str:
    """The size of the exported model and the cost of exporting; raises UserError where they are missing."""
    with reading(metrics / "export.json"):
        cost: dict[str, Any] = files.read_json(metrics / "export.json")
        return (
            f"The exported model has {cost['bytes'] / 1e6:.1f} MB. Its accuracy on the test reviews is "
            f"{cost['accuracy']:.2%}, and was {cost['accuracy_before_rounding']:.2%} before its weights were "
            "rounded. With the same weights, the logits by ONNX and by Keras differ by at most "
            f"{cost['largest_difference_to_keras']:.1e}."
        )


def examples() -> str:
    """The EXAMPLES with the model's answers, as Markdown; raises UserError where it has none."""
    return "\n".join(f"```console\n$ {line}\n{answer(line)}\n```" for line in EXAMPLES)


def answer(line: str) -> str:
    """What a command line that begins with `sentiment` prints; raises UserError where it fails."""
    _, *arguments = shlex.split(line)
    done = subprocess.run(
        [sys.executable, "-m", "sentiment.cli.main", *arguments],
        env=os.environ | {"FORCE_COLOR": "", "COLUMNS": "100"},
        capture_output=True,
        encoding="utf-8",
    )
    if done.returncode:
        raise UserError(done.stderr.removeprefix("error: "))
    return done.stdout.rstrip()


if __name__ == "__main__":
    command.run(main)
