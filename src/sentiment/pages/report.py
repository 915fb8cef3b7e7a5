"""The report of a run: what was trained on what, how good it is, and where it errs, on one page."""

from typing import Any

import numpy as np
import pandas as pd

from sentiment import metrics
from sentiment.data.labels import NAMES as LABELS
from sentiment.data.labels import decide
from sentiment.evaluation import label_errors
from sentiment.evaluation.plots import NAMES
from sentiment.pages import charts, curves, findings, rows, shell, walkthrough
from sentiment.pages.run import Run
from sentiment.reports import readme
from sentiment.reports.model_card import IMDB, SAMPLE

MISTAKES = 50
BUDGET = 25_000  # tokens that the network reads to explain one of them: all of them take 20 seconds


def render(run: Run, doubtful: np.ndarray) -> str:
    """The page as HTML; `doubtful` are the reviews that `label_errors.find` has found."""
    wrong = most_confident_mistakes(run.predictions)
    shown = wrong[:MISTAKES]
    rates = rows.capabilities(run.behaviour)
    confusion = metrics.confusion(run.predictions["label"], decide(run.predictions["network"]))
    followed = run.predictions.iloc[walkthrough.choose(run.predictions)]
    return shell.render(
        "report.html.j2",
        run=run,
        names=NAMES,
        labels=LABELS.tolist(),
        parts=("train", "validation", "test"),
        imdb=run.corpus == IMDB,
        sample=run.corpus == SAMPLE,
        findings=findings,
        mcnemar=readme.comparison(**run.test["mcnemar"]),
        confusion=confusion.tolist(),
        charts=drawn(run, rates),
        rates=rates,
        example=walkthrough.cleaning(),
        steps=walkthrough.steps(run.predictor, followed["text"], followed["label"], 4 * BUDGET),
        mistakes=[mistake(run, one) for one in shown.itertuples()],
        wrong=len(wrong),
        doubtful=len(doubtful),
        label_errors=doubted(run, doubtful, set(shown["row"])),
    )


def drawn(run: Run, rates: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """All charts by name."""
    found = {
        "scores": charts.scores(rows.scores(run)),
        "loss": curves.learning(run.curves, "loss"),
        "accuracy": curves.learning(run.curves, "accuracy"),
        "roc": curves.curve(run.tables, "roc", "false_positive_rate", "true_positive_rate"),
        "precision_recall": curves.curve(run.tables, "precision_recall", "recall", "precision"),
        "calibration": curves.curve(run.tables, "calibration", "probability", "positive", diagonal=True),
        "length": curves.by_length(run.tables),
        "histogram": charts.histogram(rows.histogram(run.predictions)),
        "behaviour": charts.rates(rates),
    }
    if run.reading:
        found["reading"] = charts.dots(rows.reading(run.reading))
    return found


def most_confident_mistakes(predictions: pd.DataFrame) -> pd.DataFrame:
    """The reviews that the network is wrong about, the most confident first."""
    wrong = predictions[decide(predictions["network"]) != predictions["label"]]
    distance = (wrong["network"] - wrong["label"]).abs()
    return wrong.loc[distance.sort_values(ascending=False, kind="stable").index]


def mistake(run: Run, one: Any) -> dict[str, Any]:
    """A row of predictions with its words coloured."""
    return {
        "row": one.row,
        "label": LABELS[one.label],
        "answer": LABELS[1 - one.label],
        "confidence": abs(one.network - one.label),
        "words": walkthrough.colored(run.predictor, one.text, BUDGET),
    }


def doubted(run: Run, doubtful: np.ndarray, above: set[int]) -> list[dict[str, Any]]:
    """The likeliest label errors; those whose text is `above` on the page are without it."""
    found = label_errors.table(run.predictions, doubtful).to_dict("records")
    texts = run.predictions["text"].iloc[doubtful]
    return [
        row
        | {
            "other": LABELS[int(row["label"] == "negative")],
            "found": row["network"] if row["label"] == "negative" else 1 - row["network"],
            "text": "" if row["row"] in above else text,
        }
        for row, text in zip(found, texts, strict=False)  # of the others, there is only the number
    ]
