"""What the commands here share: results that outlast a kill, a process for each, and pages of Markdown."""

import json
import platform
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from importlib.metadata import version
from itertools import chain
from multiprocessing import get_context
from pathlib import Path
from pkgutil import resolve_name
from statistics import mean, stdev
from types import SimpleNamespace
from typing import Any

import psutil
from joblib import cpu_count

from sentiment import params
from sentiment.data.vocabulary import Vocabulary
from sentiment.engine.local import LocalEngine
from sentiment.errors import UserError
from sentiment.system import files
from sentiment.system.machine import processor

FOLDER = Path("benchmarks")  # of the project that the command runs in
DATA, MODELS = Path("data"), Path("models")
TOKENS = DATA / "tokens"
BLOCK = 500  # items that a process takes at once
SECTIONS = "baseline", "embedding", "model", "train"  # of params.yaml, which a training depends on


class Results:
    """What has been measured under `conditions`, by name, in a JSON file.

    Each result is written as it comes, so that a command that was killed goes on where it was. Raises
    UserError where the file holds results of other conditions, which cannot stand in the same table.
    """

    def __init__(self, path: Path, conditions: dict):
        self.path = path
        conditions = json.loads(json.dumps(conditions))  # as they come back from the file
        self.content = files.read_json(path) if path.exists() else {"conditions": conditions, "results": {}}
        if self.content["conditions"] != conditions:
            raise UserError(
                f"{path}: holds results of another machine, of other code, parameters or options; "
                "delete it to measure anew"
            )

    def measure(self, name: str, function: Callable, *arguments: Any) -> Any:
        """What is there under `name`, or else what `function` returns, which is written down."""
        results = self.content["results"]
        if name not in results:
            print(f"{name} ...", flush=True)
            start = time.monotonic()
            value = function(*arguments)
            results[name] = {"seconds": round(time.monotonic() - start, 1), "value": value}
            files.write_json(self.path, self.content)
        return results[name]["value"]

    @property
    def values(self) -> dict[str, Any]:
        """All results by name."""
        return {name: result["value"] for name, result in self.content["results"].items()}

    @property
    def minutes(self) -> float:
        """How long it took to measure them."""
        return sum(result["seconds"] for result in self.content["results"].values()) / 60


def conditions(*sections: str) -> dict[str, Any]:
    """What the results of a training depend on besides code: machine, libraries, tokens, and `sections`."""
    settings = vars(params.load(*sections))
    return {
        "machine": machine(),
        "libraries": libraries(),
        "vocabulary": Vocabulary.load(TOKENS / "vocabulary.json").fingerprint,
        "params": {name: section.model_dump() for name, section in settings.items()},
    }


def changed(settings: SimpleNamespace, change: dict[str, Any]) -> SimpleNamespace:
    """`settings` with other values under keys such as `model.pooling`."""
    for key, value in change.items():
        section, name = key.split(".")
        old = getattr(settings, section)
        setattr(settings, section, type(old).model_validate(old.model_dump() | {name: value}))
    return settings


def parallel_map(function: Callable, items: Sequence, description: str) -> list:
    """Return `[function(item) for item in items]`, computed on all cores; `function` must pickle."""
    blocks = (items[start : start + BLOCK] for start in range(0, len(items), BLOCK))
    with LocalEngine() as engine:
        return list(chain(*engine.map(partial(_map, function), blocks, description, len(items))))


def _map(function: Callable, items: Sequence) -> list:
    return list(map(function, items))


def machine() -> str:
    """The machine, with the cores that this process may use, and the Python."""
    memory = psutil.virtual_memory().total / 2**30
    cores = "1 core" if cpu_count() == 1 else f"{cpu_count()} cores"
    return f"{processor()}, {cores}, {memory:.0f} GiB, Python {platform.python_version()}"


def libraries() -> str:
    """The releases of TensorFlow and Keras."""
    return f"TensorFlow {version('tensorflow')}, Keras {version('keras')}"


def alone(function: str, *arguments: Any) -> Any:
    """Call `function`, a "module:name", in a fresh process, so that no system inherits another's state.

    The name alone is given, so that only that process imports TensorFlow.
    """
    try:
        with ProcessPoolExecutor(1, get_context("spawn")) as pool:
            return pool.submit(_call, function, *arguments).result()
    except BrokenProcessPool:
        raise UserError(f"{function}: its process was killed; is there enough memory?") from None


def _call(function: str, *arguments: Any) -> Any:
    return resolve_name(function)(*arguments)


def spread(values: list[float], digits: int) -> str:
    """The mean, and, where there are several, the sample standard deviation."""
    middle = f"{mean(values):.{digits}f}"
    return f"{middle} ± {stdev(values):.{digits}f}" if len(values) > 1 else middle


def write(path: Path, *paragraphs: str) -> None:
    """Write a page of Markdown."""
    with files.replacing(path) as part:
        part.write_text("\n\n".join(paragraphs) + "\n", "utf-8")
