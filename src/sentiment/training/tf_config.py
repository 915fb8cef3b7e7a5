"""TensorFlow's `TF_CONFIG`: the addresses of all processes of a training, and which of them this one is."""

import os
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from sentiment.errors import UserError

VARIABLE = "TF_CONFIG"
Address = Annotated[str, Field(pattern=r"^\S+:\d{1,5}$")]


class Cluster(BaseModel):
    """Those who train. Parameter servers and evaluators, which TensorFlow knows too, have no part in it."""

    model_config = ConfigDict(extra="forbid")
    chief: Annotated[list[Address], Field(max_length=1)] = []
    worker: list[Address] = []


class Task(BaseModel):
    """Which of them this process is."""

    type: Literal["chief", "worker"]
    index: Annotated[int, Field(ge=0)]


class Content(BaseModel):
    """What is in the variable. There may be more, which does not matter here."""

    cluster: Cluster
    task: Task


@dataclass(frozen=True)
class Place:
    """The `rank` of this process, from 0, which is the chief, and the `addresses` of all, in this order."""

    rank: int
    addresses: tuple[str, ...]


ALONE = Place(0, ("",))


def load() -> Place:
    """Read the environment; without the variable, a process trains alone. Raises UserError."""
    if not (text := os.environ.get(VARIABLE)):
        return ALONE
    try:
        content = Content.model_validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(map(str, first["loc"]))
        raise UserError(f"{VARIABLE}: {key or 'JSON'}: {first['msg']}; see docs/scale.md") from None
    cluster, task = content.cluster, content.task
    if task.index >= len(getattr(cluster, task.type)):
        raise UserError(f"{VARIABLE}: cluster.{task.type} has no address for task.index {task.index}")
    before = len(cluster.chief) if task.type == "worker" else 0
    return Place(before + task.index, (*cluster.chief, *cluster.worker))
