"""The last stage: say in three lines what came of a run, and where to look."""

from pathlib import Path

from sentiment import params
from sentiment.system import command, files

LOOK = "Look: {report}; dvc metrics show; and beside the last commit: sentiment compare"
ASK = 'Ask:  sentiment predict "A fine film."; on a page: sentiment serve'


def main(metrics: Path, reports: Path) -> None:
    """Print three lines about the results in METRICS, whose page is in REPORTS."""
    corpus = params.load("data").data.csv
    scores, behaviour = (files.read_json(metrics / f"{name}.json") for name in ("evaluation", "behaviour"))
    print(result(corpus, scores, behaviour["pass_rate"]))
    print(LOOK.format(report=reports / "index.html"))
    print(ASK)


def result(corpus: str, scores: dict, passed: float) -> str:
    """The accuracy, with its interval and the baseline's, and the rate of `passed` tests, in a line."""
    network, baseline = scores["network"], scores["baseline"]
    low, high = (100 * network[f"accuracy_{end}"] for end in ("low", "high"))
    accuracy = f"{network['accuracy']:.1%} ({low:.1f} to {high:.1f})"
    return (
        f"Right on {accuracy} of {scores['reviews']:,} test reviews in {corpus}; "
        f"n-grams {baseline['accuracy']:.1%}; behaviour {passed:.0%}"
    )


if __name__ == "__main__":
    command.run(main)
