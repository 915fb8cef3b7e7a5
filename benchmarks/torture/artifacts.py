"""Load hostile and damaged models: each must be refused in one line, soon, and in little memory."""

import resource
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from benchmarks import hostile_artifacts as made
from benchmarks.torture.project import Project
from benchmarks.torture.trials import Trials
from sentiment.data.vocabulary import Vocabulary
from sentiment.errors import UserError
from sentiment.inference.predictor import Predictor

SECONDS, BYTES = 5, 500 * 2**20  # to refuse one


def hostile_artifacts(project: Project) -> Trials:
    """Load all that is made of the model of a clone in which `train` and `evaluate` have run."""
    from sentiment.network import model

    trials = Trials("hostile and damaged models", "refused in one line within 5 s and 500 MiB")
    models = project.folder / "models"
    vocabulary = Vocabulary.load(project.folder / "data/tokens/vocabulary.json")
    network = models / "model.keras"
    _load_all(trials, made.keras_files(network), lambda path: model.load(path, vocabulary), network.name)
    _load_all(trials, made.exports(models / "export"), Predictor, "export")
    return trials


def _load_all(
    trials: Trials,
    artifacts: Iterable[tuple[str, Callable[[Path], object]]],
    load: Callable[[Path], object],
    name: str,
) -> None:
    """Write each artifact to a path that ends in `name`, and load it."""
    for what, write in artifacts:
        with tempfile.TemporaryDirectory() as folder:
            write(Path(folder) / name)
            trials.count(what, _problem(load, Path(folder) / name))


def _problem(load: Callable[[Path], object], path: Path) -> str | None:
    """What is wrong with how `load` refuses what is at `path`."""
    before, start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    try:
        load(path)
        return "accepted"
    except UserError as error:
        if "\n" in str(error):
            return "more than one line"
    except Exception as error:  # whatever it is, it is no UserError
        return f"{type(error).__name__}: {error}"
    seconds = time.process_time() - start
    grown = 1024 * (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
    return f"{seconds:.1f} s, {grown:,} bytes" if seconds > SECONDS or grown > BYTES else None
