"""Split the reviews, fit the vocabulary on the training part, and turn all tokens into ids."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from sentiment import params
from sentiment.data import dataset, keras_imdb
from sentiment.data.vocabulary import Vocabulary
from sentiment.errors import UserError
from sentiment.system import command, files
from sentiment.system.parallel import parallel_map


def main(clean: Path, tokens: Path, metrics: Path, recipe: params.Recipe = None) -> None:
    """Turn the CLEAN reviews into a folder of TOKENS and METRICS about them.

    CLEAN may be Keras's imdb.npz as well, which brings its own split and ids.
    """
    settings = params.load("split", "tokenize", recipe=recipe)
    vocabulary = Vocabulary(
        **settings.tokenize.model_dump(include={"tokenizer", "lowercase", "max_tokens", "head", "numbering"})
    )
    prepare = from_imdb if clean.suffix == ".npz" else from_table
    reviews, labels, rows, vocabulary = prepare(clean, settings, vocabulary)
    parts = {
        part: dataset.ragged(
            [vocabulary.encode(reviews[row]) for row in rows[part]], labels[rows[part]], rows[part]
        )
        for part in dataset.PARTS
    }
    lengths = np.array([len(review) for review in reviews])
    cut = np.array([vocabulary.truncates(review) for review in reviews])
    summary = {
        part: describe(parts[part], lengths[rows[part]], cut[rows[part]], vocabulary)
        for part in dataset.PARTS
    }
    with files.replacing(tokens) as folder:
        for part, content in parts.items():
            content.save(folder / part)
        vocabulary.save(folder / "vocabulary.json")
    files.write_json(metrics, {"vocabulary": vocabulary.size, **summary})


Prepared = tuple[list[list[str]], np.ndarray, dict[str, np.ndarray], Vocabulary]


def from_table(clean: Path, settings, vocabulary: Vocabulary) -> Prepared:
    """The tokens of all reviews, their labels, which rows are in which part, and the fitted vocabulary."""
    try:
        table = pq.read_table(clean)
        texts, labels = table["text"].to_pylist(), table["label"].to_numpy()
    except FileNotFoundError:
        raise UserError(f"{clean}: no such file; run `dvc repro clean` or `dvc pull`") from None
    except (pa.ArrowException, OSError, KeyError) as error:
        if files.of_the_system(error):
            raise
        raise UserError(f"{clean}: not cleaned reviews, or damaged; run `dvc repro clean`") from None
    rows = dataset.split(labels, **settings.split.model_dump())
    reviews = parallel_map(vocabulary.tokenize, texts, "tokenize")
    train = (reviews[row] for row in rows["train"])
    vocabulary = vocabulary.fit(train, settings.tokenize.vocabulary_size, settings.tokenize.min_count)
    return reviews, labels, rows, vocabulary


def from_imdb(clean: Path, settings, vocabulary: Vocabulary) -> Prepared:
    """The same of imdb.npz: its parts and ranks as they are, the validation part from its training part.

    It holds no words: the token of rank 7 is `#7`.
    """
    if vocabulary.numbering != "imdb":
        raise UserError(f"{clean}: holds ids, not texts: tokenize.numbering must be imdb for it")
    parts = keras_imdb.read(clean)
    ranked = [review for reviews, _ in parts.values() for review in reviews]
    labels = np.concatenate([labels for _, labels in parts.values()])
    known = min(settings.tokenize.vocabulary_size, max(map(max, filter(None, ranked)), default=0))
    names = [f"#{rank}" for rank in range(1, known + 1)]
    train, test = np.split(np.arange(len(labels)), [len(parts["train"][1])])
    train, validation = dataset.hold_out(train, labels, settings.split.validation, settings.split.seed)
    rows = dict(zip(dataset.PARTS, map(np.sort, (train, validation, test)), strict=True))
    reviews = [[names[rank - 1] if rank <= known else "#" for rank in review] for review in ranked]
    return reviews, labels, rows, replace(vocabulary, tokens=tuple(names))


def describe(part: dataset.Reviews, lengths: np.ndarray, cut: np.ndarray, vocabulary: Vocabulary) -> dict:
    """Say of a part what tokenizing cost it.

    `lengths`, int (reviews), are the tokens before truncation; `cut`, bool (reviews), says who lost some.
    """
    return {
        "reviews": len(part),
        "positive": int(part.labels.sum()),
        "median_tokens": float(np.median(lengths)),
        "truncated_share": round(float(cut.mean()), 4),
        "unknown_share": round(float((part.ids == vocabulary.unknown).mean()), 4),
    }


if __name__ == "__main__":
    command.run(main)
