"""The experiments on the last commit: in which parameters they differ, and how they do in validation.

Who chooses among them must not look at the test part: these are the scores of the validation part.
"""

import json
from collections import Counter
from dataclasses import dataclass
from typing import Any, NamedTuple

from sentiment.errors import UserError
from sentiment.params import Params
from sentiment.reports import revision

TRAIN = "metrics/train.json"
FINISHED = None, "Success"  # states in DVC's table; the first of a commit, or of a run in the workspace
ACCURACY, LOSS = "validation accuracy", "validation loss"


class Experiment(NamedTuple):
    """A finished run: its name, its parameters by name, its network's scores in validation (loss in nats)."""

    name: str
    params: dict[str, str | float]
    accuracy: float
    loss: float


@dataclass(frozen=True)
class Experiments:
    """Those that have finished, the lowest loss first, and how many are in which other state."""

    finished: list[Experiment]
    unfinished: Counter[str]

    def differing(self) -> dict[str, list[str | float]]:
        """The values, in order, of each parameter that is not the same in all finished experiments."""
        names = dict.fromkeys(name for one in self.finished for name in one.params)
        values = {name: {one.params.get(name, "none") for one in self.finished} for name in names}
        return {name: sorted(some, key=_order) for name, some in values.items() if len(some) > 1}

    def table(self) -> tuple[list[str], list[list[str]]]:
        """The names of its columns, and its rows as they are shown: what differs, and the scores."""
        differing = list(self.differing())
        rows = [
            [
                one.name,
                *(shown(one.params.get(name, "none")) for name in differing),
                f"{one.accuracy:.2%}",
                f"{one.loss:.4f}",
            ]
            for one in self.finished
        ]
        return ["experiment", *differing, ACCURACY, LOSS], rows


def read() -> Experiments:
    """Read those of the last commit, and the commit itself; raises UserError where none has been trained."""
    import dvc.api  # slow

    with revision.reading("HEAD", "dvc.yaml"):
        rows = [row for row in dvc.api.exp_show() if row["rev"] != revision.WORKSPACE]
    unfinished = Counter(row["State"].lower() for row in rows if row["State"] not in FINISHED)
    finished = [_experiment(row) for row in rows if row["State"] in FINISHED and row["loss"] is not None]
    if not finished:
        raise UserError("no experiment has finished; run some with `dvc exp run`")
    return Experiments(sorted(finished, key=lambda one: one.loss), unfinished)


def _experiment(row: dict[str, Any]) -> Experiment:
    """The experiment in a row of DVC's table."""
    with revision.files(row["rev"], TRAIN) as folder:
        network = json.loads((folder / TRAIN).read_text("utf-8"))["network"]
    params = {
        key: value
        for key, value in row.items()
        if key.partition(".")[0] in Params.model_fields and "." in key
    }
    return Experiment(
        row["Experiment"] or row["rev"],
        params,
        network["validation_accuracy"],
        network["validation_log_loss"],
    )


def _order(value: str | float) -> tuple[bool, str | float]:
    """Numbers by size, then everything else by name."""
    return isinstance(value, str), value


def shown(value: str | float) -> str:
    """A parameter's value as in params.yaml; DVC's table makes every number a float."""
    return value if isinstance(value, str) else f"{value:g}"
