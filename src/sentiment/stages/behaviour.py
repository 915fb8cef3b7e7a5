"""Test the behaviour of the exported model on short texts with a clear label."""

import csv
from pathlib import Path

from sentiment.evaluation import behaviour, behaviour_cases
from sentiment.inference.predictor import Predictor
from sentiment.system import command, files


def main(model: Path, cases: Path, metrics: Path) -> None:
    """Write the predictions of MODEL for all cases into CASES, a CSV file, and pass rates into METRICS."""
    some = behaviour_cases.cases()
    logits = behaviour.logits(Predictor(model), some)
    passed = behaviour.passed(some, logits)
    with files.replacing(cases) as part, part.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(["capability", "expected", "text", "changed", "logit", "logit_changed", "passed"])
        for case, (before, after), right in zip(some, logits, passed, strict=True):
            change = (case.changed, f"{after:.2f}") if case.changed else ("", "")
            rows.writerow(
                [case.capability, case.expected, case.text, change[0], f"{before:.2f}", change[1], int(right)]
            )
    files.write_json(metrics, behaviour.summary(some, passed))


if __name__ == "__main__":
    command.run(main)
