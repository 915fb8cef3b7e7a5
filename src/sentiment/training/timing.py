"""How long an epoch took. It stands beside the model, no output of DVC's, for it is never the same twice."""

from pathlib import Path
from statistics import median

from sentiment.system import files, machine


def write(network: Path, seconds: list[float]) -> None:
    """Note the `seconds` of the epochs that made the file `network`, and on which processor."""
    content = {"network": files.sha256(network), "epochs": seconds, "processor": machine.processor()}
    files.write_json(_beside(network), content)


def read(network: Path) -> dict[str, float | str] | None:
    """The median `seconds` of an epoch and the `processor`; None where none are known of this very file."""
    noted = _beside(network)
    if not (network.is_file() and noted.is_file()):
        return None
    content = files.read_json(noted)
    if content.get("network") != files.sha256(network):
        return None
    return {"seconds": round(median(content["epochs"]), 1), "processor": content["processor"]}


def _beside(network: Path) -> Path:
    return network.parent / "seconds.json"
