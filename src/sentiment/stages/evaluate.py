"""Score the network, and its parts beside it, on the test part, which nothing before has read."""

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from scipy.special import expit

from sentiment import console, dataset, figure, files, nb_ngrams, params, scores, vocabulary
from sentiment.console import UserError


def main(
    model: Path,
    baseline: Path,
    tokens: Path,
    curves: Path,
    predictions: Path,
    metrics: Path,
    plots: Path,
) -> None:
    """Score MODEL, its LSTM alone where it joins that with more, and BASELINE on the test part of TOKENS.

    Writes PREDICTIONS review by review, METRICS, and a folder of PLOTS, the learning CURVES among them.
    """
    settings = params.load("evaluate").evaluate
    words = vocabulary.load(tokens / "vocabulary.json")
    reviews = dataset.load(tokens / "test")
    baseline_logits = nb_ngrams.load(baseline, words).logits(reviews)
    # TensorFlow takes seconds to import: a missing file is told without it.
    from sentiment.model import joined, load, logits

    network = load(model, words)
    names = ("network", "lstm") if joined(network) else ("network",)
    probabilities = dict(zip(names, expit(logits(network, reviews)).T, strict=False))
    probabilities["baseline"] = expit(baseline_logits)
    check(reviews, probabilities)
    write(reviews, probabilities, settings, figure.read_curves(curves), predictions, metrics, plots)


def check(reviews: dataset.Reviews, probabilities: figure.Probabilities) -> None:
    """Raise UserError where there is nothing to score."""
    if len(np.unique(reviews.labels)) < 2:
        raise UserError("the test part needs positive and negative reviews; enlarge split.test or the corpus")
    for name, values in probabilities.items():
        if not np.isfinite(values).all():
            raise UserError(
                f"the {figure.NAMES[name]} gives probabilities that are not numbers; train it again"
            )


def write(
    reviews: dataset.Reviews,
    probabilities: figure.Probabilities,
    settings: params.Evaluate,
    curves: figure.Curves,
    predictions: Path,
    metrics: Path,
    plots: Path,
) -> None:
    """Write predictions, metrics and plots; the scores are those of the written predictions."""
    labels = np.asarray(reviews.labels)
    probabilities = {name: values.astype(np.float32) for name, values in probabilities.items()}
    options = settings.bootstrap_samples, settings.calibration_bins, settings.seed
    summaries = {name: scores.summary(labels, values, *options) for name, values in probabilities.items()}
    decided = {name: scores.decide(values) for name, values in probabilities.items()}
    test = scores.mcnemar(labels, decided["network"], decided["baseline"])
    tables = {
        name: {
            "confusion": confusion_rows(labels, values),
            "roc": scores.roc(labels, values),
            "precision_recall": scores.precision_recall(labels, values),
            "calibration": scores.calibration(labels, values, settings.calibration_bins),
            "length": scores.by_length(labels, values, reviews.lengths),
        }
        for name, values in probabilities.items()
    }
    with files.replacing(predictions) as part:
        pq.write_table(pa.table({"row": reviews.rows, "label": labels, **probabilities}), part)
    with files.replacing(plots) as folder:
        for name in tables:
            (folder / name).mkdir(parents=True)
            for plot, table in tables[name].items():
                write_csv(folder / name / f"{plot}.csv", table)
        figure.draw(folder / "report.svg", labels, probabilities, tables, summaries)
        figure.draw_curves(folder / "curves.svg", curves)
    files.write_json(metrics, {"reviews": len(labels), **summaries, "mcnemar": test})


def confusion_rows(labels: np.ndarray, probabilities: np.ndarray) -> scores.Table:
    """One row for each review, for DVC's `confusion` template counts them itself."""
    predicted = scores.decide(probabilities)
    order = np.lexsort([predicted, labels])
    return {"actual": figure.LABELS[labels[order]], "predicted": figure.LABELS[predicted[order]]}


def write_csv(path: Path, table: scores.Table) -> None:
    """Write `table` with six significant digits."""
    pd.DataFrame(table).to_csv(path, index=False, float_format="%.6g", lineterminator="\n")


if __name__ == "__main__":
    console.run(main)
