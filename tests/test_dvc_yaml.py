"""dvc.yaml against the code: a stage depends on the rooms it imports and the parameters it reads."""

import ast
import os
import re
import shlex
import subprocess
import sys

import pytest
import yaml
from conftest import ROOT

from sentiment.params import Params

SOURCE = "src/sentiment"
NO_DEPS = {f"{SOURCE}/errors.py", f"{SOURCE}/params.py"}  # DVC tracks the parameters themselves


def read(path: str) -> dict[str, dict]:
    """The stages of a dvc.yaml by name; of a `foreach`, what it does."""
    stages = yaml.safe_load((ROOT / path).read_text("utf-8"))["stages"]
    return {name: stage.get("do", stage) for name, stage in stages.items()}


STAGES, RECIPES = read("dvc.yaml"), read("recipes/dvc.yaml")
ALL = STAGES | {f"recipes: {name}": stage for name, stage in RECIPES.items()}


def commands(stage: dict) -> list[str]:
    return [stage["cmd"]] if isinstance(stage["cmd"], str) else stage["cmd"]


def files(stage: dict) -> list:
    """The files of the stages that a stage of dvc.yaml runs."""
    names = re.findall(r"-m sentiment\.stages\.(\w+)", " ".join(commands(stage)))
    return [ROOT / SOURCE / "stages" / f"{name}.py" for name in names]


def outs(stage: dict) -> dict[str, dict]:
    """The options of each out of a stage by its path."""
    entries = [entry for kind in ("outs", "metrics", "plots") for entry in stage.get(kind, [])]
    return {
        path: options
        for entry in entries
        for path, options in (entry if isinstance(entry, dict) else {entry: {}}).items()
    }


def module_file(name: str):
    """The file of a module of ours, or None."""
    path = ROOT / "src" / name.replace(".", "/")
    return next((file for file in (path.with_suffix(".py"), path / "__init__.py") if file.is_file()), None)


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
    return {file for file in found if file and file.name != "__init__.py"}


def rooms(paths: list) -> set[str]:
    """The rooms of all that `paths` import, directly or through another file; a stage is its own room."""
    seen, left = set(), set(paths)
    while left:
        seen |= left
        left = set().union(*(imported(path) for path in left)) - seen
    inside = {file.relative_to(ROOT / SOURCE) for file in seen}
    return {f"{SOURCE}/{file if file.parts[0] == 'stages' else file.parts[0]}" for file in inside}


def sections_read(path) -> set[str]:
    """The sections that a stage names in its `params.load(...)`."""
    calls = [node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call)]
    loads = [call for call in calls if ast.unparse(call.func) == "params.load"]
    return {argument.value for call in loads for argument in call.args}


def test_every_stage_has_its_files_and_every_file_its_stage():
    run = [path for stage in STAGES.values() for path in files(stage)]
    assert sorted(run) == sorted(set((ROOT / SOURCE / "stages").glob("[!_]*.py")))
    assert all(files(stage)[0].stem == name for name, stage in STAGES.items())


@pytest.mark.parametrize("name", ALL)
def test_deps_are_the_rooms_that_the_stage_imports(name):
    deps = {dep for dep in ALL[name]["deps"] if dep.startswith("src/")}
    assert deps == rooms(files(ALL[name])) - NO_DEPS


@pytest.mark.parametrize("name", STAGES)
def test_params_are_the_sections_that_the_stage_reads(name):
    sections = {param.split(".")[0] for param in STAGES[name].get("params", [])}
    assert sections == set().union(*map(sections_read, files(STAGES[name])))


@pytest.mark.parametrize("name", RECIPES)
def test_a_recipes_stage_reads_the_roots_sections_and_over_them_its_own(name):
    read = set().union(*map(sections_read, files(RECIPES[name])))
    *own, root = RECIPES[name]["params"]
    assert root == {"../params.yaml": sorted(read)}
    overridden = read - {"split", "evaluate", "engine", "dask"}
    expected = {f"common.{section}" for section in overridden}
    expected |= {f"recipes.${{key}}.{section}" for section in overridden - {"baseline"}}
    assert set(own) == expected
    for command in commands(RECIPES[name]):
        assert ("--recipe ${key}" in command) == bool(overridden)


@pytest.mark.parametrize("name", ALL)
def test_the_commands_name_every_input_and_output(name):
    """By its path, or by the folder that it is in."""
    stage = ALL[name]
    home = ROOT if name in STAGES else ROOT / "recipes"
    paths = [*outs(stage), *(dep for dep in stage["deps"] if not dep.startswith("src/"))]
    words = shlex.split(" ".join(commands(stage)))
    for path in paths:
        path = os.path.relpath(home / path, ROOT)
        assert any(path == word or path.startswith(f"{word}/") for word in words), path
    assert stage["desc"]


def test_every_section_of_parameters_is_read_by_some_stage():
    read = {param.split(".")[0] for stage in STAGES.values() for param in stage.get("params", [])}
    assert read == set(Params.model_fields)


@pytest.mark.parametrize("folder", ["", "recipes/"])
def test_git_ignores_every_out_that_dvc_keeps(folder):
    stages = RECIPES if folder else STAGES
    kept = [
        path
        for stage in stages.values()
        for path, options in outs(stage).items()
        if options.get("cache", True)
    ]
    for path in kept:
        done = subprocess.run(["git", "check-ignore", "-q", f"{folder}{path}/x"], cwd=ROOT)
        assert done.returncode == 0, path


def test_the_only_metrics_are_the_headlines():
    assert [metric for stage in STAGES.values() for metric in stage.get("metrics", [])] == [
        {"metrics/test.json": {"cache": False}}
    ]


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
