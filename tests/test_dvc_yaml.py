"""dvc.yaml against the code: what a stage depends on is what it imports and the parameters it reads."""

import ast
import shlex
import subprocess
import sys

import pytest
import yaml
from conftest import ROOT

from sentiment.params import Params

DVC = yaml.safe_load((ROOT / "dvc.yaml").read_text("utf-8"))
STAGES = DVC["stages"]


def module_file(name: str):
    """The file of a module of ours, or None."""
    path = ROOT / "src" / name.replace(".", "/")
    for candidate in (path.with_suffix(".py"), path / "__init__.py"):
        if candidate.is_file():
            return candidate
    return None


def imported(path) -> set:
    """The files of ours that the file at `path` imports anywhere, at its top or inside a function."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        else:
            continue
        found |= {module_file(name) for name in names if name.split(".")[0] == "sentiment"}
    return found - {None}


def closure(path) -> set[str]:
    """`path` and all it imports, directly or through another, but for the empty __init__.py."""
    seen, left = set(), {path}
    while left:
        seen |= left
        left = {file for path in left for file in imported(path)} - seen
    return {str(file.relative_to(ROOT)) for file in seen if file.name != "__init__.py"}


def sections_read(path) -> set[str]:
    """The sections that a stage names in its `params.load(...)`."""
    calls = [node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call)]
    loads = [call for call in calls if ast.unparse(call.func) == "params.load"]
    return {argument.value for call in loads for argument in call.args}


def stage_file(name: str):
    return ROOT / "src" / "sentiment" / "stages" / f"{name}.py"


def test_every_stage_has_its_file_and_every_file_its_stage():
    files = {path.stem for path in stage_file("clean").parent.glob("*.py")} - {"__init__"}
    assert files == set(STAGES)


@pytest.mark.parametrize("name", STAGES)
def test_deps_are_the_modules_that_the_stage_imports(name):
    assert {dep for dep in STAGES[name]["deps"] if dep.endswith(".py")} == closure(stage_file(name))


@pytest.mark.parametrize("name", STAGES)
def test_params_are_the_sections_that_the_stage_reads(name):
    assert set(STAGES[name]["params"]) == sections_read(stage_file(name))


@pytest.mark.parametrize("name", STAGES)
def test_the_command_names_every_input_and_output(name):
    stage = STAGES[name]
    outs = [
        out if isinstance(out, str) else next(iter(out)) for out in stage["outs"] + stage.get("metrics", [])
    ]
    data = [dep for dep in stage["deps"] if not dep.endswith(".py")]
    words = shlex.split(stage["cmd"])
    for path in outs + data:
        assert any(path == word or path.startswith(f"{word}/") for word in words), path
    assert stage["desc"]


def test_every_section_of_parameters_is_read_by_some_stage():
    read = {section for stage in STAGES.values() for section in stage["params"]}
    assert read | {"data"} == set(Params.model_fields)  # dvc.yaml itself reads data.csv


def test_stages_do_not_import_each_other_and_shared_modules_import_no_stage():
    for path in (ROOT / "src").rglob("*.py"):
        assert not [
            file for file in imported(path) if file.parent.name == "stages" and file.stem != "__init__"
        ]


def test_git_ignores_every_out_that_dvc_keeps():
    kept = [
        out if isinstance(out, str) else next(iter(out)) for stage in STAGES.values() for out in stage["outs"]
    ]
    kept = [out for out in kept if not out.startswith("metrics/")]
    ignored = (ROOT / ".gitignore").read_text("utf-8").splitlines()
    assert [out for out in kept if f"/{out}" not in ignored and f"/{out}/" not in ignored] == []


@pytest.mark.parametrize("name", ["download", "clean", "tokenize"])
def test_the_light_stages_start_without_tensorflow(name):
    script = (
        f"import sys, sentiment.stages.{name}; print({{'tensorflow', 'sklearn', 'nltk'}} & set(sys.modules))"
    )
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "set()"


def test_importing_the_package_does_nothing():
    script = "import sys; old = set(sys.modules); import sentiment; print(*set(sys.modules) - old)"
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "sentiment"
