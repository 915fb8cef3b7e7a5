"""`sentiment predict`: classify texts as positive or negative."""

import io
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

import sentiment
from sentiment.cli import arguments, options
from sentiment.data.text import clean
from sentiment.data.text_file import LONGEST
from sentiment.errors import UserError, printable
from sentiment.system import untrusted

if TYPE_CHECKING:
    import numpy as np

    from sentiment.inference.predictions import Predictions
    from sentiment.inference.predictor import Predictor

STDIN = Path("-")


@dataclass(frozen=True)
class Review:
    """A clean `text`, its `source` (such as a file name), and whether it was an argument."""

    source: str
    text: str
    is_argument: bool = False


def predict(
    texts: Annotated[
        list[str] | None,
        typer.Argument(metavar="TEXT", help="Reviews. Without any, standard input is one review."),
    ] = None,
    file: Annotated[
        list[Path] | None,
        typer.Option(help="File with a review; - for standard input. May be repeated."),
    ] = None,
    lines: Annotated[
        bool, typer.Option("--lines", help="Each line of a file or of standard input is a review.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object per line.")] = False,
    explain: Annotated[bool, typer.Option("--explain", help="Show what each word contributes.")] = False,
    model: options.Model = None,
) -> None:
    """Classify each TEXT as positive or negative.

    Shows the probability of positive, the share of unknown words,
    and whether the text was so long that its middle was cut.
    The label is "can't tell" for a text of which the model knows no word.
    A TEXT that begins with a hyphen comes after --.
    """
    if lines and texts:  # one of which is probably the file's name
        raise UserError("--lines reads files and standard input, no TEXT; name the file with --file")
    reviews = list(_read(texts or [], file or ([] if texts else [STDIN]), lines))
    predictor = sentiment.load(model)
    print(printable(predictor.artifact.description), file=sys.stderr)
    answers = (_explained if explain else _predicted)(predictor, reviews)
    if as_json:
        for answer in answers:
            print(json.dumps(answer))
    elif explain:
        from sentiment.cli import explanation  # rich is slow to import

        for answer in answers:
            explanation.show(answer, predictor.artifact.labels.names)
    else:
        _print_table(reviews, answers, predictor.artifact.labels.names)


def _read(texts: list[str], paths: list[Path], lines: bool) -> Iterator[Review]:
    """Yield the reviews, cleaned; raises UserError where there is none to read."""
    for number, text in enumerate(texts, 1):
        source = f"argument {number}"
        yield Review(source, clean(arguments.decoded(text, source)), is_argument=True)
    for path in paths:
        source = "standard input" if path == STDIN else str(path)
        content = _content(path, source)
        yield from _lines(source, content) if lines else [Review(source, clean(content))]


def _lines(source: str, content: str) -> Iterator[Review]:
    """Yield the lines that are not empty; raises UserError if all are."""
    review = None
    for number, line in enumerate(io.StringIO(content, newline=None), 1):
        if text := clean(line):
            yield (review := Review(f"{source}, line {number}", text))
    if not review:
        raise UserError(f"{source}: empty; expected a review on each line")


def _content(path: Path, source: str) -> str:
    """Return the text in a file or in standard input; raises UserError if it cannot be read."""
    try:
        if path == STDIN and sys.stdin.isatty():
            print("Type a review, then Ctrl-D on a line of its own:", file=sys.stderr)
        content = sys.stdin.buffer.read(LONGEST + 1) if path == STDIN else untrusted.read(path, LONGEST)
        if len(content) > LONGEST:
            raise UserError(f"{source}: more than {LONGEST:,} bytes; `sentiment score` reads larger files")
        return content.decode("utf-8")
    except OSError as error:
        raise UserError(f"{source}: {error.strerror}; expected a text file") from None
    except UnicodeDecodeError as error:
        raise UserError(f"{source}: not UTF-8, at byte {error.start}; save it as UTF-8") from None


def _predicted(predictor: "Predictor", reviews: list[Review]) -> Iterator[dict]:
    """Yield the prediction for each review, with the keys of --json."""
    predictions = predictor.predict_clean([review.text for review in reviews])
    return (_answer(review, predictions, index) for index, review in enumerate(reviews))


def _explained(predictor: "Predictor", reviews: list[Review]) -> Iterator[dict]:
    """Yield the same, with the contribution of each word."""
    from sentiment.inference.explain import explain_clean

    for review in reviews:
        found = explain_clean(predictor, review.text)
        pieces = [{"text": one.text, "contribution": round(one.contribution, 6)} for one in found.pieces]
        yield {
            **_answer(review, found.prediction, 0),
            "base": round(found.base, 6),
            "logit": round(found.logit, 6),
            "pieces": pieces,
        }


def _answer(review: Review, predictions: "Predictions", index: int) -> dict:
    from sentiment.data import labels  # and with it numpy, which --help does without

    return {
        "source": review.source,
        "text": review.text,
        "label": str(predictions.label[index]) or None,
        "probability": int(labels.millionths(predictions.probability[index])) / labels.MILLION,
        "unknown_share": round(float(predictions.unknown_share[index]), 6),
        "truncated": bool(predictions.truncated[index]),
        "abstained": bool(predictions.abstained[index]),
    }


def _print_table(reviews: list[Review], answers: Iterator[dict], names: "np.ndarray") -> None:
    from sentiment.inference.abstention import UNTOLD  # after numpy, like `labels` above

    heading, width = f"P({names[1]})", max(10, *map(len, names))
    print(f"{'label':{width}}  {heading:>11}  unknown  cut  text")
    for review, answer in zip(reviews, answers, strict=True):
        text = review.text if len(review.text) <= 50 else review.text[:49] + "…"
        source = "" if review.is_argument else f"{printable(review.source)}: "
        print(
            f"{answer['label'] or UNTOLD:{width}}  {answer['probability']:{max(11, len(heading))}.1%}  "
            f"{answer['unknown_share']:7.0%}  "
            f"{'yes' if answer['truncated'] else 'no':3}  {source}{text}"
        )
