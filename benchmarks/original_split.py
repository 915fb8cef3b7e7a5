"""The stage `tokenize` with the split of the original archive, which `reading` puts in its place in a clone.

The group of each review is its part and its film, such as test/tt0111161. The validation part is split off
the training part, by film.
"""

from pathlib import Path

import numpy as np
from sklearn.model_selection import StratifiedGroupKFold

from sentiment import params
from sentiment.data.clean_reviews import CleanReviews
from sentiment.engine.local import LocalEngine
from sentiment.stages import tokenize
from sentiment.system.command import run


def main(clean: Path, tokens: Path, metrics: Path) -> None:
    """Turn the CLEAN reviews into token ids in the folder TOKENS, with METRICS about them."""
    settings = params.load("split", "tokenize")
    reviews = CleanReviews(clean)
    rows = split(reviews.labels, np.array(reviews.groups), settings.split)
    with LocalEngine() as engine:
        corpus = tokenize.fitted(reviews, rows, settings, engine, clean.parent)
        tokenize.write(corpus, engine, tokens, metrics)


def split(labels: np.ndarray, groups: np.ndarray, config: params.Split) -> dict[str, np.ndarray]:
    """The ascending rows of training, validation and test part."""
    test = np.char.startswith(groups, "test/")
    rest = np.flatnonzero(~test)
    folds = StratifiedGroupKFold(round(1 / config.validation), shuffle=True, random_state=config.seed)
    train, validation = next(folds.split(rest, labels[rest], groups[rest]))
    return {"train": rest[train], "validation": rest[validation], "test": np.flatnonzero(test)}


if __name__ == "__main__":
    run(main)
