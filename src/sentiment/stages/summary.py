"""The last stage: say in three lines what came of a run, and where to look."""

from pathlib import Path

from sentiment.system import command, files

LOOK = "Look: dvc metrics show; dvc plots show; and beside the last commit: sentiment compare"
ASK = 'Ask:  sentiment predict "A fine film."; on a page: sentiment serve'


def main(metrics: Path) -> None:
    """Print three lines about the results in METRICS."""
    print(result(files.read_json(metrics / "evaluation.json"), files.read_json(metrics / "behaviour.json")))
    print(LOOK)
    print(ASK)


def result(scores: dict, behaviour: dict) -> str:
    """The accuracy, with its interval and the baseline's, and the rate of passed tests, in a line."""
    network, baseline = scores["network"], scores["baseline"]["accuracy"]
    low, high = (100 * network[f"accuracy_{end}"] for end in ("low", "high"))
    interval = f"{low:.1f} to {high:.1f}; n-grams {baseline:.1%}"
    return (
        f"Right on {network['accuracy']:.1%} of {scores['reviews']:,} test reviews ({interval}), "
        f"{behaviour['pass_rate']:.0%} of the behavioural tests."
    )


if __name__ == "__main__":
    command.run(main)
