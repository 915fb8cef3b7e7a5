"""Score the network, and its parts beside it, on the test part, which nothing before has read."""

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from scipy.special import expit

from sentiment import metrics, params
from sentiment.data import dataset
from sentiment.data.vocabulary import Vocabulary
from sentiment.errors import UserError
from sentiment.evaluation import plots
from sentiment.ngrams import nb_logreg
from sentiment.system import command, files


def main(
    model: Path,
    baseline: Path,
    tokens: Path,
    curves: Path,
    predictions: Path,
    metrics_file: Path,
    plots_folder: Path,
) -> None:
    """Score MODEL, its LSTM alone where it joins that with more, and BASELINE on the test part of TOKENS.

    Writes PREDICTIONS review by review, METRICS_FILE, and PLOTS_FOLDER, the learning CURVES among them.
    """
    settings = params.load("evaluate").evaluate
    vocabulary = Vocabulary.load(tokens / "vocabulary.json")
    reviews = dataset.load(tokens / "test")
    baseline_logits = nb_logreg.load(baseline, vocabulary).logits(reviews)
    # TensorFlow takes seconds to import: a missing file is told without it.
    from sentiment.network.model import joined, load, logits

    network = load(model, vocabulary)
    names = ("network", "lstm") if joined(network) else ("network",)
    probabilities = dict(zip(names, expit(logits(network, reviews)).T, strict=False))
    probabilities["baseline"] = expit(baseline_logits)
    check(reviews, probabilities)
    write(
        reviews, probabilities, settings, plots.read_curves(curves), predictions, metrics_file, plots_folder
    )


def check(reviews: dataset.Reviews, probabilities: plots.Probabilities) -> None:
    """Raise UserError where there is nothing to score."""
    if len(np.unique(reviews.labels)) < 2:
        raise UserError("the test part needs positive and negative reviews; enlarge split.test or the corpus")
    for name, values in probabilities.items():
        if not np.isfinite(values).all():
            raise UserError(
                f"the {plots.NAMES[name]} gives probabilities that are not numbers; train it again"
            )


def write(
    reviews: dataset.Reviews,
    probabilities: plots.Probabilities,
    settings: params.Evaluate,
    curves: plots.Curves,
    predictions: Path,
    metrics_file: Path,
    plots_folder: Path,
) -> None:
    """Write predictions, metrics and plots; the scores are those of the written predictions."""
    labels = np.asarray(reviews.labels)
    probabilities = {name: values.astype(np.float32) for name, values in probabilities.items()}
    options = settings.bootstrap_samples, settings.calibration_bins, settings.seed
    summaries = {name: metrics.summary(labels, values, *options) for name, values in probabilities.items()}
    decided = {name: metrics.decide(values) for name, values in probabilities.items()}
    test = metrics.mcnemar(labels, decided["network"], decided["baseline"])
    tables = {
        name: {
            "confusion": confusion_rows(labels, values),
            "roc": metrics.roc(labels, values),
            "precision_recall": metrics.precision_recall(labels, values),
            "calibration": metrics.calibration(labels, values, settings.calibration_bins),
            "length": metrics.by_length(labels, values, reviews.lengths),
        }
        for name, values in probabilities.items()
    }
    with files.replacing(predictions) as part:
        pq.write_table(pa.table({"row": reviews.rows, "label": labels, **probabilities}), part)
    with files.replacing(plots_folder) as folder:
        for name in tables:
            (folder / name).mkdir(parents=True)
            for plot, table in tables[name].items():
                write_csv(folder / name / f"{plot}.csv", table)
        plots.draw(folder / "report.svg", labels, probabilities, tables, summaries)
        plots.draw_curves(folder / "curves.svg", curves)
    files.write_json(metrics_file, {"reviews": len(labels), **summaries, "mcnemar": test})


def confusion_rows(labels: np.ndarray, probabilities: np.ndarray) -> metrics.Table:
    """One row for each review, for DVC's `confusion` template counts them itself."""
    predicted = metrics.decide(probabilities)
    order = np.lexsort([predicted, labels])
    return {"actual": plots.LABELS[labels[order]], "predicted": plots.LABELS[predicted[order]]}


def write_csv(path: Path, table: metrics.Table) -> None:
    """Write `table` with six significant digits."""
    pd.DataFrame(table).to_csv(path, index=False, float_format="%.6g", lineterminator="\n")


if __name__ == "__main__":
    command.run(main)
