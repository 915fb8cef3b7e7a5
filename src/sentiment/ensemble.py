"""How base models are stacked: a weighted sum of their logits, fitted by logistic regression.

Wolpert 1992, Stacked Generalization, https://doi.org/10.1016/S0893-6080(05)80023-1. Training, evaluation,
export and prediction all combine the LSTMs with the n-gram classifier here, in NumPy.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from sentiment.data.dataset import Reviews
from sentiment.data.vocabulary import Vocabulary
from sentiment.errors import UserError
from sentiment.ngrams.table import Classifier
from sentiment.system import files

# The base models: the LSTM that reads the n-grams' votes, too; the one that also learns from reversed copies
# of reviews; and the n-gram classifier.
LSTM, READER, NGRAMS = "lstm", "reader", "ngrams"
# By base model, float (reviews): the log odds of positive.
BaseLogits = Mapping[str, np.ndarray]


@dataclass(frozen=True)
class Ensemble:
    """A linear combination of the logits of base models.

    weights: one for each.
    intercept: added to their sum.
    """

    weights: dict[str, float]
    intercept: float

    @classmethod
    def fit(
        cls, base_logits: BaseLogits, labels: np.ndarray, sample_weight: np.ndarray | None = None
    ) -> "Ensemble":
        """Fit the weights on reviews that no base model was trained on; a single base model stays as it is.

        `labels` are int (reviews), 1 for positive and 0 for negative; `sample_weight`, float (reviews), is
        how much each review counts, 1 by default. Raises UserError where a label is missing.
        """
        if len(base_logits) == 1:
            return cls(dict.fromkeys(base_logits, 1.0), 0.0)
        if len(np.unique(labels)) < 2:
            raise UserError(
                "the validation part needs positive and negative reviews to stack the base models; "
                "enlarge split.validation or the corpus"
            )
        weights, intercept = _regression(list(base_logits.values()), labels, sample_weight)
        return cls(dict(zip(base_logits, weights, strict=True)), intercept)

    def calibrated(
        self, base_logits: BaseLogits, labels: np.ndarray, sample_weight: np.ndarray | None = None
    ) -> "Ensemble":
        """The same with all weights multiplied, and the intercept moved, to fit the usual reviews alone.

        `labels` and `sample_weight` are as in `fit`. Weights that were fitted on harder reviews, too, make it
        too cautious. Platt 1999, Probabilistic Outputs for Support Vector Machines.
        """
        (factor,), intercept = _regression([self.logits(base_logits)], labels, sample_weight)
        weights = {name: factor * weight for name, weight in self.weights.items()}
        return Ensemble(weights, factor * self.intercept + intercept)

    def logits(self, base_logits: BaseLogits) -> np.ndarray:
        """The log odds of positive: float64 (reviews)."""
        # Not a matrix product, whose last bits depend on how many reviews there are.
        terms = [weight * np.asarray(base_logits[name], np.float64) for name, weight in self.weights.items()]
        return np.sum(terms, axis=0) + self.intercept

    @property
    def takes_ngrams(self) -> bool:
        """Whether the n-gram classifier is one of the base models."""
        return NGRAMS in self.weights

    @property
    def networks(self) -> list[str]:
        """The base models that are LSTMs, in the order in which the network gives their logits."""
        return [name for name in (LSTM, READER) if name in self.weights]

    def to_dict(self) -> dict:
        """Its weights and intercept, as JSON holds them."""
        return asdict(self)

    @classmethod
    def from_dict(cls, content: dict) -> "Ensemble":
        """The ensemble that `to_dict` described; raises ValueError for anything else."""
        if not isinstance(content, dict) or set(content) != {"weights", "intercept"}:
            raise ValueError("not an ensemble")
        weights, intercept = content["weights"], content["intercept"]
        if not isinstance(weights, dict) or not {LSTM} <= set(weights) <= {LSTM, READER, NGRAMS}:
            raise ValueError("unknown base models")
        if not all(_is_finite(number) for number in [*weights.values(), intercept]):
            raise ValueError("weights that are not finite numbers")
        return cls(weights, intercept)

    def save(self, path: str | Path, vocabulary: Vocabulary) -> None:
        """Write it as JSON, with the fingerprint of the vocabulary that its base models read."""
        files.write_json(path, {**self.to_dict(), "vocabulary": vocabulary.fingerprint})

    @classmethod
    def load(cls, path: str | Path, vocabulary: Vocabulary) -> "Ensemble":
        """Read what `save` wrote; raises UserError where there is none, or one of another vocabulary."""
        try:
            content = files.read_json(path)
            fingerprint = content.pop("vocabulary")
            ensemble = cls.from_dict(content)
        except FileNotFoundError:
            raise UserError(f"{path}: no such file; run `dvc repro train` or `dvc pull`") from None
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            raise UserError(f"{path}: not an ensemble of this project; run `dvc repro train`") from None
        if fingerprint != vocabulary.fingerprint:
            raise UserError(f"{path}: fitted with another vocabulary; run `dvc repro train`")
        return ensemble


def of_ngrams(classifier: Classifier, reviews: Reviews) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """The votes of n-grams, float32 (tokens, max_ngram), and what an ensemble takes from the classifier."""
    votes, logits = classifier.votes_and_logits(reviews)
    return votes, {NGRAMS: logits}


def _regression(
    columns: list[np.ndarray], labels: np.ndarray, sample_weight: np.ndarray | None = None
) -> tuple[list[float], float]:
    """A weight for each column, and an intercept."""
    # scikit-learn takes a second to import: only what trains pays for it.
    from sklearn.linear_model import LogisticRegression

    fitted = LogisticRegression().fit(np.column_stack(columns), labels, sample_weight)
    return fitted.coef_[0].tolist(), float(fitted.intercept_[0])


def _is_finite(number: object) -> bool:
    return isinstance(number, int | float) and not isinstance(number, bool) and bool(np.isfinite(number))
