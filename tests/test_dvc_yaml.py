"""dvc.yaml against the code: what a stage depends on is what it imports and the parameters it reads."""

import ast
import shlex
import subprocess
import sys

import pytest
import yaml
from conftest import ROOT

from sentiment.params import Params

STAGES = yaml.safe_load((ROOT / "dvc.yaml").read_text("utf-8"))["stages"]
RECIPES = yaml.safe_load((ROOT / "recipes" / "dvc.yaml").read_text("utf-8"))["stages"]
RECIPE_STAGES = {f"recipe {name}": stage["do"] for name, stage in RECIPES.items()}
ALL = STAGES | RECIPE_STAGES


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
    """`path` and all it imports, directly or through another, but for the packages' own __init__.py."""
    seen, left = set(), {path}
    while left:
        seen |= left
        left = {file for path in left for file in imported(path) if file.name != "__init__.py"} - seen
    return {str(file.relative_to(ROOT)) for file in seen}


def sections_read(path) -> set[str]:
    """The sections that a stage names in its `params.load(...)`."""
    calls = [node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call)]
    loads = [call for call in calls if ast.unparse(call.func) == "params.load"]
    return {argument.value for call in loads for argument in call.args}


def names(entries: list) -> list[str]:
    """The paths in `outs`, `metrics` or `plots`, which may have options below them."""
    return [entry if isinstance(entry, str) else next(iter(entry)) for entry in entries]


def stage_file(name: str):
    name = name.removeprefix("recipe ")
    return ROOT / "src" / "sentiment" / "stages" / f"{name}.py"


def test_every_stage_has_its_file_and_every_file_its_stage():
    files = {path.stem for path in stage_file("clean").parent.glob("*.py")} - {"__init__"}
    assert files == set(STAGES)


@pytest.mark.parametrize("name", ALL)
def test_deps_are_the_modules_that_the_stage_imports(name):
    assert {dep for dep in ALL[name]["deps"] if dep.endswith(".py")} == closure(stage_file(name))


@pytest.mark.parametrize("name", STAGES)
def test_params_are_the_sections_that_the_stage_reads(name):
    assert set(STAGES[name].get("params", [])) == sections_read(stage_file(name))


@pytest.mark.parametrize("name", RECIPE_STAGES)
def test_a_recipes_stage_reads_the_roots_sections_and_over_them_its_own(name):
    *root, recipes = [*RECIPE_STAGES[name]["params"], {}][: len(sections_read(stage_file(name))) + 1]
    sections = sections_read(stage_file(name))
    assert set(root) == sections
    over = {
        "tokenize": ["common.tokenize", "recipes.${key}.tokenize"],
        "baseline": ["common.baseline"],  # the same for all
        "embedding": ["common.embedding", "recipes.${key}.embedding"],
        "model": ["common.model", "recipes.${key}.model"],
        "train": ["common.train", "recipes.${key}.train"],
    }
    expected = sorted(key for section in sections for key in over.get(section, []))
    assert sorted(recipes.get("recipes/params.yaml", [])) == expected
    assert ("--recipe ${key}" in RECIPE_STAGES[name]["cmd"]) == bool(expected)
    assert RECIPE_STAGES[name]["wdir"] == ".."


def test_the_recipes_keep_nothing_that_dvc_would_pull():
    """Else `dvc pull` and `dvc checkout` fail for whoever has run the root pipeline alone."""
    for stage in RECIPE_STAGES.values():
        for out in [*stage["outs"], *stage["metrics"], *stage.get("plots", [])]:
            ((_, options),) = out.items()
            assert options["cache"] is False


@pytest.mark.parametrize("name", ALL)
def test_the_command_names_every_input_and_output(name):
    stage = ALL[name]
    outs = names([*stage["outs"], *stage.get("metrics", []), *stage.get("plots", [])])
    data = [dep for dep in stage["deps"] if not dep.endswith(".py")]
    vocabulary = shlex.split(stage["cmd"])
    for path in outs + data:
        assert any(path == word or path.startswith(f"{word}/") for word in vocabulary), path
    assert stage["desc"]


def test_every_section_of_parameters_is_read_by_some_stage():
    read = {section for stage in STAGES.values() for section in stage.get("params", [])}
    assert read | {"data"} == set(Params.model_fields)  # dvc.yaml itself reads data.csv


def test_stages_do_not_import_each_other_and_shared_modules_import_no_stage():
    for path in (ROOT / "src").rglob("*.py"):
        assert not [
            file for file in imported(path) if file.parent.name == "stages" and file.stem != "__init__"
        ]


def test_git_ignores_every_out_that_dvc_keeps():
    outs = [out for stage in STAGES.values() for out in stage["outs"]]
    outs = [next(iter(out.items())) if isinstance(out, dict) else (out, {}) for out in outs]
    kept = [path for path, options in outs if options.get("cache", True)]
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
