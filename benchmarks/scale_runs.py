"""The stages on a corpus of invented reviews, each in a process of its own, as `scale` measures them."""

import hashlib
import os
from pathlib import Path
from typing import Any

import yaml

import sentiment
from benchmarks import synthetic
from benchmarks.pipeline import measure
from sentiment.system import files

CSV = "reviews.parquet"
USUAL = 2  # of Dask's workers
STAGES = {  # of which each leaves what the next ones read
    "clean": ("sentiment.stages.clean", CSV, "data/clean.parquet", "metrics/data.json"),
    "tokenize": ("sentiment.stages.tokenize", "data/clean.parquet", "data/tokens", "metrics/tokens.json"),
    "baseline": (
        *("sentiment.stages.baseline", "data/tokens", "models/baseline"),
        *("data/votes.npy", "metrics/baseline.json"),
    ),
    "train": ("benchmarks.scale_training", "data", "{steps}"),
}
DATA_STAGES = [name for name in STAGES if name != "train"]


def run(folder: Path, reviews: int, engine: str, workers: int, steps: int) -> dict[str, Any]:
    """Run STAGES in `folder`, which is empty or has a corpus of so many `reviews`; train on one engine only.

    Returns the seconds and the most memory, in bytes, of each, and the SHA-256 of all that they leave.
    """
    if not (folder / CSV).exists():
        synthetic.main(reviews, folder / CSV)
    write_params(folder, engine, workers)
    stages = {}
    for name in STAGES if engine == "local" else DATA_STAGES:
        module, *arguments = STAGES[name]
        words = [argument.format(steps=steps) for argument in arguments]
        seconds, memory = measure([*python(), module, *words], folder)
        stages[name] = {"seconds": round(seconds, 1), "memory": memory}
        print(f"  {name}: {seconds:.0f} s, {memory / 2**30:.2f} GiB", flush=True)
    return {
        "reviews": reviews,
        "engine": engine,
        "workers": workers,
        "stages": stages,
        "sha256": digest(folder),
    }


def python() -> list[str]:
    """The command that runs a module of this project in another folder."""
    homes = (Path(file).resolve().parents[1] for file in (sentiment.__file__, __file__))
    return ["env", f"PYTHONPATH={os.pathsep.join(map(str, homes))}", "python", "-m"]


def write_params(folder: Path, engine: str, workers: int) -> None:
    """Write the project's params.yaml, with this engine, into `folder`."""
    content = yaml.safe_load(Path("params.yaml").read_text("utf-8"))
    content["engine"], content["dask"]["workers"] = engine, workers
    content["embedding"]["init"] = "uniform"
    content["train"]["reversed"] = 0.0
    (folder / "params.yaml").write_text(yaml.safe_dump(content, sort_keys=False), "utf-8")


def digest(folder: Path) -> str:
    """The SHA-256 of the names and bytes of what the data stages have written."""
    total = hashlib.sha256()
    for path in sorted(path for path in folder.glob("*/**/*") if path.is_file()):
        total.update(f"{path.relative_to(folder)} {files.sha256(path)}\n".encode())
    return total.hexdigest()
