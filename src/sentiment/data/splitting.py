"""Which reviews are for training, validation and test: a seeded split, stratified by label."""

from collections.abc import Sequence

import numpy as np

from sentiment.data import group_split
from sentiment.data.dataset import PARTS
from sentiment.errors import UserError

MOVED = 0.5  # a part is refused if near-duplicates change its size by more than this fraction


def split(
    labels: np.ndarray, test: float, validation: float, seed: int, groups: Sequence[str] | None = None
) -> dict[str, np.ndarray]:
    """Split the rows into PARTS, stratified by label; return ascending row numbers.

    `test` is a fraction of all rows, `validation` a fraction of the others. If `groups` are given, one for
    each row, no group is in two parts. Raises UserError if there are too few rows, or groups.
    """
    if groups is not None:
        return dict(zip(PARTS, group_split.split(labels, groups, test, validation, seed), strict=True))
    rest, test_rows = hold_out(np.arange(len(labels)), labels, test, seed)
    train_rows, validation_rows = hold_out(rest, labels, validation, seed)
    return dict(zip(PARTS, map(np.sort, (train_rows, validation_rows, test_rows)), strict=True))


def together(rows: dict[str, np.ndarray], first: np.ndarray) -> dict[str, np.ndarray]:
    """Move each row of a split to the part of another, `first`, int (rows); most stay where they are.

    Raises UserError if a part loses or gains more than MOVED of its rows.
    """
    part = np.empty(len(first), int)
    for number, some in enumerate(rows.values()):
        part[some] = number
    moved = {name: np.flatnonzero(part[first] == number) for number, name in enumerate(rows)}
    for name, some in moved.items():
        if abs(len(some) - len(rows[name])) > MOVED * len(rows[name]):
            raise UserError(
                f"too many reviews are nearly the same: kept in one part, they leave {len(some):,} for the "
                f"{name} part instead of {len(rows[name]):,}; drop some, or set clean.group_column"
            )
    return moved


def hold_out(rows: np.ndarray, labels: np.ndarray, share: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Split `rows` into the rest and a held-out fraction `share`, stratified by label.

    Row i has the label `labels[i]`. Raises UserError if there are too few rows.
    """
    # Imported here, as scikit-learn takes a second and prediction does without.
    from sklearn.model_selection import train_test_split

    try:
        return train_test_split(rows, test_size=share, stratify=labels[rows], random_state=seed)
    except ValueError:
        raise UserError(
            f"{len(rows)} reviews cannot be split as params.yaml's split says, both labels in each part; "
            "add reviews or change the shares"
        ) from None
