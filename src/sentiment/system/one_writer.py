"""One writer for the outputs of a stage, who writes nothing where a newer run has begun.

Killing `dvc` leaves the process of its stage behind. Such an orphan must not write beside a newer run, nor
later, when parameters or inputs are others: so a stage holds locks for as long as it runs, and looks at
parameters and inputs once more before it moves its outputs into place.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from sentiment.errors import UserError
from sentiment.system import files, full_disk, locks, storage


@dataclass(frozen=True)
class Run:
    """A run of a stage that holds the locks of its outputs.

    settings: what `parameters` returned at its start.
    origin: the parameters and the checksums of the inputs at its start, by what to call them.
    """

    outputs: Sequence[Path]
    inputs: Sequence[str | Path]
    parameters: Callable[[], Any]
    held: Sequence[BinaryIO]
    settings: Any
    origin: dict[str, Any]

    def check(self) -> None:
        """Raise UserError where another run has taken over, or what the outputs are made from has changed."""
        for output, file in zip(self.outputs, self.held, strict=True):
            if not locks.holds(file, _lock(output)):
                raise UserError(f"{output}: a newer run writes it; this one has written nothing")
        now = _origin(self.inputs, self.parameters())
        if changed := [name for name, value in self.origin.items() if now[name] != value]:
            problem = f"{', '.join(changed)} changed while this stage ran, so it has written nothing"
            raise UserError(f"{problem}; run `dvc repro` again")

    @contextmanager
    def replacing(self) -> Iterator[list[Path]]:
        """Yield a temporary path for each output; at the end, `check`, and move all of them into place.

        They are written in this order. An error within the block is told only if `check` does not explain it.
        """
        with ExitStack() as stack:
            parts = [stack.enter_context(files.replacing(output)) for output in self.outputs]
            try:
                yield parts
            except Exception as error:
                if not full_disk.is_full(error):
                    raise
                begun = [output for output, part in zip(self.outputs, parts, strict=True) if part.exists()]
                last = begun[-1] if begun else self.outputs[0]
                raise UserError(full_disk.message(last, error)) from None
            finally:
                self.check()


@contextmanager
def hold(
    outputs: Sequence[Path], inputs: Sequence[str | Path] = (), parameters: Callable[[], Any] = lambda: None
) -> Iterator[Run]:
    """Hold the locks of `outputs`; raises UserError if another process does.

    `inputs` are the files, folders and URLs that a stage reads, `parameters` loads its parameters.
    """
    settings = parameters()
    with ExitStack() as stack:
        held = [stack.enter_context(_held(output)) for output in outputs]
        yield Run(outputs, inputs, parameters, held, settings, _origin(inputs, settings))


@contextmanager
def replacing(
    outputs: Sequence[Path], inputs: Sequence[str | Path] = (), parameters: Callable[[], Any] = lambda: None
) -> Iterator[tuple[Any, list[Path]]]:
    """Hold the locks, and yield the settings and a temporary path for each output, as `Run` describes."""
    with hold(outputs, inputs, parameters) as run, run.replacing() as parts:
        yield run.settings, parts


@contextmanager
def _held(output: Path) -> Iterator[BinaryIO]:
    """Hold the lock of one output: a file beside it that says which process does."""
    path = _lock(output)
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with locks.locked(path) as file:
            file.truncate(0)
            file.write(b"%d" % os.getpid())
            file.flush()
            try:
                yield file
            finally:
                if locks.holds(file, path):
                    path.unlink()
    except locks.Busy:
        problem = f"{output}: process {path.read_text()} is still writing it"
        raise UserError(f"{problem}, perhaps for a `dvc` that was killed; wait for it, or stop it") from None


def _lock(output: Path) -> Path:
    return output.with_name(f"{files.PART}{output.name}.lock")


def _origin(inputs: Iterable[str | Path], settings: Any) -> dict[str, Any]:
    return {"params.yaml": settings, **{str(path): storage.checksums(path) for path in inputs}}
