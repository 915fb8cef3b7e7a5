"""Split the reviews, fit the vocabulary on the training part, and turn all tokens into ids."""

import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from sentiment import params
from sentiment.data import dataset, keras_imdb, near_duplicates
from sentiment.data.vocabulary import Vocabulary
from sentiment.errors import UserError
from sentiment.system import command, files, one_writer, untrusted
from sentiment.system.parallel import parallel_map

MANY_UNKNOWN = 0.2  # of the tokens of the validation part; above it there is a warning


@dataclass(frozen=True)
class Corpus:
    """n reviews as tokens, split into parts.

    reviews: the tokens of each review.
    labels: int8 (n), 1 for positive.
    rows: the row numbers of each part, ascending.
    vocabulary: fitted on the training part.
    groups: the group of each review, or None if the split was not by group.
    first: int (n), the first of the near-duplicates of each review, or None if the split came with them.
    """

    reviews: list[list[str]]
    labels: np.ndarray
    rows: dict[str, np.ndarray]
    vocabulary: Vocabulary
    groups: list[str] | None = None
    first: np.ndarray | None = None


def main(clean: Path, tokens: Path, metrics: Path, recipe: params.Recipe = None) -> None:
    """Turn the CLEAN reviews into token ids in the folder TOKENS, with METRICS about them.

    CLEAN can also be Keras's imdb.npz, which brings its own split and ids.
    """
    read = read_imdb if clean.suffix == ".npz" else read_table
    with one_writer.replacing(
        (tokens, metrics), [clean], lambda: params.load("split", "tokenize", recipe=recipe)
    ) as (settings, parts):
        write(read(clean, settings), *parts)


def write(corpus: Corpus, tokens: Path, metrics: Path) -> None:
    """Write the ids of each part and the vocabulary into the folder `tokens`, and `metrics` about them."""
    summary: dict[str, Any] = {"vocabulary": corpus.vocabulary.size}
    for part, rows in corpus.rows.items():
        ids = [corpus.vocabulary.encode(corpus.reviews[row]) for row in rows]
        reviews = dataset.ragged(ids, corpus.labels[rows], rows)
        reviews.save(tokens / part)
        summary[part] = summarize(corpus, reviews)
    corpus.vocabulary.save(tokens / "vocabulary.json")
    files.write_json(metrics, summary)
    if (unknown := summary["validation"]["unknown_share"]) > MANY_UNKNOWN:
        print(
            f"warning: {unknown:.0%} of the validation part's tokens are unknown: set tokenize.tokenizer: "
            "characters for a language without spaces, or else a lower tokenize.min_count",
            file=sys.stderr,
        )


def read_table(clean: Path, settings: Any) -> Corpus:
    """Read, split and tokenize the reviews of a Parquet file, and fit the vocabulary."""
    texts, labels, groups = read_columns(clean)
    first = near_duplicates.first_of_each(texts)
    shares = settings.split.model_dump()
    if groups is None:
        rows = dataset.together(dataset.split(labels, **shares), first)
    else:
        rows = dataset.split(labels, **shares, groups=near_duplicates.merged(groups, first).tolist())
    return replace(tokenize(texts, labels, groups, rows, settings), first=first)


def read_columns(clean: Path) -> tuple[list[str], np.ndarray, list[str] | None]:
    """Return the texts, the labels, int8 (n), and the groups, if any, of the reviews of a Parquet file."""
    try:
        untrusted.check(clean)
        table = pq.read_table(clean)
        groups = table["group"].to_pylist() if "group" in table.column_names else None
        return table["text"].to_pylist(), table["label"].to_numpy(), groups
    except FileNotFoundError:
        raise UserError(f"{clean}: no such file; run `dvc repro clean` or `dvc pull`") from None
    except (pa.ArrowException, OSError, KeyError) as error:
        if files.is_system_error(error):
            raise
        raise UserError(f"{clean}: not cleaned reviews, or damaged; run `dvc repro clean`") from None


def tokenize(
    texts: list[str],
    labels: np.ndarray,
    groups: list[str] | None,
    rows: dict[str, np.ndarray],
    settings: Any,
) -> Corpus:
    """Tokenize `texts`, and fit the vocabulary on those in the training part of `rows`."""
    vocabulary = unfitted(settings)
    reviews = parallel_map(vocabulary.tokenize, texts, "tokenize")
    train = (reviews[row] for row in rows["train"])
    vocabulary = vocabulary.fit(train, settings.tokenize.vocabulary_size, settings.tokenize.min_count)
    return Corpus(reviews, labels, rows, vocabulary, groups)


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
    train, validation = dataset.hold_out(train, labels, settings.split.validation, settings.split.seed)
    rows = dict(zip(dataset.PARTS, map(np.sort, (train, validation, test)), strict=True))
    known = min(settings.tokenize.vocabulary_size, max(map(max, filter(None, ranked)), default=0))
    names = tuple(f"#{rank}" for rank in range(1, known + 1))
    reviews = [[names[rank - 1] if rank <= known else "#" for rank in review] for review in ranked]
    return Corpus(reviews, labels, rows, unfitted(settings, names))


def unfitted(settings: Any, tokens: tuple[str, ...] = ()) -> Vocabulary:
    """Return a vocabulary of `tokens` with the settings of params.yaml."""
    fields = settings.tokenize.model_dump(exclude={"vocabulary_size", "min_count"})
    return Vocabulary(**fields, tokens=tokens)


def summarize(corpus: Corpus, part: dataset.Reviews) -> dict[str, float]:
    """Return the size of a part, and how many of its reviews are truncated and of its tokens unknown.

    `groups` is the number of its groups, where the split was by group, `near_duplicates` how many of its
    reviews are nearly the same as another, which is in the same part.
    """
    tokens = [corpus.reviews[row] for row in part.rows]
    truncated = [corpus.vocabulary.truncates(review) for review in tokens]
    groups = {} if corpus.groups is None else {"groups": len({corpus.groups[row] for row in part.rows})}
    alike = {}
    if corpus.first is not None:
        sizes = np.bincount(corpus.first)
        alike = {"near_duplicates": int((sizes[corpus.first[part.rows]] > 1).sum())}
    return {
        "reviews": len(part),
        **groups,
        **alike,
        "positive": int(part.labels.sum()),
        "median_tokens": float(np.median([len(review) for review in tokens])),
        "truncated_share": round(float(np.mean(truncated)), 4),
        "unknown_share": round(float((part.ids == corpus.vocabulary.unknown).mean()), 4),
    }


if __name__ == "__main__":
    command.run(main)
