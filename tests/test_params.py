import re
from pathlib import Path

import pytest
from conftest import ROOT, small_params
from dvc.utils.serialize import load_yaml

from sentiment import params
from sentiment.errors import UserError

COMMITTED = ROOT / "params.yaml"
SCHEMA = params.Params.model_json_schema()
KEYS = [key for section in SCHEMA["$defs"].values() for key in section["properties"].items()]


def written(folder: Path, key: str, notation: str) -> Path:
    """A copy of params.yaml with this notation, to the letter, as the value of `key`."""
    line = re.compile(f"(?m)^  {key}: .*$")
    text, count = line.subn(f"  {key}: {notation}", COMMITTED.read_text("utf-8"))
    assert count == 1
    (folder / "params.yaml").write_text(text, "utf-8")
    return folder / "params.yaml"


@pytest.mark.parametrize(
    ("key", "notation", "value"),
    [
        *(("learning_rate", notation, 0.001) for notation in ("1e-3", "1E-03", ".001", "+0.001", "0.1e-2")),
        *(("patience", notation, 42) for notation in ("42", "042", "+42", "0x2A", "4_2")),
    ],
)
def test_a_number_is_read_as_dvc_reads_it(tmp_path, key, notation, value):
    path = written(tmp_path, key, notation)
    assert getattr(params.load("train", path=path).train, key) == value
    assert load_yaml(path)["train"][key] == value


@pytest.mark.parametrize(
    ("notation", "message"),
    [
        ("1:30", "train.patience: input should be a valid integer, not '1:30'"),
        ("yes", "train.patience: input should be a valid integer, not 'yes'"),
        (5000 * "9", "not valid YAML: Exceeds the limit"),
        ("!!int five", "not valid YAML: invalid literal for int() with base 10: 'five'"),
    ],
)
def test_other_notations_are_refused(tmp_path, notation, message):
    assert error(written(tmp_path, "patience", notation)).startswith(message)


def error(path: Path) -> str:
    """The one line, after the name of the file, with which it is refused."""
    with pytest.raises(UserError) as caught:
        params.load("train", path=path)
    assert "\n" not in str(caught.value)
    return str(caught.value).removeprefix(f"{path}: ")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            "split:\n  seed: 1\n  test: 0.2\n  seed: 2\n",
            'line 4: not valid YAML: found duplicate key "seed"; ',
        ),
        ("split: {}\ntrain: {}\nsplit: {}\n", 'line 3: not valid YAML: found duplicate key "split"; keep'),
        ("[" * 10_000, "nested too deeply"),
        ("a: [1", "line 1: not valid YAML"),
        ("\0", "not valid YAML"),
        ("trian: {}\n", "trian: unknown key; did you mean train?"),
        ("train: [1, 2]\n", "train: input should be a valid dictionary"),
        ("train: {}\n", "split: missing"),
        ("train: {}\n", "train.epochs: missing"),
        *((content, "expected the sections") for content in ("", "just text", "- a\n- b")),
    ],
)
def test_a_wrong_file_is_refused(tmp_path, content, message):
    (tmp_path / "params.yaml").write_text(content)
    assert message in error(tmp_path / "params.yaml")


def test_a_missing_file_is_refused(tmp_path):
    assert error(tmp_path / "params.yaml").startswith("no such file")


def test_only_the_named_sections_can_be_read():
    loaded = params.load("train", path=COMMITTED)
    assert loaded.train.optimizer == "adam"
    with pytest.raises(AttributeError):
        loaded.model  # noqa: B018


def test_the_comments_list_every_allowed_value():
    lines = COMMITTED.read_text("utf-8").splitlines()
    choices = {name: kind["enum"] for name, kind in KEYS if "enum" in kind}
    assert len(choices) == 9
    for name, values in choices.items():
        (line,) = (line for line in lines if line.startswith(f"  {name}:"))
        comment = line.partition("#")[2]
        assert [value for value in values if not re.search(rf"\b{re.escape(value)}\b", comment)] == [], name


def test_dvc_sees_every_key_change():
    """Its run cache passes over keys of these names, and would bring the outputs of another value back."""
    assert not {"size", "nfiles"} & {name for name, _ in KEYS}


def test_every_number_has_bounds():
    numbers = [(name, kind) for name, kind in KEYS if kind["type"] in ("integer", "number")]
    assert len(numbers) > 25
    for name, kind in numbers:
        assert {"maximum", "exclusiveMaximum"} & set(kind), name
        assert {"minimum", "exclusiveMinimum"} & set(kind), name


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"train": {"learning_rat": 1}}, "train.learning_rat: unknown key; did you mean learning_rate?"),
        ({"train": {"zzz": 1}}, "train.zzz: unknown key"),
        ({"train": {"epochs": True}}, "train.epochs: input should be a valid integer, not True"),
        ({"train": {"epochs": 0}}, "train.epochs: input should be greater than or equal to 1, not 0"),
        ({"train": {"learning_rate": float("nan")}}, "train.learning_rate: input should be a finite number"),
        ({"train": {"optimizer": "sdg"}}, "train.optimizer: input should be 'adam' or 'rmsprop', not 'sdg'"),
        ({"clean": {"text_column": "a\0"}}, "clean.text_column: string should match pattern"),
        ({"clean": {"text_column": ""}}, "clean.text_column: string should have at least 1 character"),
        ({"clean": {"group_column": None}}, "clean.group_column: input should be a valid string, not None"),
        ({"embedding": {"init": "file"}}, "embedding.file: embedding.init is file: name one here, by path"),
        ({"split": {"sed": 1}, "train": {"epochs": 0}}, "split.sed: unknown key; did you mean seed?; train."),
    ],
)
def test_a_mistake_is_one_line_that_names_the_key(tmp_path, changes, message):
    small_params(tmp_path, **changes)
    assert message in error(tmp_path / "params.yaml")
