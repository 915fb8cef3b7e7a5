"""A split by group: reviews of one group, such as those of one film, never stand in two parts.

The groups are gone through, largest first; each is held out if that brings the held-out share of each label
closer to the wanted one. scikit-learn's StratifiedGroupKFold works like this, for folds of equal size only.
As groups of similar size follow each other, every part gets large and small ones.
"""

from collections.abc import Sequence

import numpy as np

from sentiment.data.labels import NAMES
from sentiment.data.problems import shorten
from sentiment.errors import UserError

ORDERS = 100  # orders of the groups that are tried; the one with the closest shares is taken
TOLERANCE = 0.5  # a part is refused if its size is off by more than this fraction of the wanted one
HELP = "change the shares in params.yaml's split, add reviews of other groups, or change clean.group_column"


def split(
    labels: np.ndarray, groups: Sequence[str], test: float, validation: float, seed: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the ascending rows for training, validation and test; review i is of the group `groups[i]`.

    `test` is a fraction of all reviews, `validation` a fraction of the others. The order of the rows does not
    change the part of a group. Raises UserError if the groups allow no part of about the wanted size, or with
    both labels; it names the group that is most in the way.
    """
    names, numbers = np.unique(np.array(groups, object), return_inverse=True)
    counts = np.bincount(2 * numbers + labels, minlength=2 * len(names)).reshape(-1, 2)
    if len(names) < 3:
        sizes = zip(map(shorten, names), counts.sum(axis=1), strict=True)
        listed = " and ".join(f"{name} of {size:,} reviews" for name, size in sizes)
        raise UserError(f"the parts of the split need a group each, but there is only {listed}; {HELP}")
    rows: list[np.ndarray] = []
    for part, share in ("test", test), ("validation", validation):
        held = hold_out(counts, share, seed)
        if problem := _problem(counts, held, share, names):
            raise UserError(f"split.{part} is {share:g}, but in whole groups that part {problem}; {HELP}")
        rows.append(np.flatnonzero(held[numbers]))
        counts = np.where(held[:, None], 0, counts)
    return np.flatnonzero(counts.sum(axis=1)[numbers]), rows[1], rows[0]


def hold_out(counts: np.ndarray, share: float, seed: int) -> np.ndarray:
    """Return which groups to hold out, for about a `share` of the reviews of each label: bool (groups).

    counts: int (groups, 2), the negative and the positive reviews in each group.
    """
    random = np.random.default_rng(seed)
    magnitudes = np.frexp(counts.sum(axis=1))[1]  # 8 to 15 reviews are of one magnitude
    shuffled = (random.permutation(len(counts)) for _ in range(ORDERS))
    orders = np.stack([order[np.argsort(-magnitudes[order], kind="stable")] for order in shuffled])
    fractions = counts / np.maximum(counts.sum(axis=0), 1)
    held = np.zeros(orders.shape, bool)
    excess = np.zeros((ORDERS, 2))  # by how much more than `share` of the groups so far is held, by label
    for groups in orders.T:
        taken, left = excess + (1 - share) * fractions[groups], excess - share * fractions[groups]
        closer = (taken**2).sum(axis=1) < (left**2).sum(axis=1)
        held[np.arange(ORDERS), groups] = closer
        excess = np.where(closer[:, None], taken, left)
    return held[(excess**2).sum(axis=1).argmin()]


def _problem(counts: np.ndarray, held: np.ndarray, share: float, names: np.ndarray) -> str | None:
    """Return what is wrong with the part of the `held` groups, or None."""
    sizes, wanted = counts.sum(axis=1), share * counts.sum()
    if abs(sizes[held].sum() - wanted) > TOLERANCE * wanted:
        largest = f"the largest, {shorten(names[sizes.argmax()])}, has {sizes.max():,}"
        return f"would get {sizes[held].sum():,} of {sizes.sum():,} reviews: {largest}"
    for name, of_label in zip(NAMES, counts.T, strict=True):
        if of_label[held].sum() in (0, of_label.sum()):
            amount = "all" if of_label[held].any() else "none"
            most = f"{shorten(names[of_label.argmax()])} has {of_label.max():,}"
            return f"would get {amount} of the {of_label.sum():,} {name} reviews: {most}"
    return None
