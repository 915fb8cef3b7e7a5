"""Test the behaviour of the exported model on short texts, most of them with a clear label."""

import csv
from pathlib import Path

from sentiment.evaluation import behaviour, behaviour_cases, reading_cases
from sentiment.evaluation.behaviour import Case
from sentiment.inference.predictor import Predictor
from sentiment.system import command, files, one_writer

SETS = {"behaviour": behaviour_cases.cases(), "reading": reading_cases.cases()}
COLUMNS = ("set", "capability", "expected", "text", "changed", "logit", "logit_changed", "passed")


def main(model: Path, cases: Path, metrics: Path) -> None:
    """Write the predictions of MODEL for all cases into CASES, a CSV file, and pass rates into METRICS."""
    with one_writer.replacing((cases, metrics), [model]) as (_, parts):
        write(Predictor(model), *parts)


def write(predictor: Predictor, cases: Path, metrics: Path) -> None:
    """Write what `predictor` answers, case by case, and pass rates."""
    rows, rates = [], {}
    for name, some in SETS.items():
        logits = behaviour.logits(predictor, some)
        passed = behaviour.passed(some, logits)
        rows += [[name, *row(*each)] for each in zip(some, logits.tolist(), passed.tolist(), strict=True)]
        rates[name] = behaviour.summary(some, passed)
    with cases.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([COLUMNS, *rows])
    files.write_json(metrics, rates["behaviour"] | {"reading": rates["reading"]})


def row(case: Case, logits: list[float], passed: bool) -> list[str | int]:
    """A case's cells, without its set; those of a change are empty where it has none."""
    before, after = (f"{logit:.2f}" for logit in logits)
    change = (case.changed, after) if case.changed else ("", "")
    return [case.capability, case.expected, case.text, change[0], before, change[1], int(passed)]


if __name__ == "__main__":
    command.run(main)
