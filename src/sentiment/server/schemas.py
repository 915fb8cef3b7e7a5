"""What goes in and out over HTTP, and how much of it in what time: the models behind /openapi.json."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

TEXTS = 100  # in one request
CHARACTERS = 20_000  # of one text; the longest IMDb review has 14,000
BODY = 2**20  # bytes of one request
SECONDS = 20  # for a body to come in; less than a server that stops waits for

Text = Annotated[str, Field(max_length=CHARACTERS, description="A review as it was typed, HTML and all.")]


class Texts(BaseModel):
    """Reviews to predict."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"texts": ["A fine film."]}]})
    texts: list[Text] = Field(min_length=1, max_length=TEXTS)


class OneText(BaseModel):
    """A review to explain."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"text": "Not a fine film."}]})
    text: Text


class Answer(BaseModel):
    """What the model makes of a review."""

    label: Literal["positive", "negative"]
    probability: float = Field(description="That the review is positive, from 0 to 1.")
    unknown_share: float = Field(description="Share of its words that the model does not know, from 0 to 1.")
    truncated: bool = Field(description="Whether it was too long, and lost its middle.")


class Answers(BaseModel):
    """What the model makes of several reviews, in their order."""

    predictions: list[Answer]


class Piece(BaseModel):
    """A stretch of the review, and what it added to the logit: above 0 it spoke for positive."""

    text: str
    contribution: float


class Reasons(Answer):
    """Which words spoke for which side: the contributions sum to `logit` - `base`."""

    pieces: list[Piece] = Field(description="Joined, their texts are the review without its HTML.")
    base: float = Field(description="The logit of the review if all its words were unknown.")
    logit: float = Field(description="The log odds of positive.")


class Model(BaseModel):
    """The model that answers."""

    path: str
    corpus: str = Field(description="What it was trained on.")
    accuracy: float = Field(description="Share of the corpus's test reviews that it is right on.")
    vocabulary: str = Field(description="SHA-256 of its vocabulary.")


class Health(BaseModel):
    """That the server answers, and with which model."""

    status: Literal["ok"] = "ok"
    model: Model


class Problem(BaseModel):
    """Why a request was refused."""

    detail: str


PROBLEMS = {
    400: {"model": Problem, "description": "The body is not to be read, as what is not UTF-8."},
    408: {"model": Problem, "description": f"The body was not there after {SECONDS} seconds."},
    413: {"model": Problem, "description": f"The body has more than {BODY:,} bytes."},
    415: {"model": Problem, "description": "The body is not said to be JSON."},
    422: {"model": Problem, "description": "The body is not JSON, or not what is expected here."},
    503: {"model": Problem, "description": "Too much is waiting; try again after `Retry-After` seconds."},
}
