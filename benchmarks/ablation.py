"""What each part of the network is worth: trainings with one thing changed, scored on the validation part.

    python -m benchmarks.ablation                      # after `dvc repro train`; a night
    python -m benchmarks.ablation --only "no chunks"   # this row alone

Each result is kept in benchmarks/ablation.json at once, so that the command can be stopped at any time
and goes on later; benchmarks/ablation.md is written anew after each. The test part is not read.
"""

import tempfile
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Annotated, Any

import numpy as np
import typer

from benchmarks.results import (
    DATA,
    FOLDER,
    MODELS,
    TOKENS,
    Results,
    alone,
    conditions,
    machine,
    spread,
    table,
    write,
)
from sentiment import params
from sentiment.data.vocabulary import Vocabulary
from sentiment.errors import UserError
from sentiment.system.command import run

SECTIONS = "baseline", "embedding", "model", "train"
WHOLE, STACKED = "the network", "LSTM + n-grams"
NO_CONVOLUTION = {"model.convolution": 0, "model.chunk_length": 100}  # chunks of as many tokens
VARIANTS: dict[str, dict[str, Any]] = {
    WHOLE: {},
    "LSTM without the n-grams' votes": {"model.ngrams": False},
    "random embedding": {"embedding.init": "uniform"},
    "no convolution": NO_CONVOLUTION,
    "convolution of 3 tokens instead of 5": {"model.kernel_size": 3},
    "chunks of 10 steps instead of 25": {"model.chunk_length": 10},
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
            results.measure(f"{variant}, seed {seed}", alone, "benchmarks.ablation:train", change)
            report(results)


def train(change: dict[str, Any]) -> dict[str, dict[str, float]]:
    """Train with these parameters; score the LSTM, the n-grams, and both stacked."""
    # TensorFlow takes seconds to import: only the processes that train pay for it.
    from sentiment import metrics
    from sentiment.embedding import matrix
    from sentiment.ensemble import LSTM, NGRAMS, Ensemble
    from sentiment.network import model
    from sentiment.stages.train import read_parts
    from sentiment.training import loop
    from sentiment.training.checkpoint import Checkpoints

    settings = changed(params.load(*SECTIONS), change)
    loop.prepare(settings.train)
    vocabulary = Vocabulary.load(TOKENS / "vocabulary.json")
    embedding = matrix.load(DATA / "embedding.npy", vocabulary)
    if settings.embedding.init == "uniform":
        embedding = matrix.make(settings.embedding, vocabulary, {})
    stacked = settings.model.model_copy(update={"ngrams": True})
    training, validation = read_parts(DATA, MODELS, vocabulary, stacked)
    if not settings.model.ngrams:
        training, validation = replace(training, votes=None), replace(validation, votes=None)
    network = model.build(settings.model, embedding, settings.baseline.max_ngram)
    with tempfile.TemporaryDirectory() as folder:
        checkpoints = Checkpoints(Path(folder), network, "")
        for _ in loop.epochs(network, training, validation, settings.train, checkpoints):
            pass
    lstm_logits = model.predict(network, validation.reviews, validation.votes)
    base_logits = {LSTM: lstm_logits, **validation.base_logits}
    labels = np.asarray(validation.reviews.labels)
    logits = {
        "LSTM": lstm_logits,
        "n-grams": base_logits[NGRAMS],
        STACKED: Ensemble.fit(base_logits, labels).logits(base_logits),
    }
    return {name: metrics.validation(labels, values) for name, values in logits.items()}


def changed(settings: SimpleNamespace, change: dict[str, Any]) -> SimpleNamespace:
    """`settings` with other values under keys such as `model.pooling`."""
    for key, value in change.items():
        section, name = key.split(".")
        old = getattr(settings, section)
        setattr(settings, section, type(old).model_validate(old.model_dump() | {name: value}))
    return settings


def report(results: Results) -> None:
    """Write the page of all results there are."""
    scores = {
        variant: [value for name, value in results.values.items() if name.startswith(f"{variant}, seed ")]
        for variant in VARIANTS
    }
    whole = scores[WHOLE]
    parts = [[name, *cells(whole, name)] for name in (whole[0] if whole else {})]
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
    accuracy = ["accuracy, %", "log loss"]
    epochs = params.load("train").train.epochs
    write(
        FOLDER / "ablation.md",
        "# What each part is worth",
        f"Written by `python -m benchmarks.ablation`, after {results.minutes:.0f} minutes, on {machine()}.",
        f"The network of params.yaml, its LSTM trained for at most {epochs} epochs, scored on the validation "
        "part: mean and standard deviation over several seeds of weights, dropout and batches. Word vectors "
        "and n-grams are the same for every seed. The best epoch is the one with the lowest log loss of LSTM "
        "and n-grams together.",
        "## Parts",
        f"Each part alone and both stacked, over {len(whole)} seeds. The stacking is fitted on the "
        "validation part, as in the stage `train`.",
        table(["", *accuracy], parts),
        "## Choices",
        "Each row is the LSTM with what it names changed: stacked with the n-grams, as in the network, and "
        "alone.",
        table(
            ["changed", "seeds", f"network: {accuracy[0]}", accuracy[1], f"LSTM: {accuracy[0]}", accuracy[1]],
            rows,
        ),
    )


def cells(scores: list[dict[str, dict[str, float]]], part: str) -> list[str]:
    """Accuracy in % and log loss of a part, or of both stacked, over the trainings there are."""
    return [
        spread([factor * one[part][f"validation_{score}"] for one in scores], digits)
        for score, factor, digits in [("accuracy", 100, 2), ("log_loss", 1, 4)]
    ]


if __name__ == "__main__":
    run(main)
