"""The rooms of the package: imports lead to lower layers only, and what predicts loads no TensorFlow."""

import re
from pathlib import Path

import pytest
from conftest import ROOT, run

from sentiment.reports.imports import LAYER, PACKAGE, imports, violations

PREDICTING = (
    "sentiment",
    "sentiment.cli.main",
    "sentiment.inference.explain",
    "sentiment.scoring.run",
    "sentiment.server.app",
)


@pytest.fixture
def package(tmp_path) -> Path:
    """A package of three rooms with one import in each of the ways that Python has."""
    files = {
        "__init__.py": "def load():\n    from sentiment.inference import predictor",
        "errors.py": "import os",
        "inference/predictor.py": "from sentiment import errors\nfrom ..errors import UserError",
        "stages/train.py": "import sentiment.errors as e, sys\nif False:\n    import sentiment",
        "stages/export.py": "",
    }
    for name, content in files.items():
        (tmp_path / "sentiment" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "sentiment" / name).write_text(content)
    return tmp_path / "sentiment"


def test_imports_lead_to_lower_layers_only():
    assert violations(list(imports(PACKAGE))) == []
    rooms = {
        *(path.stem for path in PACKAGE.glob("*.py")),
        *(path.parent.name for path in PACKAGE.glob("*/*.py")),
    }
    assert rooms - {"__init__"} | {"sentiment"} == set(LAYER)


def test_every_way_to_import_is_found(package):
    assert [tuple(one) for one in imports(package)] == [
        ("sentiment", "inference", "sentiment/__init__.py:2"),
        ("inference", "errors", "sentiment/inference/predictor.py:1"),
        ("inference", "errors", "sentiment/inference/predictor.py:2"),
        ("stages", "errors", "sentiment/stages/train.py:1"),
        ("stages", "sentiment", "sentiment/stages/train.py:3"),
    ]
    assert violations(list(imports(package))) == []


@pytest.mark.parametrize(
    ("name", "line", "expected"),
    [
        ("errors.py", "import sentiment.inference", "errors imports inference, which is not in a"),
        ("inference/a.py", "from sentiment.export import b", "inference imports export, which is not in a"),
        ("inference/a.py", "from ..stages import export", "inference imports stages, which is not in a"),
        ("stages/train.py", "from sentiment.stages import export", "a stage imports another"),
        ("stages/train.py", "def f():\n    from . import export", "a stage imports another"),
        ("attic/a.py", "from sentiment import errors", "attic is in no layer"),
    ],
)
def test_a_wrong_import_is_told(package, name, line, expected):
    (package / name).parent.mkdir(exist_ok=True)
    (package / name).write_text(line)
    (package / "export.py").touch()
    [wrong] = violations(list(imports(package)))
    assert wrong.startswith(f"sentiment/{name}:{len(line.splitlines())}: {expected}")


@pytest.mark.parametrize("module", PREDICTING)
def test_what_predicts_loads_no_tensorflow(module):
    script = f"import sys, {module}; print({{'tensorflow', 'keras', 'onnx', 'dvc'}} & set(sys.modules))"
    assert run("python", "-c", script, cwd=ROOT).stdout == "set()\n"


def test_every_room_is_described():
    page = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    assert re.findall(r"^\*\*(\w+)\*\*", page, re.MULTILINE) == list(LAYER)


def test_the_committed_drawing_is_up_to_date(tmp_path):
    check = ("python", "-m", "sentiment.reports.imports", "--check")
    run(*check, cwd=ROOT)
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "imports.svg").write_text("<svg/>")
    stale = run(*check, cwd=tmp_path, check=False)
    assert stale.stderr.startswith("error: docs/imports.svg: not up to date; run `python -m sentiment.rep")
