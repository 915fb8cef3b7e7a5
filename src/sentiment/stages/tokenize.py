"""Split the reviews, fit the vocabulary on the training part, and turn all tokens into ids."""

import sys
from collections.abc import Callable, Iterable, Sized
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from sentiment import params
from sentiment.data import dataset, keras_imdb, near_duplicates, splitting, tokenizing
from sentiment.data.clean_reviews import PART, CleanReviews
from sentiment.data.dataset import Reviews
from sentiment.data.tokenizing import Encoded
from sentiment.data.vocabulary import Vocabulary
from sentiment.engine import choice
from sentiment.engine.base import Engine
from sentiment.errors import UserError
from sentiment.system import command, files, one_writer

MANY_UNKNOWN = 0.2  # of the tokens of the validation part; above it there is a warning


@dataclass(frozen=True)
class Corpus:
    """n reviews, split into parts for training, validation and test.

    source: the reviews in their order, some at a time, in a form that `encode` takes.
    labels: int8 (n), 1 for positive.
    rows: the row numbers of each part, ascending.
    vocabulary: fitted on the training part.
    groups: the group of each review, or None if the split was not by group.
    first: int (n), the first of the near-duplicates of each review, or None if the split came with them.
    """

    source: Iterable[Sized]
    encode: Callable[[Any], Encoded]
    labels: np.ndarray
    rows: dict[str, np.ndarray]
    vocabulary: Vocabulary
    groups: list[str] | None = None
    first: np.ndarray | None = None


def main(clean: Path, tokens: Path, metrics: Path, recipe: params.Recipe = None) -> None:
    """Turn the CLEAN reviews into token ids in the folder TOKENS, with METRICS about them.

    CLEAN can also be Keras's imdb.npz, which brings its own split and ids.
    """
    with (
        one_writer.replacing(
            (tokens, metrics),
            [clean],
            lambda: params.load("split", "tokenize", "engine", "dask", recipe=recipe),
        ) as (settings, (tokens, metrics)),
        choice.opened(settings.engine, **settings.dask.model_dump()) as engine,
    ):
        if clean.suffix == ".npz":
            corpus = read_imdb(clean, settings)
        else:
            corpus = read_table(clean, settings, engine, tokens.parent)
        write(corpus, engine, tokens, metrics)


def write(corpus: Corpus, engine: Engine, tokens: Path, metrics: Path) -> None:
    """Write the ids of each part and the vocabulary into the folder `tokens`, and `metrics` about them."""
    counts = write_ids(corpus, engine, tokens)
    corpus.vocabulary.save(tokens / "vocabulary.json")
    summary: dict[str, Any] = {"vocabulary": corpus.vocabulary.size}
    summary |= {part: summarize(corpus, rows, counts) for part, rows in corpus.rows.items()}
    files.write_json(metrics, summary)
    if (unknown := summary["validation"]["unknown_share"]) > MANY_UNKNOWN:
        print(
            f"warning: {unknown:.0%} of the validation part's tokens are unknown: set tokenize.tokenizer: "
            "characters for a language without spaces, or else a lower tokenize.min_count",
            file=sys.stderr,
        )


def write_ids(corpus: Corpus, engine: Engine, tokens: Path) -> np.ndarray:
    """Write the ids of each part; return what `Encoded` counts in each review, int32 (n, 4)."""
    number_of_part = np.empty(len(corpus.labels), np.int8)
    for number, rows in enumerate(corpus.rows.values()):
        number_of_part[rows] = number
    counts, start = [], 0
    with ExitStack() as stack:
        appends = [stack.enter_context(dataset.growing(tokens / part)) for part in corpus.rows]
        for encoded in engine.map(corpus.encode, corpus.source, "tokenize", len(corpus.labels)):
            rows = np.arange(start, start + len(encoded.counts), dtype=np.int32)
            reviews = Reviews(encoded.ids, encoded.offsets, corpus.labels[rows], rows)
            for number, append in enumerate(appends):
                append(reviews.take(np.flatnonzero(number_of_part[rows] == number)))
            counts.append(encoded.counts)
            start += len(rows)
    return np.concatenate(counts)


