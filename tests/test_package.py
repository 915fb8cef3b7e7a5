"""The package: what it declares to need, what its wheel holds, and the locked releases."""

import ast
import json
import os
import re
import shutil
import socket
import subprocess
import sys
from importlib.metadata import distribution, packages_distributions, requires
from pathlib import Path
from urllib.request import urlopen
from zipfile import ZipFile

import pytest
from conftest import ROOT, run
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

try:
    import tomllib
except ModuleNotFoundError:  # Python 3.10, where pytest brings the same under this name
    import tomli as tomllib

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
EXTRAS = {"core": PROJECT["dependencies"], **PROJECT["optional-dependencies"]}


def declared(*extras: str) -> list[str]:
    return sorted({line for extra in extras for line in EXTRAS[extra]})


def required(name: str) -> list[str]:
    """The packages that a file of requirements lists, with those of the files that it refers to."""
    lines = [line.strip() for line in (ROOT / name).read_text("utf-8").splitlines()]
    assert "-e ." in lines
    files = [line.removeprefix("-r ") for line in lines if line.startswith("-r ")]
    packages = [line for line in lines if line and line[0] not in "#-"]
    return sorted({*packages, *(line for file in files for line in required(file))})


def test_the_files_of_requirements_list_what_the_package_declares():
    assert required("requirements-serve.txt") == declared("core", "serve")
    assert required("requirements.txt") == declared(*EXTRAS)


def test_what_is_declared_has_a_lower_and_an_upper_bound():
    for line in declared("core", "pandas", "parquet", "serve", "train"):
        assert {one.operator for one in Requirement(line).specifier} == {">=", "<"}, line


def distributions(lines: list[str]) -> set[str]:
    return {canonicalize_name(Requirement(line).name) for line in lines}


@pytest.mark.parametrize(
    ("folders", "extras"),
    [
        (
            ["src/sentiment/cli", "src/sentiment/inference", "src/sentiment/scoring"],
            ["core", "pandas", "parquet"],
        ),
        (["src/sentiment/server"], ["core", "serve"]),
        (["src"], ["core", "serve", "train", "cluster"]),
        (["benchmarks", "tests"], EXTRAS),
    ],
    ids=lambda names: " ".join(names),
)
def test_what_is_imported_is_declared(folders, extras):
    nodes = [
        node
        for folder in folders
        for path in (ROOT / folder).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
    ]
    names = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module for node in nodes if isinstance(node, ast.ImportFrom)}
    own = {"sentiment", *(path.stem for path in (ROOT / "tests").rglob("*.py")), "benchmarks", "tomli"}
    modules = {name.partition(".")[0] for name in names} - sys.stdlib_module_names - own
    owners, allowed = packages_distributions(), distributions(declared(*extras))
    allowed |= {"pydantic-core", "distributed", "fsspec", "botocore"}  # parts of Pydantic, Dask and s3fs
    assert modules
    assert [m for m in modules if not allowed & set(map(canonicalize_name, owners.get(m, [m])))] == []


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    """The package, built of what is in the repository; in a copy, as setuptools leaves files behind."""
    folder = tmp_path_factory.mktemp("wheel")
    for name in ("LICENSE", "README.md", "pyproject.toml"):
        shutil.copy(ROOT / name, folder)
    shutil.copytree(ROOT / "models" / "imdb", folder / "models" / "imdb")
    ignore = shutil.ignore_patterns("__pycache__", "*.egg-info")
    shutil.copytree(ROOT / "src", folder / "src", symlinks=True, ignore=ignore)
    run("pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--no-index", ".", cwd=folder)
    [path] = folder.glob("*.whl")
    return path


def with_dependencies(lines: list[str]) -> set[str]:
    """The distributions that `lines` name, and all that these need."""
    left, seen = list(map(Requirement, lines)), set()
    while left:
        one = left.pop()
        name = canonicalize_name(one.name)
        if name not in seen and (not one.marker or one.marker.evaluate({"extra": ""})):
            seen.add(name)
            left += map(Requirement, requires(name) or [])
    return seen


