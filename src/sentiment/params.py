"""params.yaml, checked: the one place that knows every parameter's type and range."""

import re
from difflib import get_close_matches
from pathlib import Path
from types import SimpleNamespace
from typing import Annotated, Any, Literal

import typer
import yaml
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    field_validator,
)
from pydantic_core import PydanticCustomError

from sentiment.data.text import TOKENIZERS
from sentiment.errors import UserError


class _Loader(yaml.SafeLoader):
    """PyYAML reads YAML 1.1, DVC reads 1.2: to both, 1e-3 is to be a number, 042 is 42, and yes a text."""

    yaml_implicit_resolvers = {}  # noqa: RUF012 - none of 1.1's


for _kind, _pattern, _read in (
    ("null", "~|null|Null|NULL|", lambda _: None),
    ("bool", "true|True|TRUE|false|False|FALSE", lambda text: text.lower() == "true"),
    ("int", "[-+]?[0-9]{1,99}", int),
    ("float", r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?", float),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_kind}", re.compile(f"(?:{_pattern})$"), None)
    _Loader.add_constructor(
        f"tag:yaml.org,2002:{_kind}", lambda loader, node, read=_read: read(loader.construct_scalar(node))
    )

_Loader.add_implicit_resolver("tag:yaml.org,2002:merge", re.compile("<<$"), None)

# The upper bounds are beyond use: most slips of the finger are told, before they hang what they are given to.
Number = Annotated[float, Field(allow_inf_nan=False)]
Positive = Annotated[Number, Field(ge=1e-9, le=1e9)]
Share = Annotated[Number, Field(ge=0, lt=1)]
Count = Annotated[int, Field(ge=1, le=10_000)]
Size = Annotated[int, Field(ge=0, le=10_000)]
Few = Annotated[int, Field(ge=1, le=100)]
Amount = Annotated[int, Field(ge=1, le=10**7)]  # of reviews or tokens
Seed = Annotated[int, Field(ge=0, lt=2**32)]
Text = Annotated[str, Field(pattern=r"^[^\x00]*$")]
Name = Annotated[Text, Field(min_length=1)]


class Section(BaseModel):
    """A section of params.yaml: each key known, of its very type, and there."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Data(Section):
    csv: Name


class Download(Section):
    kaggle: Name
    stanford: Name
    stanford_hash: Annotated[str, Field(pattern="^sha256:[0-9a-f]{64}$")]
    timeout: Positive
    rows: Amount


class Clean(Section):
    text_column: Name
    label_column: Name


class Split(Section):
    test: Annotated[Share, Field(gt=0)]
    validation: Annotated[Share, Field(gt=0)]
    seed: Seed


class Tokenize(Section):
    tokenizer: Literal[TOKENIZERS]
    lowercase: bool
    numbering: Literal["frequency", "imdb", "hash"]
    vocabulary_size: Amount
    min_count: Amount
    max_tokens: Amount
    head: Annotated[Number, Field(ge=0, le=1)]


class Baseline(Section):
    max_ngram: Annotated[int, Field(ge=1, le=5)]
    min_count: Amount
    smoothing: Positive
    C: Positive


class Neighbours(Section):
    k: Size
    words: Count


class Embedding(Section):
    init: Literal["word2vec", "skipgram", "file", "uniform"]
    file: Text
    dimensions: Count
    window: Count
    epochs: Count
    seed: Seed

    @field_validator("file")
    @classmethod
    def _named(cls, file: str, info: ValidationInfo) -> str:
        if not file and info.data.get("init") == "file":
            raise PydanticCustomError("file", "embedding.init is file: name one here, by path or URL")
        return file


class Model(Section):
    ngrams: bool
    members: Few
    votes_dropout: Share
    fixed_length: Size
    convolution: Size
    kernel_size: Count
    pool_size: Count
    lstm_units: Count
    lstm_layers: Few
    recurrent_dropout: Share
    bidirectional: bool
    chunk_length: Size
    pooling: Literal["last", "max", "mean", "max+mean"]
    word_dropout: Share
    embedding_dropout: Share
    dropout: Share


class Train(Section):
    optimizer: Literal["adam", "adamw", "rmsprop", "sgd"]
    learning_rate: Positive
    schedule: Literal["constant", "cosine", "onecycle"]
    average: Share
    word_deletion: Share
    word_swap: Share
    batch_size: Amount
    epochs: Count
    patience: Count
    precision: Literal["bfloat16", "float32"]
    seed: Seed
    threads: Annotated[int, Field(ge=1, le=1000)]


class Evaluate(Section):
    bootstrap_samples: Annotated[int, Field(ge=1, le=10**6)]
    calibration_bins: Count
    seed: Seed


class Params(Section):
    data: Data
    download: Download
    clean: Clean
    split: Split
    tokenize: Tokenize
    baseline: Baseline
    neighbours: Neighbours
    embedding: Embedding
    model: Model
    train: Train
    evaluate: Evaluate


class Overrides(Section):
    """What a recipe has otherwise than params.yaml, by section; each of them named, were it empty."""

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
    str | None, typer.Option(metavar="NAME", help=f"Take this recipe's parameters, from {RECIPES}.")
]


def load(*sections: str, recipe: str | None = None, path: str | Path = "params.yaml") -> Any:
    """Read and check the whole of `path`; return an object with `sections` alone as attributes.

    A stage names here what it reads, and so can read nothing that its `params:` in dvc.yaml do
    not list. A `recipe` takes the place of what it has otherwise. Raises UserError, in one line that names
    every wrong key.
    """
    content = _content(path, Params)
    params = _checked(Params, content, path)
    if recipe is not None:
        recipes = load_recipes()
        if recipe not in recipes.recipes:
            raise UserError(f"{RECIPES}: no recipe {recipe!r}; there are {', '.join(recipes.recipes)}")
        for place, overrides in ("common", recipes.common), (f"recipes.{recipe}", recipes.recipes[recipe]):
            for section, values in overrides:
                content[section] = content[section] | values
            params = _checked(Params, content, RECIPES, place)
    return SimpleNamespace(**{section: getattr(params, section) for section in sections})


def load_recipes() -> Recipes:
    """Read RECIPES; raises UserError."""
    return _checked(Recipes, _content(RECIPES, Recipes), RECIPES)


def _content(path: str | Path, model: type[Section]) -> dict:
    """What the file holds; raises UserError where that is no mapping."""
    try:
        content = yaml.load(Path(path).read_text("utf-8"), _Loader)
    except FileNotFoundError:
        raise UserError(f"{path}: no such file; run this where params.yaml is") from None
    except (ValueError, yaml.YAMLError) as error:
        raise UserError(f"{path}: not valid YAML: {error}") from None
    except RecursionError:
        raise UserError(f"{path}: nested too deeply; expected sections of parameters") from None
    if not isinstance(content, dict):
        raise UserError(f"{path}: expected the sections {', '.join(model.model_fields)}")
    return content


def _checked(model: type[Section], content: dict, path: str | Path, place: str = "") -> Any:
    """`content` as a `model`; raises UserError that says where, in the file's `place`, it is wrong."""
    try:
        return model.model_validate(content)
    except ValidationError as error:
        mistakes = (f"{place}.{_explain(one, model)}".lstrip(".") for one in error.errors())
        raise UserError(f"{path}: " + "; ".join(mistakes)) from None


def _explain(error: dict, model: type[Section]) -> str:
    """Put one of pydantic's errors the way a user of params.yaml would."""
    *parents, key = error["loc"]
    where = ".".join(map(str, error["loc"]))
    if error["type"] == "missing":
        return f"{where}: missing"
    if error["type"] == "extra_forbidden":
        if parents:
            sections = {name: field.annotation for name, field in Params.model_fields.items()}
            model = {**sections, "common": Common}.get(parents[-1], Overrides)
        close = get_close_matches(str(key), model.model_fields, n=1)
        return f"{where}: unknown key" + (f"; did you mean {close[0]}?" if close else "")
    message = error["msg"][0].lower() + error["msg"][1:]
    return f"{where}: {message}, not {error['input']!r}"
