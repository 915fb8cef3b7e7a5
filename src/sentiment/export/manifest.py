"""What an exported model says about itself: the facts of its model card, in its manifest."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

from sentiment.data import label_values
from sentiment.errors import UserError
from sentiment.system import files

USE = "Tell whether a whole review, of the kind and in the language of those it was trained on, is positive."
LIMITS = (
    "It knows two labels. A mixed or neutral text gets one of them all the same; look at the probability.",
    "A text of which it knows no word gets no label.",
    "It is made for whole reviews. On single sentences it errs more often; the behavioural tests say on "
    "which.",
    "Its probabilities are those of reviews like the test reviews. Other products, other times and other "
    "authors have other words, and it has not been measured on them.",
    "It is not meant for decisions about people, such as the authors of the texts.",
)
METRICS = {  # what the stages before have measured, and a key in each
    "data": "reviews",
    "tokens": "test",
    "train": "environment",
    "evaluation": "network",
}


def describe(data: Path, results: Path, settings: SimpleNamespace) -> dict[str, Any]:
    """The facts of a model: its use and limits, its corpus, parameters and training, and its scores.

    `data` holds clean.parquet, `results` the METRICS; `settings` are sections of the parameters, data among
    them. Raises UserError where one of the metrics is missing or another's.
    """
    sections = {name: section.model_dump() for name, section in vars(settings).items() if name != "data"}
    metrics = {name: _read(results / f"{name}.json", key) for name, key in METRICS.items()}
    return {
        "use": USE,
        "limits": list(LIMITS),
        "corpus": settings.data.csv,
        "reviews": metrics["data"]["reviews"],
        "labels": label_values.corpus_labels(results / "data.json").to_dict(),
        "clean_sha256": files.sha256(data / "clean.parquet"),
        **sections,
        "test": metrics["evaluation"]["network"],
        "metrics": metrics,
    }


def _read(path: Path, key: str) -> dict[str, Any]:
    """What another stage measured, `key` among it; raises UserError where that is missing."""
    try:
        content = files.read_json(path)
        content[key]
        return content
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        raise UserError(f"{path}: not the metrics of this pipeline; run `dvc repro evaluate`") from None
