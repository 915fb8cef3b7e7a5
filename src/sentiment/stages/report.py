"""Write the report of the run, the model card, and which labels of the test part are doubtful."""

from pathlib import Path

from sentiment.evaluation import label_errors
from sentiment.pages import report, run
from sentiment.reports import model_card
from sentiment.system import command, one_writer


def main(data: Path, models: Path, metrics: Path, reports: Path, reading: Path, recipes: Path) -> None:
    """Describe the run whose files are in DATA, MODELS and METRICS.

    Writes index.html into REPORTS, model_card.md and label_errors.csv into METRICS. READING is what
    `python -m benchmarks.reading` has written, RECIPES the folder of the recipes' metrics; both are shown
    for the IMDb reviews alone.
    """
    outputs = reports / "index.html", metrics / "model_card.md", metrics / "label_errors.csv"
    inputs = [data / "predictions.parquet", models / "export", metrics / "behaviour.json", metrics / "plots"]
    inputs += [metrics / "train", reading, recipes]
    with one_writer.replacing(outputs, inputs) as (_, (page, card, errors)):
        found = run.read(data, models, metrics, reading, recipes)
        actual, predicted = (found.predictions[name].to_numpy() for name in ("label", "network"))
        doubtful = label_errors.find(actual, predicted)
        label_errors.table(found.predictions, doubtful).to_csv(errors, index=False, lineterminator="\n")
        card.write_text(
            model_card.render(found.about, found.behaviour, found.reading, len(doubtful)), "utf-8"
        )
        page.write_text(report.render(found, doubtful), "utf-8")


if __name__ == "__main__":
    command.run(main)
