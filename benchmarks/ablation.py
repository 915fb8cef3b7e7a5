"""What each part of the network is worth: trainings with one thing changed, scored on the validation part.

    python -m benchmarks.ablation                      # after `dvc repro train`; a night
    python -m benchmarks.ablation --only "no chunks"   # this row alone
    python -m benchmarks.ablation --share 0.33         # a first look; two hours

Each result is kept in benchmarks/ablation.json at once, so that the command can be stopped at any time
and goes on later; benchmarks/ablation.md is written anew after each. The test part is not read.
"""

import tempfile
from itertools import combinations
from pathlib import Path
from types import SimpleNamespace
from typing import Annotated

import numpy as np
import typer

from benchmarks.course import load
from benchmarks.results import FOLDER, Results, alone, conditions, libraries, machine, spread, table, write
from sentiment import params
from sentiment.data import dataset
from sentiment.data.dataset import Reviews
from sentiment.errors import UserError
from sentiment.ngrams import neighbours
from sentiment.ngrams.table import review_of_token
from sentiment.system.command import run

VECTORS, BASELINE, VOTES = Path("data/embedding.npy"), Path("models/baseline"), Path("data/votes.npy")
INDEX = Path("models/neighbours.npz")
SECTIONS = "embedding", "model", "train"
WHOLE, JOINED = "the network", "LSTM + n-grams + neighbours"
DROPOUTS = {"model.word_dropout": 0.1, "model.embedding_dropout": 0.3, "model.dropout": 0.5}
VARIANTS = {
    WHOLE: {},
    "LSTM without the n-grams' votes": {"model.ngrams": False},
    "votes never hidden": {"model.votes_dropout": 0.0},
    "random embedding": {"embedding.init": "uniform"},
    "one LSTM instead of two": {"model.members": 1},
    "no convolution": {"model.convolution": 0, "model.chunk_length": 40},  # chunks of as many tokens
    "chunks of 25 steps instead of 10": {"model.chunk_length": 25},
    "no chunks": {"model.chunk_length": 0},
    "one direction": {"model.bidirectional": False},
    "pooling: last": {"model.pooling": "last"},
    "pooling: max": {"model.pooling": "max"},
    "pooling: mean": {"model.pooling": "mean"},
    "word dropout of 0.1": {"model.word_dropout": 0.1},
    "embedding dropout of 0.3": {"model.embedding_dropout": 0.3},
    "dropout before the output of 0.5": {"model.dropout": 0.5},
    "5 epochs instead of 3": {"train.epochs": 5},
    "all three dropouts, 5 epochs": DROPOUTS | {"train.epochs": 5},
    "float32 instead of bfloat16": {"train.precision": "float32"},
    "weights not averaged": {"train.average": 0.0},
    "constant learning rate": {"train.schedule": "constant"},
    "one-cycle learning rate": {"train.schedule": "onecycle"},
}


def main(
    only: Annotated[
        list[str] | None, typer.Option(metavar="ROW", help="Only this row; may be repeated.")
    ] = None,
    seeds: Annotated[int, typer.Option(min=1, help="Trainings for each row.")] = 3,
    share: Annotated[float, typer.Option(min=0.01, max=1, help="Of the training part that is used.")] = 1.0,
) -> None:
    """Train what has not been trained yet, first all rows with one seed, then with the next."""
    if unknown := set(only or []) - set(VARIANTS):
        raise UserError(f"no row {', '.join(sorted(unknown))}; there are {', '.join(VARIANTS)}")
    depends = {"machine": machine(), "libraries": libraries(), "share": share}
    results = Results(FOLDER / "ablation.json", depends | conditions("baseline", "neighbours", *SECTIONS))
    for seed in range(1, seeds + 1):
        for variant in only or VARIANTS:
            change = {"train.seed": seed} | VARIANTS[variant]
            results.measure(f"{variant}, seed {seed}", alone, "benchmarks.ablation:train", change, share)
            report(results, share)


