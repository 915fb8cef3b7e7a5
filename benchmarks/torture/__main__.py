"""Kill, orphan, tear, malform and overload, and write docs/reliability.md.

    python -m benchmarks.torture     # about twenty minutes on two cores, half an hour at most

Runs the last commit in a clone, on a small corpus. Ends in an error where a promise was broken.
"""

import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.results import machine, write
from benchmarks.torture.artifacts import hostile_artifacts
from benchmarks.torture.clients import clients
from benchmarks.torture.kills import kills
from benchmarks.torture.orphans import CHANGES, orphans
from benchmarks.torture.project import small_project
from benchmarks.torture.texts import malformed_csvs, random_texts
from benchmarks.torture.torn import torn_files
from benchmarks.torture.trials import Trials
from sentiment.errors import UserError
from sentiment.reports.markdown import table
from sentiment.system.command import run

PAGE = Path("docs/reliability.md")
STAGES = ["clean", "tokenize", "baseline", "embed", "train", "evaluate", "publish", "behaviour", "report"]
LAST = STAGES[-1]
COLUMNS = ["attempts", "what is promised", "tried", "as promised"]


def main() -> None:
    """Make all attempts, and write the page."""
    start = time.monotonic()
    with small_project("publish", LAST) as project:  # which nothing depends on
        parts: list[Callable[[], Trials]] = [
            lambda: kills(project, STAGES, 63, seconds=10 * 60),
            lambda: orphans(project, list(CHANGES), 24, seconds=8 * 60),
            lambda: malformed_csvs(project, 200),
            lambda: random_texts(100_000),
            lambda: torn_files(project, LAST, seconds=5 * 60),
            lambda: hostile_artifacts(project),
            lambda: clients(200, 5000),
        ]
        found = []
        for part in parts:
            found.append(part())
            print(*found[-1].row()[::2], f"{time.monotonic() - start:.0f} s", sep=": ", flush=True)
            write(PAGE, *page(found, time.monotonic() - start))
    if wrong := [problem for trials in found for problem in trials.wrong]:
        raise UserError(f"{len(wrong)} of the attempts went wrong; {PAGE} lists them")


def page(found: list[Trials], seconds: float) -> list[str]:
    """The paragraphs of the page."""
    wrong = [f"- {trials.kind}: {problem}" for trials in found for problem in trials.wrong]
    return [
        "# Reliability",
        "Written by `make torture`, which tries to make the project lose something, or let something in: "
        f"in {seconds / 60:.0f} minutes on {machine()}, on a small corpus.",
        table(COLUMNS, [trials.row() for trials in found if trials.tried]),
        "Broken promises:\n\n" + "\n".join(wrong) if wrong else "No promise was broken.",
        "- **Kills** are SIGKILL of the process of each stage in turn, and of it alone; its workers end with "
        "it.\n"
        "- **Orphans** are stages that are stopped while their `dvc` is killed. Then the parameters change, "
        "and the stage goes on: half of the times after the former outputs were restored, the others after "
        "`dvc repro` ran again, which is refused until the orphan has ended.\n"
        "- **Torn files** are empty, cut in half or missing. [recovery.md](recovery.md) has the commands.\n"
        "- A short form of each is in the tests.",
    ]


if __name__ == "__main__":
    run(main)
