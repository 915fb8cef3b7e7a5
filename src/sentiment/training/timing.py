"""How long an epoch took: a file beside the model, no output of DVC's, as it is never the same twice."""

from pathlib import Path
from statistics import median

from sentiment.system import files, machine


def write(network: Path, seconds: list[float]) -> None:
    """Record the `seconds` of the epochs that made the file `network`, and the processor."""
    content = {"network": files.sha256(network), "epochs": seconds, "processor": machine.processor()}
    files.write_json(_beside(network), content)


def read(network: Path) -> dict[str, float | str] | None:
    """The median `seconds` of an epoch and the `processor`; None without a record of this very file."""
    recorded = _beside(network)
    if not (network.is_file() and recorded.is_file()):
        return None
    content = files.read_json(recorded)
    if content.get("network") != files.sha256(network):
        return None
    return {"seconds": round(median(content["epochs"]), 1), "processor": content["processor"]}


def _beside(network: Path) -> Path:
    return network.parent / "seconds.json"