def train(change: dict, share: float) -> dict[str, dict[str, float]]:
    """Train with these parameters on a share of the training part; score the parts, alone and joined."""
    # TensorFlow takes seconds to import: only the processes that train pay for it.
    from benchmarks.networks import joined, with_votes
    from sentiment import metrics
    from sentiment.embedding import matrix
    from sentiment.network import model
    from sentiment.ngrams import nb_logreg
    from sentiment.training import loop

    settings = changed(params.load(*SECTIONS), change)
    loop.prepare(settings.train)
    vocabulary, reviews, validation = load()
    classifier = nb_logreg.load(BASELINE, vocabulary)
    vectors = matrix.load(VECTORS, vocabulary)
    if "embedding.init" in change:
        vectors = matrix.make(settings.embedding, vocabulary, {})
    network = model.build(settings.model, vectors, classifier, unknown=vocabulary.unknown)
    whole, watched = with_votes(settings.model, reviews, validation, classifier, VOTES)
    part = loop.Part(*some(reviews, whole.votes, share))
    with tempfile.TemporaryDirectory() as folder:
        lstm = network.get_layer("lstm")
        for _ in loop.epochs(lstm, part, watched, settings.train, Path(folder), ""):
            pass
    said = {"LSTM": model.logits(network, validation)[:, 1], "n-grams": classifier.logits(validation)}
    if index := neighbours.load(INDEX, vocabulary, "run `dvc repro neighbours`"):
        said["neighbours"] = joined([index.verdicts(validation)], validation.labels)
    ways = [names for size in range(1, len(said) + 1) for names in combinations(said, size)]
    return {
        " + ".join(names): metrics.validation(
            validation.labels,
            joined([said[name] for name in names], validation.labels) if len(names) > 1 else said[names[0]],
        )
        for names in ways
    }


def changed(settings: SimpleNamespace, change: dict) -> SimpleNamespace:
    """`settings` with other values under keys such as `model.pooling`."""
    for key, value in change.items():
        section, name = key.split(".")
        old = getattr(settings, section)
        setattr(settings, section, type(old).model_validate(old.model_dump() | {name: value}))
    return settings


def some(reviews: Reviews, votes: np.ndarray | None, share: float) -> tuple[Reviews, np.ndarray | None]:
    """A `share` of the reviews, always the same ones, and their `votes` (tokens, lengths), if any."""
    size = round(share * len(reviews))
    rows = np.sort(np.random.default_rng(0).permutation(len(reviews))[:size])
    chosen = dataset.ragged([reviews[row] for row in rows], reviews.labels[rows], reviews.rows[rows])
    return chosen, None if votes is None else votes[np.isin(review_of_token(reviews), rows)]


def report(results: Results, share: float) -> None:
    """Write the page of all results there are."""
    scored = {
        variant: [value for name, value in results.values.items() if name.startswith(f"{variant}, seed ")]
        for variant in VARIANTS
    }
    whole = scored[WHOLE]
    parts = [[name, *cells(whole, name)] for name in (whole[0] if whole else {})]
    rows = [
        [
            "nothing" if variant == WHOLE else variant,
            str(len(found)),
            *cells(found, JOINED),
            *cells(found, "LSTM"),
        ]
        for variant, found in scored.items()
        if found
    ]
    accuracy = ["accuracy, %", "log loss"]
    epochs = params.load("train").train.epochs
    write(
        FOLDER / "ablation.md",
        "# What each part is worth",
        f"Written by `python -m benchmarks.ablation`, after {results.minutes:.0f} minutes, on {machine()}.",
        f"The network of params.yaml, its LSTM trained for at most {epochs} epochs on {share:.0%} of the "
        "training part, and scored on the validation part: mean and standard deviation over several seeds of "
        "weights, dropout and batches. Word vectors, n-grams and neighbours are those of the whole training "
        "part, and are the same for every seed. The epoch that is kept is the best of the LSTM and the "
        "n-grams together; where it hears no votes of theirs, of the LSTM alone.",
        "## Parts",
        f"Each part, and each way to join them, over {len(whole)} seeds. What joins them is fitted on the "
        "validation part, as in the stage `train`; so is the scale of the neighbours alone.",
        table(["", *accuracy], parts),
        "## Choices",
        "Each row is the LSTM with what it names changed, joined with n-grams and neighbours as in the "
        "network, and alone.",
        table(
            ["", "seeds", f"network: {accuracy[0]}", accuracy[1], f"LSTM: {accuracy[0]}", accuracy[1]], rows
        ),
    )


def cells(scored: list[dict[str, dict[str, float]]], part: str) -> list[str]:
    """Accuracy in % and log loss of a part, or of several together, over the trainings there are."""
    return [
        spread([factor * one[part][f"validation_{score}"] for one in scored], digits)
        for score, factor, digits in [("accuracy", 100, 2), ("log_loss", 1, 4)]
    ]


if __name__ == "__main__":
    run(main)
