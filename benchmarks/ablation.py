"""What LSTM and n-grams are worth: trainings with one thing changed, scored on the validation part.

    python -m benchmarks.ablation                      # after `dvc repro train`; a night
    python -m benchmarks.ablation --only "no chunks"   # this row alone

Each result is kept in benchmarks/ablation.json at once, so that the command can be stopped at any time
and goes on later; benchmarks/ablation.md is written anew after each. The test part is not read.
"""

from typing import Annotated, Any

import typer

from benchmarks.results import FOLDER, SECTIONS, Results, alone, conditions, machine, spread, write
from sentiment import params
from sentiment.errors import UserError
from sentiment.reports.markdown import table
from sentiment.system.command import run

WHOLE, STACKED = "the LSTM", "LSTM + n-grams"
SCORES = "accuracy, %", "log loss"
VARIANTS: dict[str, dict[str, Any]] = {
    WHOLE: {},
    "LSTM without the n-grams' votes": {"model.ngrams": False},
    "random embedding": {"embedding.init": "uniform"},
    "no convolution": {"model.convolution": 0, "model.chunk_length": 40},  # chunks of as many tokens
    "convolution of 3 tokens instead of 5": {"model.kernel_size": 3},
    "chunks of 25 steps instead of 10": {"model.chunk_length": 25},
    "no chunks": {"model.chunk_length": 0},
    "one direction": {"model.bidirectional": False},
    "one direction of 200 units": {"model.bidirectional": False, "model.lstm_units": 200},
    "pooling: last": {"model.pooling": "last"},
    "pooling: last, no chunks": {"model.pooling": "last", "model.chunk_length": 0},
    "embedding dropout of 0.3": {"model.embedding_dropout": 0.3},
    "dropout before the output of 0.5": {"model.dropout": 0.5},
    "5 epochs instead of 3": {"train.epochs": 5},
    "float32 instead of bfloat16": {"train.precision": "float32"},
    "constant learning rate": {"train.schedule": "constant"},
}


def main(
    only: Annotated[
        list[str] | None, typer.Option(metavar="ROW", help="Only this row; may be repeated.")
    ] = None,
    seeds: Annotated[int, typer.Option(min=1, help="Trainings for each row.")] = 3,
) -> None:
    """Train what has not been trained yet, first all rows with one seed, then with the next."""
    if unknown := set(only or []) - set(VARIANTS):
        raise UserError(f"no row {', '.join(sorted(unknown))}; there are {', '.join(VARIANTS)}")
    results = Results(FOLDER / "ablation.json", conditions(*SECTIONS))
    for seed in range(1, seeds + 1):
        for variant in only or VARIANTS:
            change = {"train.seed": seed, **VARIANTS[variant]}
            results.measure(f"{variant}, seed {seed}", alone, "benchmarks.networks:changed_ours", change)
            report(results)


def report(results: Results) -> None:
    """Write the page of all results there are."""
    scores = {
        variant: [value for name, value in results.values.items() if name.startswith(f"{variant}, seed ")]
        for variant in VARIANTS
    }
    whole = scores[WHOLE]
    epochs = params.load("train").train.epochs
    write(
        FOLDER / "ablation.md",
        "# What each part is worth",
        f"Written by `python -m benchmarks.ablation`, after {results.minutes:.0f} minutes, on {machine()}.",
        f"The LSTM of params.yaml, trained for at most {epochs} epochs, and the n-grams, without the reader, "
        "scored on the validation part: mean and standard deviation over several seeds of weights, dropout "
        "and batches. Word vectors and n-grams are the same for every seed. The best epoch is the one with "
        "the lowest log loss of LSTM and n-grams together.",
        "## Parts",
        f"Each part alone and both stacked, over {len(whole)} seeds. The stacking is fitted on the "
        "validation reviews.",
        table(["", *SCORES], [[name, *cells(whole, name)] for name in (whole[0] if whole else {})]),
        "## Choices",
        "Each row is the LSTM with what it names changed: stacked with the n-grams, and alone.",
        choices_table(scores),
    )


def choices_table(scores: dict[str, list[dict]]) -> str:
    """The scores of each variant that has any, in Markdown."""
    header = ["changed", "seeds", *(f"{part}: {score}" for part in (STACKED, "LSTM") for score in SCORES)]
    rows = [
        [
            "nothing" if variant == WHOLE else variant,
            str(len(found)),
            *cells(found, STACKED),
            *cells(found, "LSTM"),
        ]
        for variant, found in scores.items()
        if found
    ]
    return table(header, rows)


def cells(scores: list[dict[str, dict[str, float]]], part: str) -> list[str]:
    """Accuracy in % and log loss of a part, or of both stacked, over the trainings there are."""
    return [
        spread([factor * one[part][f"validation_{score}"] for one in scores], digits)
        for score, factor, digits in [("accuracy", 100, 2), ("log_loss", 1, 4)]
    ]


if __name__ == "__main__":
    run(main)