@pytest.fixture
def install(wheel, tmp_path):
    """Install the wheel, with some extras, into an environment that lacks all that these do not need."""

    def install(*extras: str) -> Path:
        run("python", "-m", "venv", "--without-pip", "env", cwd=tmp_path)
        [site] = tmp_path.glob("env/lib/python*/site-packages")
        for name in with_dependencies(declared("core", *extras)):
            for top in {file.parts[0] for file in distribution(name).files} - {"..", "__pycache__"}:
                if not (site / top).exists():
                    (site / top).symlink_to(distribution(name).locate_file(top))
        python = tmp_path / "env" / "bin" / "python"
        run("pip", "--python", str(python), "install", "--no-deps", "--no-index", str(wheel), cwd=tmp_path)
        (tmp_path / "empty").mkdir()
        return python

    return install


@pytest.mark.slow
def test_the_wheel_alone_predicts_with_the_core_dependencies(install):
    python = install()
    folder = python.parents[2] / "empty"
    done = run(str(python.with_name("sentiment")), "predict", "--json", "A fine film.", cwd=folder)
    assert json.loads(done.stdout)["label"] == "positive"
    assert str(python.parents[1]) in done.stderr  # where the model is
    (folder / "in.csv").write_text("review\nA fine film.\nDull and far too long.\n")
    run(str(python.with_name("sentiment")), "score", "in.csv", "out.csv", cwd=folder)
    answers = [line.rpartition(",")[2] for line in (folder / "out.csv").read_text().splitlines()]
    assert answers == ["predicted", "positive", "negative"]
    absent = run(str(python), "-c", "import tensorflow", cwd=folder, check=False)
    assert "No module named 'tensorflow'" in absent.stderr


@pytest.mark.slow
def test_the_wheel_serves_with_the_extra_serve_by_the_commands_of_the_image(install):
    python = install("serve")
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    environment["PATH"] = f"{python.parent}{os.pathsep}{environment['PATH']}"
    dockerfile = (ROOT / "deploy" / "Dockerfile").read_text("utf-8")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    commands = re.findall(r"^ *CMD (.*)$", dockerfile.replace("8000", port), re.MULTILINE)
    check, serve = map(json.loads, commands)
    started = {"cwd": python.parents[2] / "empty", "env": environment}
    assert subprocess.run(check, **started, stderr=subprocess.DEVNULL).returncode == 1
    with subprocess.Popen(serve, **started, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert str(python.parents[1]) in server.stdout.readline()  # where the model is
            assert any(
                subprocess.run(check, **started).returncode == 0 for _ in range(12)
            )  # it takes a while
            for page in "", "docs":
                with urlopen(f"http://127.0.0.1:{port}/{page}", timeout=60) as answer:
                    assert b"</html>" in answer.read()
        finally:
            server.terminate()
    assert server.returncode == 0


@pytest.mark.slow
def test_the_wheel_has_the_files_that_are_no_modules(wheel):
    with ZipFile(wheel) as archive:
        names = set(archive.namelist())
    data = "training/antonyms.txt", "server/api.html", "server/page.html", "pages/comparison.html.j2"
    assert {f"sentiment/{name}" for name in data} <= names


def test_the_lock_holds_hashes_and_no_address():
    lock = (ROOT / "requirements.lock").read_text("utf-8")
    assert not re.search(r"://|--(index|extra|find|trusted)|^/", lock, re.MULTILINE)
    pinned = dict(
        re.findall(r"^([a-z0-9-]+)(?:\[[a-z,-]+\])?==(\S+) \\\n    --hash=sha256:", lock, re.MULTILINE)
    )
    assert distributions(declared(*EXTRAS)) <= set(pinned)
    for line in declared(*EXTRAS):
        one = Requirement(line)
        assert one.specifier.contains(pinned[canonicalize_name(one.name)]), line
