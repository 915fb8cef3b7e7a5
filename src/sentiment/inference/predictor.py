"""An exported model that answers: texts in, arrays out, without TensorFlow."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from sentiment.data import dataset
from sentiment.data.dataset import Reviews
from sentiment.data.labels import NAMES, decide, probability
from sentiment.data.text import clean
from sentiment.ensemble import NGRAMS
from sentiment.errors import UserError
from sentiment.inference import abstention, artifact

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

BATCH = 16  # reviews that the network reads at once: enough for its matrix products, and within the caches
PADDING = 0.25  # at most, of the shortest of them: padding takes the network as long as tokens do


@dataclass(frozen=True)
class Predictions:
    """The predictions for n texts.

    probability: float32 (n), that the text is positive.
    unknown_share: float32 (n), the share of the tokens read that the vocabulary lacks.
    truncated: bool (n), whether the text was too long, and lost its middle.
    abstained: bool (n), whether the model knows no word of it, and so cannot tell.
    """

    probability: np.ndarray
    unknown_share: np.ndarray
    truncated: np.ndarray
    abstained: np.ndarray

    @property
    def label(self) -> np.ndarray:
        """The label that each probability means, `positive` or `negative`, empty if abstained: str (n)."""
        return np.where(self.abstained, "", NAMES[decide(self.probability)])

    def __len__(self) -> int:
        return len(self.probability)


class Predictor:
    """A model read from the folder `path`, or from where `artifact.find` says.

    `threads` is how many of them the network may use, 0 for one a core. One predictor can be asked from
    several threads at once. Raises UserError where the folder does not hold a whole model.
    """

    def __init__(self, path: str | Path | None = None, threads: int = 0):
        self.artifact = artifact.read(path or artifact.find())
        self._session = _session(self.artifact, threads)
        if not np.isfinite(self.logits(self.encode([""])[0])).all():
            raise _refused(self.artifact, "its answer is no number")

    def predict(self, texts: Iterable[str]) -> Predictions:
        """Predict `texts`, as they were typed: a list, a column of pandas, any iterable of str.

        Raises TypeError for a single str, and for anything in it that is not a str.
        """
        return self.predict_clean([clean(text) for text in _checked(texts)])

    def predict_clean(self, texts: list[str]) -> Predictions:
        """Predict texts that `text.clean` has cleaned already."""
        reviews, truncated, abstained = self.encode(texts)
        unknown = self.artifact.vocabulary.unknown
        shares = [np.mean(reviews[index] == unknown) for index in range(len(reviews))]
        return Predictions(
            probability=probability(self.logits(reviews)),
            unknown_share=np.array(shares, np.float32),
            truncated=truncated,
            abstained=abstained,
        )

    def encode(self, texts: list[str]) -> tuple[Reviews, np.ndarray, np.ndarray]:
        """The token ids of clean texts; which were too long, and which hold no known word: bool (n)."""
        vocabulary = self.artifact.vocabulary
        tokens = [vocabulary.tokenize(text) for text in texts]
        ids = [vocabulary.encode(review) for review in tokens]
        truncated = np.array([vocabulary.truncates(review) for review in tokens], bool)
        abstained = np.array([abstention.abstains(vocabulary, review) for review in tokens], bool)
        return dataset.ragged(ids, np.zeros(len(texts)), np.arange(len(texts))), truncated, abstained

    def logits(self, reviews: Reviews) -> np.ndarray:
        """The log odds of positive of each review, by the stacked base models: float32 (n)."""
        return self.artifact.ensemble.logits(self.base_logits(reviews)).astype(np.float32)

    def base_logits(self, reviews: Reviews) -> dict[str, np.ndarray]:
        """The log odds of positive of each review by each base model alone: float (n), by its name."""
        ngrams, votes = {}, None
        if self.artifact.ngrams:
            votes, ngrams[NGRAMS] = self.artifact.ngrams.votes_and_logits(reviews)
        columns = self._network_logits(reviews, votes).T
        return ngrams | dict(zip(self.artifact.ensemble.networks, columns, strict=True))

    def _network_logits(self, reviews: Reviews, votes: np.ndarray | None) -> np.ndarray:
        """The log odds of positive by each LSTM alone: float32 (n, LSTMs)."""
        result = np.empty((len(reviews), len(self.artifact.ensemble.networks)), np.float32)
        for batch in _batches(reviews.lengths):
            inputs = {"ids": reviews.padded(batch)}
            if votes is not None:
                inputs["votes"] = reviews.padded(batch, votes)
            with _refusing(self.artifact):
                result[batch] = self._session.run(None, inputs)[0]
        return result


def _batches(lengths: np.ndarray) -> Iterator[np.ndarray]:
    """Which reviews of these `lengths` are read together: int64 (at most BATCH), of like lengths."""
    order = np.argsort(lengths, kind="stable")
    ascending = lengths[order]
    while len(order):
        alike = np.searchsorted(ascending, ascending[0] * (1 + PADDING), side="right")
        batch, order = np.split(order, [min(alike, BATCH)])
        ascending = ascending[len(batch) :]
        yield batch


def _checked(texts: Iterable[str]) -> list[str]:
    if isinstance(texts, str | bytes):
        raise TypeError("expected several texts, as in predict([text]), not a single one")
    texts = list(texts)
    for number, text in enumerate(texts):
        if not isinstance(text, str):
            raise TypeError(f"text {number} is not a str but {type(text).__name__}")
    return texts


@contextmanager
def _refusing(model: artifact.Artifact) -> Iterator[None]:
    """Make a UserError of any error of onnxruntime's, which share no class of their own."""
    try:
        yield
    except Exception as error:
        raise _refused(model, " ".join(str(error).split())[:200]) from error


def _refused(model: artifact.Artifact, why: str) -> UserError:
    return UserError(f"{model.path / artifact.NETWORK}: not a network that runs here: {why}")


def _session(model: artifact.Artifact, threads: int) -> "InferenceSession":
    """The network, ready to run; raises UserError where it is not one of ours."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = 4
    with _refusing(model):
        session = onnxruntime.InferenceSession(model.network, options, providers=["CPUExecutionProvider"])
    expected = {"ids", "votes"} if model.ngrams else {"ids"}
    vocabulary = session.get_modelmeta().custom_metadata_map.get("vocabulary")
    inputs = {one.name for one in session.get_inputs()}
    logits = [one.shape[-1:] for one in session.get_outputs()] == [[len(model.ensemble.networks)]]
    if inputs != expected or not logits or vocabulary != model.vocabulary.fingerprint:
        raise UserError(
            f"{model.path / artifact.NETWORK}: not the network of this vocabulary; export the model again"
        )
    return session
