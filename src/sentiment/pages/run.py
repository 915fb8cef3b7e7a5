"""What a run of the pipeline has left, and the report shows."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from sentiment.errors import UserError
from sentiment.evaluation import plots
from sentiment.inference.predictor import Predictor
from sentiment.pages.curves import Tables
from sentiment.reports import reading_figures
from sentiment.reports.model_card import IMDB
from sentiment.system import files


@dataclass(frozen=True)
class Run:
    """One run, read from its files.

    about: what the exported model's manifest says.
    predictions: data/predictions.parquet, a row for each review of the test part.
    tables: the points of each plot by classifier.
    curves: the learning curves of each LSTM.
    behaviour: the pass rates of the behavioural tests.
    reading: what `benchmarks.reading` measured on other splits of the IMDb reviews; empty for other corpora.
    recipes: the scores of the published designs on the IMDb reviews by name; empty for other corpora.
    """

    predictor: Predictor
    about: dict[str, Any]
    predictions: pd.DataFrame
    tables: Tables
    curves: dict[str, plots.Curves]
    behaviour: dict[str, Any]
    reading: dict[str, dict[str, float]]
    recipes: dict[str, dict[str, float]]

    @property
    def corpus(self) -> str:
        """The file that it was trained on."""
        return str(self.about["corpus"])

    @property
    def test(self) -> dict[str, Any]:
        """All scores on the test part."""
        return dict(self.about["metrics"]["evaluation"])


def read(data: Path, models: Path, metrics: Path, reading: Path, recipes: Path) -> Run:
    """Read what the stages before have left in `data`, `models` and `metrics`.

    `reading` is a JSON file, `recipes` a folder of metrics; they are for the IMDb reviews alone, and may be
    missing. Raises UserError for a model without the facts that the report needs.
    """
    predictor = Predictor(models / "export")
    about = predictor.artifact.about
    if "metrics" not in about:
        raise UserError(f"{models / 'export'}: exported by an older release; run `dvc repro evaluate`")
    imdb = about["corpus"] == IMDB
    return Run(
        predictor=predictor,
        about=about,
        predictions=pd.read_parquet(data / "predictions.parquet"),
        tables=read_tables(metrics / "plots"),
        curves=read_curves(metrics / "train"),
        behaviour=files.read_json(metrics / "behaviour.json"),
        reading=reading_figures.systems(reading) if imdb and reading.is_file() else {},
        recipes=read_recipes(recipes) if imdb else {},
    )


def read_tables(folder: Path) -> Tables:
    """The tables of points that the stage `evaluate` has written, but for the confusion, by classifier."""
    names = ("roc", "precision_recall", "calibration", "length")
    return {
        model: {name: pd.read_csv(folder / model / f"{name}.csv") for name in names}
        for model in plots.NAMES
        if (folder / model).is_dir()
    }


def read_curves(folder: Path) -> dict[str, plots.Curves]:
    """The learning curves of the LSTM and, if there is one, of the reader."""
    found = {"lstm": plots.read_curves(folder)}
    if (folder / "reader").is_dir():
        found["reader"] = plots.read_curves(folder / "reader")
    return found


def read_recipes(folder: Path) -> dict[str, dict[str, float]]:
    """The scores of each recipe's network by name, the best first."""
    found = {path.parent.name: files.read_json(path)["network"] for path in folder.glob("*/evaluation.json")}
    return dict(sorted(found.items(), key=lambda item: (-item[1]["accuracy"], item[0])))
