"""docs/parameters.md and the JSON schema of params.yaml: complete, up to date, as strict as the loader."""

import json
import re
import shutil

import pytest
from conftest import ROOT, run, small_params

from sentiment import params
from sentiment.errors import UserError
from sentiment.reports import parameters

SCHEMA = ROOT / parameters.SCHEMA


def check(folder, *, fails: bool) -> str:
    """What check-jsonschema, a validator of its own, says of params.yaml in `folder`."""
    command = "check-jsonschema", "--schemafile", str(SCHEMA), "params.yaml"
    done = run(*command, cwd=folder, check=not fails)
    assert bool(done.returncode) == fails
    return done.stdout


def test_the_committed_reference_is_up_to_date(tmp_path):
    check = ("python", "-m", "sentiment.reports.parameters", "--check")
    run(*check, cwd=ROOT)
    shutil.copy(ROOT / "params.yaml", tmp_path)
    stale = run(*check, cwd=tmp_path, check=False)
    assert stale.stderr == (
        "error: docs/parameters.md: not up to date; run `python -m sentiment.reports.parameters`\n"
    )


def test_the_page_has_each_parameter_with_value_range_and_meaning():
    page = (ROOT / parameters.PAGE).read_text("utf-8")
    rows = [line.split(" | ") for line in page.splitlines() if line.startswith("| `")]
    kinds = {name: field.annotation for name, field in params.Params.model_fields.items()}
    names = [name for name, kind in kinds.items() if not hasattr(kind, "model_fields")]
    names += [name for kind in kinds.values() for name in getattr(kind, "model_fields", ())]
    assert [row[0].strip("|` ") for row in rows] == names
    assert [row for row in rows if len(row) != 4 or not all(cell.strip(" |") for cell in row)] == []
    assert "| `test` | `0.2` | number, above 0 to below 1 | fraction of all reviews, used by" in page
    assert "reader; 0 for no reader: only English texts" in page  # a comment of two lines


def test_editors_find_the_schema_and_params_yaml_fits_it():
    [named] = re.findall(r"^# yaml-language-server: \$schema=(.*)$", (ROOT / "params.yaml").read_text(), re.M)
    assert (ROOT / named).samefile(SCHEMA)
    check(ROOT, fails=False)
    content = json.loads(SCHEMA.read_text("utf-8"))
    assert all(
        one["description"] for section in content["$defs"].values() for one in section["properties"].values()
    )


def test_editors_mark_what_the_loader_refuses(tmp_path):
    mistakes = {
        "train": {"epoch": 3, "threads": 0, "optimizer": "sgd"},
        "tokenize": {"lowercase": "yes"},
        "split": {"test": 0},
    }
    small_params(tmp_path, **mistakes)
    said = check(tmp_path, fails=True)
    with pytest.raises(UserError) as refused:
        params.load(path=tmp_path / "params.yaml")
    for name in (name for values in mistakes.values() for name in values):
        assert name in said and name in str(refused.value)