def read_table(clean: Path, settings: Any, engine: Engine, folder: Path) -> Corpus:
    """Read and split reviews in Parquet, and fit the vocabulary; hashes and counts wait in `folder`."""
    reviews = CleanReviews(clean)
    first = near_duplicates.first_of_each(reviews, engine, folder)
    shares = settings.split.model_dump()
    if reviews.groups is None:
        rows = splitting.together(splitting.split(reviews.labels, **shares), first)
    else:
        groups = near_duplicates.merged(reviews.groups, first).tolist()
        rows = splitting.split(reviews.labels, **shares, groups=groups)
    return fitted(reviews, rows, settings, engine, folder, first)


def fitted(
    reviews: CleanReviews,
    rows: dict[str, np.ndarray],
    settings: Any,
    engine: Engine,
    folder: Path,
    first: np.ndarray | None = None,
) -> Corpus:
    """The corpus of `reviews` with the parts `rows`, and a vocabulary fitted on the training part."""
    size, min_count = settings.tokenize.vocabulary_size, settings.tokenize.min_count
    training = reviews.parts(rows["train"])
    vocabulary = tokenizing.fit(unfitted(settings), training, size, min_count, engine, folder)
    encode = partial(tokenizing.encode, vocabulary)
    return Corpus(reviews.parts(), encode, reviews.labels, rows, vocabulary, reviews.groups, first)


def read_imdb(archive: Path, settings: Any) -> Corpus:
    """Read Keras's imdb.npz: its parts and ranks, with a validation part split off its training part.

    It has ranks in place of words: the token of rank 7 is `#7`.
    """
    if settings.tokenize.numbering != "imdb":
        raise UserError(f"{archive}: holds ids, not texts: tokenize.numbering must be imdb for it")
    parts = keras_imdb.read(archive)
    ranked = [review for ranks, _ in parts.values() for review in ranks]
    labels = np.concatenate([labels for _, labels in parts.values()])
    train, test = np.split(np.arange(len(labels)), [len(parts["train"][1])])
    train, validation = splitting.hold_out(train, labels, settings.split.validation, settings.split.seed)
    rows = dict(zip(dataset.PARTS, map(np.sort, (train, validation, test)), strict=True))
    known = min(settings.tokenize.vocabulary_size, max(map(max, filter(None, ranked)), default=0))
    names = tuple(f"#{rank}" for rank in range(1, known + 1))
    reviews = [[names[rank - 1] if rank <= known else "#" for rank in review] for review in ranked]
    source = [reviews[start : start + PART] for start in range(0, len(reviews), PART)]
    vocabulary = unfitted(settings, names)
    return Corpus(source, partial(tokenizing.encode_tokens, vocabulary), labels, rows, vocabulary)


def unfitted(settings: Any, tokens: tuple[str, ...] = ()) -> Vocabulary:
    """Return a vocabulary of `tokens` with the settings of params.yaml."""
    fields = settings.tokenize.model_dump(exclude={"vocabulary_size", "min_count"})
    return Vocabulary(**fields, tokens=tokens)


def summarize(corpus: Corpus, rows: np.ndarray, counts: np.ndarray) -> dict[str, float]:
    """Return the size of a part, and how many of its reviews are truncated and of its tokens unknown.

    `rows` are those of the part, `counts` is what `write_ids` returns. `groups` is the number of its groups,
    where the split was by group, `near_duplicates` how many of its reviews are nearly the same as another,
    which is in the same part.
    """
    tokens, truncated, ids, unknown = counts[rows].T
    groups = {} if corpus.groups is None else {"groups": len({corpus.groups[row] for row in rows})}
    alike = {}
    if corpus.first is not None:
        sizes = np.bincount(corpus.first)
        alike = {"near_duplicates": int((sizes[corpus.first[rows]] > 1).sum())}
    return {
        "reviews": len(rows),
        **groups,
        **alike,
        "positive": int(corpus.labels[rows].sum()),
        "median_tokens": float(np.median(tokens)),
        "truncated_share": round(float(truncated.mean()), 4),
        "unknown_share": round(float(unknown.sum() / ids.sum()), 4),
    }


if __name__ == "__main__":
    command.run(main)
