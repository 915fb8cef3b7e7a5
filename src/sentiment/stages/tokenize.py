"""Split the reviews, fit the vocabulary on the training part, and turn all tokens into ids."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from sentiment import console, dataset, files, imdb, params
from sentiment.parallel import parallel_map
from sentiment.vocabulary import Vocabulary


def main(clean: Path, tokens: Path, metrics: Path, recipe: params.Recipe = None) -> None:
    """Turn the CLEAN reviews into a folder of TOKENS and METRICS about them.

    CLEAN may be Keras's imdb.npz as well, which brings its own split and ids.
    """
    settings = params.load("split", "tokenize", recipe=recipe)
    words = Vocabulary(
        **settings.tokenize.model_dump(include={"tokenizer", "lowercase", "max_tokens", "head", "numbering"})
    )
    prepare = from_imdb if clean.suffix == ".npz" else from_table
    reviews, labels, rows, words = prepare(clean, settings, words)
    parts = {
        part: dataset.ragged(
            [words.encode(reviews[row]) for row in rows[part]], labels[rows[part]], rows[part]
        )
        for part in dataset.PARTS
    }
    lengths = np.array([len(review) for review in reviews])
    cut = np.array([words.cuts(review) for review in reviews])
    summary = {
        part: describe(parts[part], lengths[rows[part]], cut[rows[part]], words) for part in dataset.PARTS
    }
    with files.replacing(tokens) as folder:
        for part, content in parts.items():
            content.save(folder / part)
        words.save(folder / "vocabulary.json")
    files.write_json(metrics, {"vocabulary": words.size, **summary})


Prepared = tuple[list[list[str]], np.ndarray, dict[str, np.ndarray], Vocabulary]


def from_table(clean: Path, settings, words: Vocabulary) -> Prepared:
    """The tokens of all reviews, their labels, which rows are in which part, and the fitted vocabulary."""
    try:
        table = pq.read_table(clean)
        texts, labels = table["text"].to_pylist(), table["label"].to_numpy()
    except FileNotFoundError:
        raise console.UserError(f"{clean}: no such file; run `dvc repro clean` or `dvc pull`") from None
    except (pa.ArrowException, OSError, KeyError) as error:
        if files.of_the_system(error):
            raise
        raise console.UserError(f"{clean}: not cleaned reviews, or damaged; run `dvc repro clean`") from None
    rows = dataset.split(labels, **settings.split.model_dump())
    reviews = parallel_map(words.tokenize, texts, "tokenize")
    train = (reviews[row] for row in rows["train"])
    words = words.fit(train, settings.tokenize.vocabulary_size, settings.tokenize.min_count)
    return reviews, labels, rows, words


def from_imdb(clean: Path, settings, words: Vocabulary) -> Prepared:
    """The same of imdb.npz: its parts and ranks as they are, the validation part from its training part.

    It holds no words: the token of rank 7 is `#7`.
    """
    if words.numbering != "imdb":
        raise console.UserError(f"{clean}: holds ids, not texts: tokenize.numbering must be imdb for it")
    parts = imdb.read(clean)
    ranked = [review for reviews, _ in parts.values() for review in reviews]
    labels = np.concatenate([labels for _, labels in parts.values()])
    known = min(settings.tokenize.vocabulary_size, max(map(max, filter(None, ranked)), default=0))
    names = [f"#{rank}" for rank in range(1, known + 1)]
    train, test = np.split(np.arange(len(labels)), [len(parts["train"][1])])
    train, validation = dataset.hold_out(train, labels, settings.split.validation, settings.split.seed)
    rows = dict(zip(dataset.PARTS, map(np.sort, (train, validation, test)), strict=True))
    reviews = [[names[rank - 1] if rank <= known else "#" for rank in review] for review in ranked]
    return reviews, labels, rows, replace(words, tokens=tuple(names))


def describe(part: dataset.Reviews, lengths: np.ndarray, cut: np.ndarray, words: Vocabulary) -> dict:
    """Say of a part what tokenizing cost it.

    `lengths`, int (reviews), are the tokens before truncation; `cut`, bool (reviews), says who lost some.
    """
    return {
        "reviews": len(part),
        "positive": int(part.labels.sum()),
        "median_tokens": float(np.median(lengths)),
        "truncated_share": round(float(cut.mean()), 4),
        "unknown_share": round(float((part.ids == words.unknown).mean()), 4),
    }


if __name__ == "__main__":
    console.run(main)
