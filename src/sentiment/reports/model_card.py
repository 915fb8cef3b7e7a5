"""The model card of a run, metrics/model_card.md: what its manifest says, for people and for Hugging Face."""

from pathlib import Path
from typing import Any

from huggingface_hub import EvalResult, ModelCard, ModelCardData

from sentiment.reports import markdown, readme

TEMPLATE = Path(__file__).with_name("model_card.md.j2")
IMDB, SAMPLE = "data/IMDB Dataset.csv", "data/sample.csv"
PUBLISHED = {"accuracy": "accuracy", "f1": "f1", "roc_auc": "roc_auc"}  # Hugging Face's names of our scores


def render(about: dict[str, Any], behaviour: dict[str, Any], reading: dict[str, Any], doubtful: int) -> str:
    """The card as Markdown, with metadata in YAML at its head.

    `about` is the manifest of the exported model, `behaviour` the pass rates of its behavioural tests,
    `reading` the shares of `reading_figures.systems`, or empty; `doubtful` counts labels.
    """
    metrics = about["metrics"]
    test = metrics["evaluation"]
    header = ["", "accuracy (95% interval)", "F1", "ROC AUC", "log loss", "calibration error"]
    rows = [[shown, *readme.cells(test[name])] for name, shown in readme.NAMES.items() if name in test]
    card = ModelCard.from_template(
        metadata(about),
        template_path=str(TEMPLATE),
        **{name: about[name] for name in ("use", "corpus", "clean_sha256", "split", "clean")},
        limits="\n".join(f"- {limit}" for limit in about["limits"]),
        sample=about["corpus"] == SAMPLE,
        data=metrics["data"],
        tokens=metrics["tokens"],
        test=test,
        parts=parts(metrics["tokens"]),
        scores=markdown.table(header, rows),
        mcnemar=readme.comparison(**test["mcnemar"]),
        doubtful=doubtful,
        reading=reading,
        behaviour=readme.pass_rates(behaviour),
        environment="\n".join(
            f"- {name}: {value}" for name, value in metrics["train"]["environment"].items()
        ),
    )
    return str(card)


def metadata(about: dict[str, Any]) -> ModelCardData:
    """What Hugging Face reads: kind of model, language where it is known, data and scores."""
    corpus = about["corpus"]
    scores = about["test"]
    results = [
        EvalResult(
            task_type="text-classification",
            dataset_type="stanfordnlp/imdb" if corpus == IMDB else "csv",
            dataset_name=corpus,
            dataset_split="test",
            metric_type=kind,
            metric_value=scores[name],
        )
        for name, kind in PUBLISHED.items()
    ]
    return ModelCardData(
        model_name="sentiment",
        license="mit",
        language="en" if corpus in (IMDB, SAMPLE) else None,
        library_name="keras",
        pipeline_tag="text-classification",
        tags=["sentiment-analysis", "lstm", "onnx"],
        datasets=["stanfordnlp/imdb"] if corpus == IMDB else None,
        eval_results=results,
    )


def parts(tokens: dict[str, Any]) -> str:
    """The three parts of the corpus, as a table."""
    rows = [
        [
            part,
            f"{one['reviews']:,}",
            f"{one['positive']:,}",
            f"{one['median_tokens']:.0f}",
            f"{one['unknown_share']:.1%}",
        ]
        for part, one in tokens.items()
        if isinstance(one, dict)
    ]
    return markdown.table(["part", "reviews", "positive", "median tokens", "unknown tokens"], rows)
