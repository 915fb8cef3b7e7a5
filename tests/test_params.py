import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from dvc.utils.serialize import load_yaml

from sentiment import params
from sentiment.errors import UserError

COMMITTED = Path(__file__).parents[1] / "params.yaml"


def changed(folder: Path, **changes) -> Path:
    """A copy of params.yaml with `section__key=value` set; None removes the key."""
    content = yaml.safe_load(COMMITTED.read_text("utf-8"))
    for name, value in changes.items():
        section, _, key = name.partition("__")
        target = content.setdefault(section, {}) if key else content
        if value is None:
            del target[key or section]
        else:
            target[key or section] = value
    path = folder / "params.yaml"
    path.write_text(yaml.safe_dump(content), "utf-8")
    return path


def test_the_committed_file_is_valid():
    params.load("train", path=COMMITTED)


def test_only_the_named_sections_can_be_read():
    loaded = params.load("train", path=COMMITTED)
    assert loaded.train.optimizer == "adam"
    with pytest.raises(AttributeError):
        loaded.model  # noqa: B018


def written(folder: Path, old: str, new: str) -> Path:
    """A copy of params.yaml with a line that begins with `old` replaced, to the letter, by `new`."""
    text, count = re.subn(f"(?m)^  {old}: .*$", f"  {new}", COMMITTED.read_text("utf-8"), count=1)
    assert count
    path = folder / "params.yaml"
    path.write_text(text, "utf-8")
    return path


@pytest.mark.parametrize(
    ("key", "notation", "value"),
    [
        *(("learning_rate", notation, 0.001) for notation in ("1e-3", "1E-03", ".001", "+0.001", "0.1e-2")),
        *(("patience", notation, 42) for notation in ("42", "042", "+42", "0x2A", "4_2")),
    ],
)
def test_a_number_is_read_as_dvc_reads_it(tmp_path, key, notation, value):
    path = written(tmp_path, key, f"{key}: {notation}")
    assert getattr(params.load("train", path=path).train, key) == value
    assert load_yaml(path)["train"][key] == value


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("patience: 1:30", "train.patience: input should be a valid integer, not '1:30'"),
        ("patience: yes", "train.patience: input should be a valid integer, not 'yes'"),
        ("patience: " + 5000 * "9", "not valid YAML: Exceeds the limit"),
        ("patience: !!int five", "not valid YAML: invalid literal for int() with base 10: 'five'"),
        ("patience: !!bool five", "not valid YAML: 'five'"),
    ],
)
def test_other_notations_are_refused(tmp_path, line, message):
    with pytest.raises(UserError) as error:
        params.load("train", path=written(tmp_path, "patience", line))
    assert message in str(error.value)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("split:\n  seed: 1\n  test: 0.2\n  seed: 2\n", 'line 4: not valid YAML: found duplicate key "seed"'),
        ("split: {}\ntrain: {}\nsplit: {}\n", 'line 3: not valid YAML: found duplicate key "split"'),
    ],
)
def test_a_duplicate_key_is_refused(tmp_path, content, message):
    path = tmp_path / "params.yaml"
    path.write_text(content)
    with pytest.raises(UserError) as error:
        params.load("split", path=path)
    assert str(error.value) == f"{path}: {message}; keep one of the two"


def test_the_comments_list_every_allowed_value():
    lines = COMMITTED.read_text("utf-8").splitlines()
    choices = {name: kind["enum"] for name, kind in keys(params.Params.model_json_schema()) if "enum" in kind}
    assert len(choices) == 7
    for name, values in choices.items():
        (line,) = (line for line in lines if line.startswith(f"  {name}:"))
        comment = line.partition("#")[2]
        assert [value for value in values if not re.search(rf"\b{re.escape(value)}\b", comment)] == [], name


def keys(schema: dict) -> Iterator[tuple[str, dict]]:
    """Each key of params.yaml with what its value may be."""
    for section in schema["$defs"].values():
        yield from section["properties"].items()


def test_dvc_sees_every_key_change():
    """Its run cache passes over keys of these names, and would bring the outputs of another value back."""
    assert not {"size", "nfiles"} & {name for name, _ in keys(params.Params.model_json_schema())}


