"""params.yaml, checked: the one place that knows every parameter's type and range."""

from difflib import get_close_matches
from pathlib import Path
from types import SimpleNamespace
from typing import Annotated, Any, Literal

import typer
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    field_validator,
)
from pydantic_core import PydanticCustomError
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedSeq
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from sentiment.data.encodings import is_text
from sentiment.data.label_values import canonical
from sentiment.data.layout import Other
from sentiment.data.text import Tokenizer
from sentiment.data.vocabulary import Numbering
from sentiment.errors import UserError
from sentiment.system import files

# The upper bounds are far beyond useful values: they catch typing errors before these exhaust time or memory.
Number = Annotated[float, Field(allow_inf_nan=False)]
Positive = Annotated[Number, Field(ge=1e-9, le=1e9)]
Share = Annotated[Number, Field(ge=0, lt=1)]
Count = Annotated[int, Field(ge=1, le=10_000)]
Size = Annotated[int, Field(ge=0, le=10_000)]
Amount = Annotated[int, Field(ge=1, le=10**7)]  # reviews or tokens
Seed = Annotated[int, Field(ge=0, lt=2**32)]
Text = Annotated[str, Field(pattern=r"^[^\x00]*$")]
Name = Annotated[Text, Field(min_length=1)]


class Section(BaseModel):
    """A section of params.yaml: every key is required and has exactly the declared type."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Data(Section):
    csv: Name
    download: list[Literal["imdb"]]


class Download(Section):
    kaggle: Name
    stanford: Name
    stanford_hash: Annotated[str, Field(pattern="^sha256:[0-9a-f]{64}$")]
    timeout: Positive
    rows: Amount


def _values(values: list) -> list[str]:
    """Label values, as YAML reads them, in the form in which they are compared."""
    if not all(isinstance(value, str | int | float) for value in values):
        raise PydanticCustomError("values", "expected a list of values, such as [pos, 1]")
    return list(map(canonical, values))


Values = Annotated[list, AfterValidator(_values)]


class Clean(Section):
    text_column: Name
    label_column: Name
    group_column: Text
    positive: Values
    negative: Values
    other: Other
    delimiter: Annotated[str, Field(pattern=r'^(tab|[^\s\w"])$')]
    encoding: Name

    @field_validator("negative")
    @classmethod
    def _labels_differ(cls, negative: list[str], info: ValidationInfo) -> list[str]:
        positive = info.data.get("positive", [])
        if bool(positive) != bool(negative) or set(positive) & set(negative):
            message = "clean.positive and clean.negative need values of their own, or none both"
            raise PydanticCustomError("labels", message)
        return negative

    @field_validator("encoding")
    @classmethod
    def _encoding_is_known(cls, encoding: str) -> str:
        if not is_text(encoding):
            raise PydanticCustomError("encoding", "Python knows no encoding of this name")
        return encoding


class Split(Section):
    test: Annotated[Share, Field(gt=0)]
    validation: Annotated[Share, Field(gt=0)]
    seed: Seed


class Tokenize(Section):
    tokenizer: Tokenizer
    lowercase: bool
    numbering: Numbering
    vocabulary_size: Amount
    min_count: Amount
    max_tokens: Amount
    head: Annotated[Number, Field(ge=0, le=1)]


class Baseline(Section):
    max_ngram: Annotated[int, Field(ge=1, le=5)]
    min_count: Amount
    negation_scope: Size
    smoothing: Positive
    C: Positive
    reviews: Annotated[int, Field(ge=0, le=10**7)]


class Embedding(Section):
    init: Literal["word2vec", "file", "uniform"]
    file: Text
    dimensions: Count
    window: Count
    epochs: Count
    seed: Seed

    @field_validator("file")
    @classmethod
    def _file_is_named(cls, file: str, info: ValidationInfo) -> str:
        if not file and info.data.get("init") == "file":
            raise PydanticCustomError("file", "embedding.init is file: name one here, by path or URL")
        return file


class Model(Section):
    ngrams: bool
    fixed_length: Size
    convolution: Size
    kernel_size: Count
    pool_size: Count
    lstm_units: Count
    lstm_layers: Annotated[int, Field(ge=1, le=100)]
    recurrent_dropout: Share
    bidirectional: bool
    chunk_length: Size
    pooling: Literal["last", "max+mean"]
    embedding_dropout: Share
    dropout: Share


class Train(Section):
    optimizer: Literal["adam", "rmsprop"]
    learning_rate: Positive
    schedule: Literal["constant", "cosine"]
    word_deletion: Share
    word_swap: Share
    reversed: Share
    sentences: Annotated[Number, Field(ge=0, le=10)]
    negated: Annotated[Number, Field(ge=0, le=1)]
    reversed_weight: Annotated[Number, Field(ge=0, le=1)]
    batch_size: Amount
    epochs: Count
    patience: Count
    class_weight: Literal["none", "balanced"]
    precision: Literal["bfloat16", "float32"]
    seed: Seed
    threads: Annotated[int, Field(ge=1, le=1000)]


class Evaluate(Section):
    bootstrap_samples: Annotated[int, Field(ge=1, le=10**6)]
    calibration_bins: Count
    seed: Seed


class Dask(Section):
    scheduler: Annotated[str, Field(pattern=r"^((tcp|tls)://[^\s/]+:\d+)?$")]
    workers: Annotated[int, Field(ge=1, le=1000)]
    memory: Annotated[str, Field(pattern=r"^[1-9]\d* (MiB|GiB)$")]


class Params(Section):
    data: Data
    download: Download
    clean: Clean
    split: Split
    tokenize: Tokenize
    baseline: Baseline
    embedding: Embedding
    model: Model
    train: Train
    evaluate: Evaluate
    engine: Literal["local", "dask"]
    dask: Dask


class Overrides(Section):
    """The parameters, by section, in which a recipe differs from params.yaml; a section may be empty."""

    tokenize: dict[str, Any]
    embedding: dict[str, Any]
    model: dict[str, Any]
    train: dict[str, Any]


class Common(Overrides):
    baseline: dict[str, Any]


class Recipes(Section):
    reviews: Name
    common: Common
    recipes: dict[str, Overrides]


RECIPES = Path("recipes/params.yaml")
Recipe = Annotated[
    str | None, typer.Option(metavar="NAME", help=f"Use the parameters of this recipe in {RECIPES}.")
]


def load(*sections: str, recipe: str | None = None, path: str | Path = "params.yaml") -> Any:
    """Read and validate the whole file; return an object that has only `sections` as attributes.

    A stage names the sections that it reads, so that it cannot read what `params:` in dvc.yaml does not
    list. The parameters of a `recipe` override those of the file. Raises UserError, whose one line names
    every wrong key.
    """
    content = _read(path, Params)
    params = _validate(Params, content, path)
    if recipe is not None:
        params = _override(content, recipe)
    return SimpleNamespace(**{section: getattr(params, section) for section in sections})


def update(changes: dict[str, dict[str, Any]], path: str | Path = "params.yaml") -> list[str]:
    """Change parameters, by section and key, in the file; its comments stay. Return a line about each change.

    Raises UserError, and changes nothing, where the file or a new value is wrong.
    """
    before = _read(path, Params)
    _validate(Params, before, path)
    _validate(Params, before | {name: before[name] | values for name, values in changes.items()}, path)
    yaml = YAML()
    yaml.preserve_quotes, yaml.width = True, 2**16
    content, told = yaml.load(Path(path).read_text("utf-8")), []
    for section, values in changes.items():
        for key, value in values.items():
            if before[section][key] != value:
                told.append(f"{section}.{key}: {before[section][key]!r} -> {value!r}")
                content[section][key] = _flow(value) if isinstance(value, list) else value
    with files.replacing(Path(path)) as part, part.open("w", encoding="utf-8") as file:
        yaml.dump(content, file)
    return told


def _flow(values: list) -> CommentedSeq:
    """A list that YAML writes in one line."""
    sequence = CommentedSeq(values)
    sequence.fa.set_flow_style()
    return sequence


def load_recipes() -> Recipes:
    """Read RECIPES; raises UserError."""
    return _validate(Recipes, _read(RECIPES, Recipes), RECIPES)


def _override(content: dict[str, Any], recipe: str) -> Params:
    """Return the parameters of a file's `content` with those of a `recipe` in their place."""
    recipes = load_recipes()
    if recipe not in recipes.recipes:
        raise UserError(f"{RECIPES}: no recipe {recipe!r}; there are {', '.join(recipes.recipes)}")
    for place, overrides in ("common", recipes.common), (f"recipes.{recipe}", recipes.recipes[recipe]):
        content = content | {section: content[section] | values for section, values in overrides}
        params = _validate(Params, content, RECIPES, place)
    return params


