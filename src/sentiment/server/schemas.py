"""Requests and responses, and their limits: the models behind /openapi.json."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

TEXTS = 100  # of one request
CHARACTERS = 20_000  # of one text; the longest IMDb review has 14,000
BODY = 2**20  # bytes of one request
SECONDS = 20  # to receive a body; less than the server's grace period

Text = Annotated[str, Field(max_length=CHARACTERS, description="A review as it was typed, with its HTML.")]


class Texts(BaseModel):
    """Reviews to classify."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"texts": ["A fine film."]}]})
    texts: list[Text] = Field(min_length=1, max_length=TEXTS)


class OneText(BaseModel):
    """A review to explain."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"text": "Not a fine film."}]})
    text: Text


class Answer(BaseModel):
    """The prediction for a review."""

    label: str | None = Field(description="One of the model's two labels; null if the model abstained.")
    probability: float = Field(description="Probability that the review is positive.")
    unknown_share: float = Field(description="Share of its words that the vocabulary lacks.")
    truncated: bool = Field(description="Whether it was too long, so that its middle was cut.")
    abstained: bool = Field(description="Whether the model knows no word of it, and so cannot tell.")


class Answers(BaseModel):
    """The predictions for several reviews, in their order."""

    predictions: list[Answer]


class Piece(BaseModel):
    """A piece of the review, and what it added to the logit: above 0 it favours positive."""

    text: str
    contribution: float


class Explained(Answer):
    """A prediction with the contribution of each word; they sum to `logit` - `base`."""

    pieces: list[Piece] = Field(description="Joined, their texts are the review without its HTML.")
    base: float = Field(description="The logit if all its words were unknown.")
    logit: float = Field(description="The log odds of positive.")


class Mistake(BaseModel):
    """A sentence that the model gets wrong."""

    text: str
    label: str = Field(description="The right one.")


class Model(BaseModel):
    """The model in use."""

    path: str
    corpus: str = Field(description="The file that it was trained on.")
    labels: tuple[str, str] = Field(description="What the corpus calls negative and positive.")
    accuracy: float = Field(description="Accuracy on the test part of the corpus.")
    accuracy_interval: tuple[float, float] | None = Field(
        description="The accuracy's 95% interval, if known."
    )
    mistake: Mistake | None = Field(description="One of its mistakes, if it makes any of those looked for.")
    vocabulary: str = Field(description="SHA-256 of its vocabulary.")


class Health(BaseModel):
    """The server is up, and uses this model."""

    status: Literal["ok"] = "ok"
    model: Model


class Problem(BaseModel):
    """Why a request was refused."""

    detail: str


Responses = dict[int | str, dict[str, Any]]
PROBLEMS: Responses = {
    400: {"model": Problem, "description": "The body cannot be read, for example as it is not UTF-8."},
    408: {"model": Problem, "description": f"The body did not arrive within {SECONDS} seconds."},
    413: {"model": Problem, "description": f"The body has more than {BODY:,} bytes."},
    415: {"model": Problem, "description": "The Content-Type is not JSON."},
    422: {"model": Problem, "description": "The body is not JSON, or does not fit the schema."},
    503: {"model": Problem, "description": "Too many texts wait, or the server stops; see `Retry-After`."},
}
ANYWHERE: Responses = {
    421: {"model": Problem, "description": "The server has another name than `Host`."},
    503: {"model": Problem, "description": "The server is stopping."},
}
