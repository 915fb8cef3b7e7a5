import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from ruamel.yaml import YAML
from sentiment.errors import UserError

from sentiment import params

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


@pytest.mark.parametrize("notation", ["1e-3", "1E-03", ".001", "+0.001", "0.1e-2"])
def test_a_number_is_what_it_is_to_dvc(tmp_path, notation):
    path = written(tmp_path, "learning_rate", f"learning_rate: {notation}")
    assert params.load("train", path=path).train.learning_rate == 0.001
    with path.open(encoding="utf-8") as file:
        assert YAML(typ="safe").load(file)["train"]["learning_rate"] == 0.001  # DVC's own reader


def test_an_integer_is_what_it_is_to_dvc(tmp_path):
    path = written(tmp_path, "patience", "patience: 042")
    assert params.load("train", path=path).train.patience == 42
    with path.open(encoding="utf-8") as file:
        assert YAML(typ="safe").load(file)["train"]["patience"] == 42


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("patience: 1:30", "train.patience: input should be a valid integer, not '1:30'"),
        ("patience: 0x2A", "train.patience: input should be a valid integer, not '0x2A'"),
        ("patience: 1_0", "train.patience: input should be a valid integer, not '1_0'"),
        ("patience: " + 5000 * "9", "train.patience: input should be a valid integer, not inf"),
        ("patience: !!int five", "not valid YAML"),
        ("bidirectional: yes", "unknown key"),
    ],
)
def test_what_dvc_takes_otherwise_is_refused(tmp_path, line, message):
    with pytest.raises(UserError) as error:
        params.load("train", path=written(tmp_path, "patience", line))
    assert message in str(error.value)


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
    assert len(numbers) > 30
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
            "train.learning_rate: input should be a valid number, not '.nan'",
        ),
        ({"train__optimizer": "sdg"}, "train.optimizer: input should be 'adam', 'adamw'"),
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
        ({"embedding__init": "glove"}, "embedding.init: input should be 'word2vec', 'skipgram', 'file'"),
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


def test_what_is_nested_without_end_is_refused(tmp_path):
    path = tmp_path / "params.yaml"
    path.write_text("[" * 100_000)
    with pytest.raises(UserError, match=r"params\.yaml: nested too deeply"):
        params.load(path=path)


@pytest.mark.parametrize("content", ["", "just text", "- a\n- b", "a: [1", "a: 1\n b: 2", "\x00"])
def test_what_is_not_a_mapping_is_refused(tmp_path, content):
    path = tmp_path / "params.yaml"
    path.write_text(content)
    with pytest.raises(UserError, match=r"params\.yaml: (not valid YAML|expected the sections)"):
        params.load(path=path)


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(UserError, match="no such file"):
        params.load(path=tmp_path / "params.yaml")