def _read(path: str | Path, model: type[Section]) -> dict[str, Any]:
    """Read a YAML file as DVC does, with ruamel.yaml; raises UserError if it holds no mapping."""
    try:
        content = YAML(typ="safe", pure=True).load(Path(path).read_text("utf-8"))
    except FileNotFoundError:
        raise UserError(f"{path}: no such file; run this where params.yaml is") from None
    except MarkedYAMLError as error:
        raise UserError(f"{path}: {_syntax_error(error)}") from None
    except (YAMLError, ValueError, KeyError) as error:  # ValueError, KeyError: `!!int five`, `!!bool five`
        raise UserError(f"{path}: not valid YAML: {' '.join(str(error).split())}") from None
    except RecursionError:
        raise UserError(f"{path}: nested too deeply; expected sections of parameters") from None
    if not isinstance(content, dict):
        raise UserError(f"{path}: expected the sections {', '.join(model.model_fields)}")
    return content


def _syntax_error(error: MarkedYAMLError) -> str:
    mark = error.problem_mark or error.context_mark
    problem, duplicate, _ = str(error.problem or error.context).partition(" with value ")
    if duplicate:  # ruamel.yaml quotes both values, which can be whole sections
        problem += "; keep one of the two"
    return f"line {mark.line + 1}: not valid YAML: {' '.join(problem.split())}"


def _validate(model: type[Section], content: dict[str, Any], path: str | Path, place: str = "") -> Any:
    """Return `content` as a `model`; raises UserError, which names what is wrong, within `place` if given."""
    try:
        return model.model_validate(content)
    except ValidationError as error:
        mistakes = (f"{place}.{_explain(one, model)}".lstrip(".") for one in error.errors())
        raise UserError(f"{path}: " + "; ".join(mistakes)) from None


def _explain(error: Any, model: type[Section]) -> str:
    """Reword one of pydantic's errors for a user of params.yaml."""
    *parents, key = error["loc"]
    where = ".".join(map(str, error["loc"]))
    if error["type"] == "missing":
        return f"{where}: missing"
    if error["type"] == "extra_forbidden":
        models = {name: field.annotation for name, field in Params.model_fields.items()} | {"common": Common}
        known: Any = models.get(parents[-1], Overrides) if parents else model
        close = get_close_matches(str(key), known.model_fields, n=1)
        return f"{where}: unknown key" + (f"; did you mean {close[0]}?" if close else "")
    message = error["msg"][0].lower() + error["msg"][1:]
    return f"{where}: {message}, not {error['input']!r}"
