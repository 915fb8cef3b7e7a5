"""Write the report of the run, the model card, and which labels of the test part are doubtful."""

from pathlib import Path

from sentiment.evaluation import label_errors
from sentiment.pages import report, run
from sentiment.reports import model_card
from sentiment.system import command, files


def main(data: Path, models: Path, metrics: Path, reports: Path, reading: Path, recipes: Path) -> None:
    """Describe the run whose files are in DATA, MODELS and METRICS.

    Writes index.html into REPORTS, model_card.md and label_errors.csv into METRICS. READING is what
    `python -m benchmarks.reading` has written, RECIPES the folder of the recipes' metrics; both are shown
    for the IMDb reviews alone.
    """
    found = run.read(data, models, metrics, reading, recipes)
    doubtful = label_errors.find(
        found.predictions["label"].to_numpy(), found.predictions["network"].to_numpy()
    )
    with files.replacing(metrics / "label_errors.csv") as part:
        label_errors.table(found.predictions, doubtful).to_csv(part, index=False, lineterminator="\n")
    with files.replacing(metrics / "model_card.md") as part:
        part.write_text(
            model_card.render(found.about, found.behaviour, found.reading, len(doubtful)), "utf-8"
        )
    with files.replacing(reports / "index.html") as part:
        part.write_text(report.render(found, doubtful), "utf-8")


if __name__ == "__main__":
    command.run(main)
