"""Which labels of the test part are probably wrong, by confident learning.

Northcutt et al. 2021, Confident Learning, https://doi.org/10.1613/jair.1.12125. A label is doubtful if the
probability of the other one is at least as high as it is on average for the reviews that bear the other. The
probabilities must be those of a model that has not seen the reviews. No label is changed: people are to look.
"""

import numpy as np
import pandas as pd

from sentiment.data.labels import NAMES

SHOWN = 100
PUBLISHED = 0.029  # of IMDb's test labels, which people confirmed: Northcutt et al. 2021, arXiv:2103.14749


def find(labels: np.ndarray, probabilities: np.ndarray) -> np.ndarray:
    """The reviews with doubtful labels, most doubtful first: int64 (doubtful).

    `labels` are int (n), 1 for positive; `probabilities` of positive are float (n), held out.
    """
    from cleanlab.filter import find_label_issues  # takes seconds

    both = np.column_stack([1 - probabilities, probabilities])
    return find_label_issues(
        np.asarray(labels),
        both,
        filter_by="confident_learning",
        return_indices_ranked_by="self_confidence",
        n_jobs=1,
    )


def table(predictions: pd.DataFrame, doubtful: np.ndarray) -> pd.DataFrame:
    """The first SHOWN of `doubtful`: row of data/clean.parquet, label, probabilities, and the reason.

    `predictions` are those of data/predictions.parquet. No text is in it: it can be committed.
    """
    usual = predictions.groupby("label")["network"].mean()  # of positive, by the label they bear
    chosen = predictions.iloc[doubtful[:SHOWN]]
    reasons = [
        reason(label, network, baseline, usual)
        for label, network, baseline in zip(
            chosen["label"], chosen["network"], chosen["baseline"], strict=True
        )
    ]
    return pd.DataFrame(
        {
            "row": chosen["row"].to_numpy(),
            "label": NAMES[chosen["label"].to_numpy()],
            "network": chosen["network"].round(4).to_numpy(),
            "baseline": chosen["baseline"].round(4).to_numpy(),
            "reason": reasons,
        }
    )


def reason(label: int, network: float, baseline: float, usual: "pd.Series") -> str:
    """Why a label is doubted, in words.

    `network` and `baseline` are probabilities of positive, `usual` is the network's mean by label.
    """
    other = 1 - label
    found, mean, ngrams = (value if other else 1 - value for value in (network, usual[other], baseline))
    agree = "agree" if ngrams >= 0.5 else "disagree"
    return (
        f"the network gives {NAMES[other]} {found:.1%}, more than to the average review labelled so "
        f"({mean:.1%}); the n-grams {agree} ({ngrams:.1%})"
    )