def test_every_number_has_bounds():
    numbers = [
        (name, kind)
        for name, kind in keys(params.Params.model_json_schema())
        if kind["type"] in ("integer", "number")
    ]
    assert len(numbers) > 25
    for name, kind in numbers:
        assert {"maximum", "exclusiveMaximum"} & set(kind), name
        assert {"minimum", "exclusiveMinimum"} & set(kind), name


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"train__learning_rat": 1}, "train.learning_rat: unknown key; did you mean learning_rate?"),
        ({"trian": {}}, "trian: unknown key; did you mean train?"),
        ({"train__zzz": 1}, "train.zzz: unknown key"),
        ({"train__epochs": None}, "train.epochs: missing"),
        ({"split": None}, "split: missing"),
        ({"train__epochs": "five"}, "train.epochs: input should be a valid integer, not 'five'"),
        ({"train__epochs": 2.5}, "train.epochs: input should be a valid integer, not 2.5"),
        ({"train__epochs": True}, "train.epochs: input should be a valid integer, not True"),
        ({"train__epochs": 0}, "train.epochs: input should be greater than or equal to 1, not 0"),
        ({"train__learning_rate": "fast"}, "train.learning_rate: input should be a valid number, not 'fast'"),
        (
            {"train__learning_rate": -1},
            "train.learning_rate: input should be greater than or equal to 0.000000001, not -1",
        ),
        (
            {"train__learning_rate": float("nan")},
            "train.learning_rate: input should be a finite number, not nan",
        ),
        ({"train__optimizer": "sdg"}, "train.optimizer: input should be 'adam' or 'rmsprop', not 'sdg'"),
        ({"train": [1, 2]}, "train: input should be a valid dictionary"),
        ({"model__bidirectional": "yes"}, "model.bidirectional: input should be a valid boolean, not 'yes'"),
        ({"split__test": 1.0}, "split.test: input should be less than 1, not 1.0"),
        (
            {"train__threads": 100_000},
            "train.threads: input should be less than or equal to 1000, not 100000",
        ),
        ({"clean__text_column": "a\0"}, "clean.text_column: string should match pattern"),
        ({"clean__text_column": ""}, "clean.text_column: string should have at least 1 character"),
        (
            {"tokenize__numbering": "rank"},
            "tokenize.numbering: input should be 'frequency', 'imdb'",
        ),
        ({"embedding__init": "skipgram"}, "embedding.init: input should be 'word2vec', 'file' or 'uniform'"),
        ({"model__pooling": "mean"}, "model.pooling: input should be 'last' or 'max+mean', not 'mean'"),
        ({"train__schedule": "onecycle"}, "train.schedule: input should be 'constant' or 'cosine'"),
        (
            {"embedding__init": "file"},
            "embedding.file: embedding.init is file: name one here, by path",
        ),
        ({"train__epochs": "x", "split__sed": 1}, "; "),
    ],
)
def test_a_mistake_is_one_line_that_names_the_key(tmp_path, changes, message):
    path = changed(tmp_path, **changes)
    with pytest.raises(UserError) as error:
        params.load("train", path=path)
    assert message in str(error.value)
    assert str(error.value).startswith(str(path))
    assert "\n" not in str(error.value)


def test_deep_nesting_is_refused(tmp_path):
    path = tmp_path / "params.yaml"
    path.write_text("[" * 10_000)
    with pytest.raises(UserError, match=r"params\.yaml: nested too deeply"):
        params.load(path=path)


@pytest.mark.parametrize("content", ["", "just text", "- a\n- b", "a: [1", "a: 1\n b: 2", "\x00"])
def test_a_file_that_holds_no_mapping_is_refused(tmp_path, content):
    path = tmp_path / "params.yaml"
    path.write_text(content)
    with pytest.raises(
        UserError, match=r"params\.yaml: (line [12]: )?(not valid YAML|expected the sections)"
    ):
        params.load(path=path)


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(UserError, match="no such file"):
        params.load(path=tmp_path / "params.yaml")
