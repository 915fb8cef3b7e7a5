"""`sentiment predict`: say of texts whether they are positive."""

import io
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

import sentiment
from sentiment.data.text import clean
from sentiment.errors import UserError, printable

STDIN = Path("-")


def predict(
    texts: Annotated[
        list[str] | None,
        typer.Argument(metavar="TEXT", help="Reviews. Without any, standard input is one."),
    ] = None,
    file: Annotated[
        list[Path] | None,
        typer.Option(help="A file that is a review; - is standard input. May be repeated."),
    ] = None,
    lines: Annotated[
        bool, typer.Option("--lines", help="Each line of a file or of standard input is a review.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
    explain: Annotated[
        bool, typer.Option("--explain", help="Show which words spoke for which side.")
    ] = False,
    model: Annotated[Path | None, typer.Option(help="Folder of an exported model.")] = None,
) -> None:
    """Say of each TEXT whether it is positive.

    With it come the probability of positive, the share of words that are unknown,
    and whether the text was so long that its middle was cut.
    """
    if lines and texts:  # of which the file's name is likely to be one
        raise UserError("--lines reads files and standard input, no TEXT; name the file with --file")
    reviews = list(_read(texts or [], file or ([] if texts else [STDIN]), lines))
    predictor = sentiment.load(model)
    print(printable(predictor.artifact.description), file=sys.stderr)
    answers = (_explained if explain else _predicted)(predictor, reviews)
    if as_json:
        for answer in answers:
            print(json.dumps(answer))
    elif explain:
        from sentiment.cli import explanation  # rich takes a while to import

        for answer in answers:
            explanation.show(answer)
    else:
        _table(answers)


def _read(texts: list[str], paths: list[Path], lines: bool) -> Iterator[tuple[str, str]]:
    """Each text, and before it where it comes from; raises UserError where there is none."""
    for number, text in enumerate(texts, 1):
        yield _nonempty(f"argument {number}", text)
    for path in paths:
        source = "standard input" if path == STDIN else str(path)
        source, text = _nonempty(source, _content(path, source))
        if not lines:
            yield source, text
            continue
        for number, line in enumerate(io.StringIO(text, newline=None), 1):
            if clean(line):
                yield f"{source}, line {number}", line


def _nonempty(source: str, text: str) -> tuple[str, str]:
    if not clean(text):
        raise UserError(f"{source}: empty; expected a text")
    return source, text


def _content(path: Path, source: str) -> str:
    """What stands in the file at `path`, or in standard input; raises UserError where it cannot be read."""
    try:
        if path == STDIN and sys.stdin.isatty():
            print("Type a review, then Ctrl-D in a line of its own:", file=sys.stderr)
        return (sys.stdin.buffer.read() if path == STDIN else path.read_bytes()).decode("utf-8")
    except OSError as error:
        raise UserError(f"{source}: {error.strerror}; expected a text file") from None
    except UnicodeDecodeError as error:
        raise UserError(f"{source}: not UTF-8, at byte {error.start}; save it as UTF-8") from None


def _predicted(predictor, reviews: list[tuple[str, str]]) -> Iterator[dict]:
    """What `predictor` makes of each (source, text), by the names that --json shows."""
    predictions = predictor.predict([text for _, text in reviews])
    labels = predictions.label  # worked out anew whenever it is asked for
    for index, (source, text) in enumerate(reviews):
        yield _answer(source, clean(text), labels[index], predictions, index)


def _explained(predictor, reviews: list[tuple[str, str]]) -> Iterator[dict]:
    """The same, with the reasons."""
    from sentiment.inference.explain import explain

    for source, text in reviews:
        why = explain(predictor, text)
        label = why.prediction.label[0]
        pieces = [{"text": one.text, "contribution": round(one.contribution, 6)} for one in why.pieces]
        yield {
            **_answer(source, "".join(one.text for one in why.pieces), label, why.prediction, 0),
            "base": round(why.base, 6),
            "logit": round(why.logit, 6),
            "pieces": pieces,
        }


def _answer(source: str, text: str, label: str, predictions, index: int) -> dict:
    return {
        "source": source,
        "text": text,
        "label": str(label),
        "probability": round(float(predictions.probability[index]), 6),
        "unknown_share": round(float(predictions.unknown_share[index]), 6),
        "truncated": bool(predictions.truncated[index]),
    }


def _table(answers: Iterator[dict]) -> None:
    print("label     P(positive)  unknown  cut  text")
    for answer in answers:
        text = answer["text"] if len(answer["text"]) <= 50 else answer["text"][:49] + "…"
        print(
            f"{answer['label']}  {answer['probability']:11.1%}  {answer['unknown_share']:7.0%}  "
            f"{'yes' if answer['truncated'] else 'no':3}  {_where(answer)}{text}"
        )


def _where(answer: dict) -> str:
    """The file that a text is from; of an argument, its text says enough."""
    return "" if answer["source"].startswith("argument ") else f"{printable(answer['source'])}: "
