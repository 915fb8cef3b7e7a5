"""params.yaml, checked: the one place that knows every parameter's type and range."""

from difflib import get_close_matches
from pathlib import Path
from types import SimpleNamespace
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from sentiment.console import UserError
from sentiment.text import TOKENIZERS


def _number(value: Any) -> Any:
    """Read 1e-3 as the number it is to DVC (YAML 1.2); to PyYAML (YAML 1.1) it is a text."""
    if isinstance(value, str):
        try:
            return float(value)
        except ValueError:
            pass
    return value


Number = Annotated[float, BeforeValidator(_number), Field(allow_inf_nan=False)]
Share = Annotated[Number, Field(ge=0, lt=1)]
Count = Annotated[int, Field(ge=1)]
Size = Annotated[int, Field(ge=0)]
Seed = Annotated[int, Field(ge=0, lt=2**32)]
Name = Annotated[str, Field(min_length=1)]


class Section(BaseModel):
    """A section of params.yaml: each key known, of its very type, and there."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Data(Section):
    csv: Name


class Download(Section):
    kaggle: Name
    stanford: Name
    stanford_hash: Annotated[str, Field(pattern="^sha256:[0-9a-f]{64}$")]
    timeout: Annotated[Number, Field(gt=0)]
    rows: Count


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
    vocabulary_size: Count
    min_count: Count
    max_tokens: Count
    head: Annotated[Number, Field(ge=0, le=1)]


class Baseline(Section):
    max_ngram: Annotated[int, Field(ge=1, le=5)]
    min_count: Count
    smoothing: Annotated[Number, Field(gt=0)]
    C: Annotated[Number, Field(gt=0)]


class Embedding(Section):
    init: Literal["word2vec", "uniform"]
    size: Count
    window: Count
    epochs: Count
    seed: Seed


class Model(Section):
    ngrams: bool
    votes_dropout: Share
    convolution: Size
    kernel_size: Count
    pool_size: Count
    lstm_units: Count
    lstm_layers: Count
    bidirectional: bool
    chunk_length: Size
    pooling: Literal["last", "max", "mean", "max+mean"]
    word_dropout: Share
    embedding_dropout: Share
    dropout: Share


class Train(Section):
    optimizer: Literal["adam", "adamw", "rmsprop", "sgd"]
    learning_rate: Annotated[Number, Field(gt=0)]
    schedule: Literal["constant", "cosine", "onecycle"]
    average: Share
    batch_size: Count
    epochs: Count
    patience: Count
    seed: Seed
    threads: Count


class Evaluate(Section):
    bootstrap_samples: Count
    calibration_bins: Count
    seed: Seed


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


def load(*sections: str, path: str | Path = "params.yaml") -> Any:
    """Read and check the whole of `path`; return an object with `sections` alone as attributes.

    A stage names here what it reads, and so can read nothing that its `params:` in dvc.yaml do
    not list. Raises UserError, in one line that names every wrong key.
    """
    try:
        content = yaml.safe_load(Path(path).read_text("utf-8"))
    except FileNotFoundError:
        raise UserError(f"{path}: no such file; run this where params.yaml is") from None
    except (UnicodeDecodeError, yaml.YAMLError) as error:
        raise UserError(f"{path}: not valid YAML: {error}") from None
    if not isinstance(content, dict):
        raise UserError(f"{path}: expected the sections {', '.join(Params.model_fields)}")
    try:
        params = Params.model_validate(content)
    except ValidationError as error:
        raise UserError(f"{path}: " + "; ".join(map(_explain, error.errors()))) from None
    return SimpleNamespace(**{section: getattr(params, section) for section in sections})


def _explain(error: dict) -> str:
    """Put one of pydantic's errors the way a user of params.yaml would."""
    *parents, key = error["loc"]
    where = ".".join(map(str, error["loc"]))
    if error["type"] == "missing":
        return f"{where}: missing"
    if error["type"] == "extra_forbidden":
        section = Params.model_fields[parents[0]].annotation if parents else Params
        close = get_close_matches(str(key), section.model_fields, n=1)
        return f"{where}: unknown key" + (f"; did you mean {close[0]}?" if close else "")
    message = error["msg"][0].lower() + error["msg"][1:]
    return f"{where}: {message}, not {error['input']!r}"
