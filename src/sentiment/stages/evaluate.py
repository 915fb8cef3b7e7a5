"""Score the stacked network, each LSTM alone and the baseline on the test part, unread until now."""

from pathlib import Path
from typing import Annotated

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import typer

from sentiment import metrics, params
from sentiment.data import dataset, label_values, labels
from sentiment.data.dataset import Reviews
from sentiment.data.vocabulary import Vocabulary
from sentiment.ensemble import NGRAMS, Ensemble, of_ngrams
from sentiment.errors import UserError
from sentiment.evaluation import plots
from sentiment.ngrams import nb_logreg
from sentiment.system import command, files, one_writer

MODELS = "baseline", "ensemble.json", "model.keras"  # what it reads of the folder of models
RESULTS = "plots", "evaluation.json", "test.json"  # what it writes into the folder of results
BRIEF = "accuracy", "loss"  # the headlines of one model among several


def main(
    data: Path,
    models: Path,
    results: Path,
    brief: Annotated[bool, typer.Option("--brief", help="Only accuracy and loss are headlines.")] = False,
) -> None:
    """Score what MODELS holds on the test part of the tokens in DATA.

    Writes predictions.parquet, review by review, into DATA, and test.json (the headlines), evaluation.json
    (everything) and a folder of plots into RESULTS, where the learning curves are.
    """
    outputs = [data / "predictions.parquet", *(results / name for name in RESULTS)]
    inputs = [data / "tokens", *(models / name for name in MODELS), results / "train"]
    with one_writer.replacing(outputs, inputs, lambda: params.load("evaluate")) as (settings, parts):
        predictions, plotted, everything, headed = parts
        curves = plots.read_curves(results / "train")
        reviews = dataset.load(data / "tokens" / "test")
        probabilities = predict(reviews, models, Vocabulary.load(data / "tokens" / "vocabulary.json"))
        check(reviews, probabilities)
        details, tables = evaluate(reviews, probabilities, settings.evaluate, label_names(results))
        rows = {"row": reviews.rows, "label": np.asarray(reviews.labels), **probabilities}
        rows |= texts(data / "clean.parquet", reviews.rows)
        pq.write_table(pa.table(rows), predictions, compression="zstd")
        write_tables(plotted, tables)
        plots.draw(plotted / "report.svg", reviews.labels, probabilities, tables, details)
        plots.draw_curves(plotted / "curves.svg", curves)
        files.write_json(everything, details)
        shown = headlines(details)
        files.write_json(headed, {name: shown[name] for name in BRIEF} if brief else shown)


def predict(reviews: Reviews, models: Path, vocabulary: Vocabulary) -> plots.Probabilities:
    """The probability of positive by each classifier: float32 (reviews)."""
    ensemble = Ensemble.load(models / "ensemble.json", vocabulary)
    votes, base_logits = of_ngrams(nb_logreg.load(models / "baseline", vocabulary), reviews)
    # TensorFlow takes seconds to import: a missing file is told without it.
    from sentiment.network import model

    network = model.load(models / "model.keras", vocabulary)
    columns = model.predict(network, reviews, votes if ensemble.takes_ngrams else None).T
    networks = dict(zip(ensemble.networks, columns, strict=True))
    logits = {"network": ensemble.logits({**networks, **base_logits})}
    if len(ensemble.weights) > 1:
        logits |= networks
    logits["baseline"] = base_logits[NGRAMS]
    return {name: labels.probability(values) for name, values in logits.items()}


def texts(clean: Path, rows: np.ndarray) -> dict[str, pa.ChunkedArray]:
    """The column `text`, by which `sentiment compare` knows the reviews of two runs.

    A recipe has no cleaned reviews of its own, and Keras's have no text: then there is no such column.
    """
    if not clean.is_file():
        return {}
    return {"text": pq.read_table(clean, columns=["text"])["text"].take(pa.array(rows))}


def check(reviews: Reviews, probabilities: plots.Probabilities) -> None:
    """Raise UserError where there is nothing to score."""
    if len(np.unique(reviews.labels)) < 2:
        raise UserError("the test part needs positive and negative reviews; enlarge split.test or the corpus")
    for name, values in probabilities.items():
        if not np.isfinite(values).all():
            problem = f"the {plots.NAMES[name]} gives probabilities that are not numbers"
            raise UserError(f"{problem}; train it again")


def evaluate(
    reviews: Reviews,
    probabilities: plots.Probabilities,
    settings: params.Evaluate,
    names: np.ndarray = labels.NAMES,
) -> tuple[dict, dict[str, dict[str, metrics.Table]]]:
    """All scores, and the points of all curves by classifier; `names` are those of the labels, str (2)."""
    actual = np.asarray(reviews.labels)
    options = settings.bootstrap_samples, settings.calibration_bins, settings.seed
    scores = {name: metrics.summary(actual, values, *options) for name, values in probabilities.items()}
    decided = {name: labels.decide(values) for name, values in probabilities.items()}
    test = metrics.mcnemar(actual, decided["network"], decided["baseline"])
    mcnemar = dict(zip(("only_network_right", "only_baseline_right", "p_value"), test, strict=True))
    tables = {
        name: {
            "confusion": confusion_rows(actual, decided[name], names),
            "roc": metrics.roc(actual, values),
            "precision_recall": metrics.precision_recall(actual, values),
            "calibration": metrics.calibration(actual, values, settings.calibration_bins),
            "length": metrics.by_length(actual, values, reviews.lengths),
        }
        for name, values in probabilities.items()
    }
    return {"reviews": len(actual), **scores, "mcnemar": mcnemar}, tables


def label_names(results: Path) -> np.ndarray:
    """What the corpus calls its labels, by the stage `clean`, which no recipe has run."""
    if not (results / "data.json").exists():
        return labels.NAMES
    return label_values.corpus_labels(results / "data.json").names


def confusion_rows(
    actual: np.ndarray, predicted: np.ndarray, names: np.ndarray = labels.NAMES
) -> metrics.Table:
    """One row for each review, for DVC's `confusion` template counts them itself."""
    order = np.lexsort([predicted, actual])
    return {"actual": names[actual[order]], "predicted": names[predicted[order]]}


def write_tables(folder: Path, tables: dict[str, dict[str, metrics.Table]]) -> None:
    """Write a CSV file for each table, with six significant digits, into a folder for each classifier."""
    for name, plotted in tables.items():
        (folder / name).mkdir(parents=True)
        for plot, table in plotted.items():
            path = folder / name / f"{plot}.csv"
            pd.DataFrame(table).to_csv(path, index=False, float_format="%.6g", lineterminator="\n")


def headlines(details: dict) -> dict[str, float]:
    """What `dvc metrics show` shows: few enough figures, under names short enough, for 100 columns."""
    names = {
        "accuracy": "accuracy",
        "low": "accuracy_low",
        "high": "accuracy_high",
        "f1": "f1",
        "bal_acc": "balanced_accuracy",
        "auc": "roc_auc",
        "loss": "log_loss",
        "ece": "ece",
    }
    chosen = {short: details["network"][name] for short, name in names.items()}
    chosen["baseline"] = details["baseline"]["accuracy"]
    return {name: round(value, 4) for name, value in chosen.items()}


if __name__ == "__main__":
    command.run(main)
