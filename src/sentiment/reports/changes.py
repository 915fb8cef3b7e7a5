"""What a branch changes in parameters, metrics and plots, as Markdown with images for a pull request.

python -m sentiment.reports.changes origin/main build/report  # writes build/report/report.md
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import vl_convert

from sentiment.errors import UserError
from sentiment.system import command, files

SCALE = 1.5  # of the images, for screens with small pixels


def main(base: str, folder: Path) -> None:
    """Write what differs between the git revision BASE and the workspace into FOLDER, as report.md."""
    tables = {name: _dvc(name, "diff", "--md", base) for name in ("params", "metrics")}
    plots = changed(json.loads(_dvc("plots", "diff", "--json", base))["data"])
    with files.replacing(folder) as part:
        part.mkdir()
        for name, spec in plots.items():
            (part / image(name)).write_bytes(vl_convert.vegalite_to_png(json.dumps(spec), scale=SCALE))
        (part / "report.md").write_text(page(base, tables, list(plots)), "utf-8")


def changed(plots: dict[str, list[dict[str, Any]]]) -> dict[str, dict[str, Any]]:
    """The Vega-Lite specifications, by name, of the plots whose points differ between two revisions.

    `plots` is what `dvc plots diff --json` calls data.
    """
    specs = {
        name: one["content"] for name, several in plots.items() for one in several if one["type"] == "vega"
    }
    return {name: spec for name, spec in specs.items() if _differs(spec["data"]["values"])}


def page(base: str, tables: dict[str, str], plots: list[str]) -> str:
    """The report: the tables of parameters and metrics, and the images of `plots`."""
    images = [f"![{name}]({image(name)})" for name in plots]
    rows = {name: table for name, table in tables.items() if table.count("\n") > 1}  # not a mere header
    parts = {"Parameters": rows.get("params"), "Metrics": rows.get("metrics"), "Plots": "\n".join(images)}
    sections = (f"## {heading}\n\n{content or 'None differs.'}\n" for heading, content in parts.items())
    return "\n".join([f"# Against {base}\n", *sections])


def image(plot: str) -> str:
    """The name of the image of a plot."""
    return f"{plot.lower().replace(' ', '-')}.png"


def _differs(points: list[dict[str, Any]]) -> bool:
    by_revision: dict[str, list[dict[str, Any]]] = {}
    for point in points:
        by_revision.setdefault(point["rev"], []).append({**point, "rev": None})
    revisions = list(by_revision.values())
    return revisions[1:] != revisions[:1]


def _dvc(*arguments: str) -> str:
    """What a command of DVC's prints; raises UserError where it fails."""
    done = subprocess.run([sys.executable, "-m", "dvc", *arguments], capture_output=True, encoding="utf-8")
    if done.returncode:
        raise UserError(f"dvc {' '.join(arguments)}: {done.stderr.removeprefix('ERROR: ')}")
    return done.stdout.strip()


if __name__ == "__main__":
    command.run(main)
