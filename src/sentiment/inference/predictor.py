"""An exported model that answers: texts in, arrays out, without TensorFlow."""

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from sentiment.data import dataset
from sentiment.data.dataset import Reviews
from sentiment.data.labels import probability
from sentiment.data.text import clean
from sentiment.ensemble import of_ngrams
from sentiment.errors import UserError, printable
from sentiment.inference import abstention, artifact
from sentiment.inference.predictions import Predictions
from sentiment.inference.texts import as_list

if TYPE_CHECKING:
    from sentiment.inference.network_file import Network

BATCH = 16  # reviews that the network reads at once: enough for its matrix products, and within the caches
PADDING = 0.25  # at most, of the shortest of them: padding takes the network as long as tokens do


class Predictor:
    """A model read from the folder `path`, or from where `artifact.find` says.

    `threads` is how many of them the network may use, 0 for one a core. One predictor can be asked from
    several threads at once; pickled, as for another process, or copied, it is read from its folder again.
    Raises UserError where the folder does not hold a whole model.
    """

    def __init__(self, path: str | Path | None = None, threads: int = 0):
        self.artifact = artifact.read(path or artifact.find())
        self._threads = threads
        self._network = _network(self.artifact, threads)
        self.logits(self.encode([""])[0])  # so that one that does not run is refused at once

    def __repr__(self) -> str:
        return f"<Predictor {printable(self.artifact.description)}>"

    def __reduce__(self) -> tuple:
        return _reload, (self.artifact.path.resolve(), self._threads, self.artifact.about)

    def predict(self, texts: Iterable[str]) -> Predictions:
        """Predict `texts`, as they were typed: a list, a column of pandas, any iterable of str.

        Raises TypeError for a single str, a dict or a DataFrame, and for anything in it that is not a str;
        ValueError for a text of more than 16 MiB.
        """
        return self.predict_clean([clean(text) for text in as_list(texts)])

    def predict_proba(self, texts: Iterable[str]) -> np.ndarray:
        """The probabilities of negative and of positive, in columns as in scikit-learn: float32 (n, 2)."""
        positive = self.predict(texts).probability
        return np.stack([1 - positive, positive], axis=1)

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
            names=self.artifact.labels.names,
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
        """The log odds of positive of each review, by the stacked base models: float32 (n).

        Raises UserError where the network fails, or answers with what is no number.
        """
        logits = self.artifact.ensemble.logits(self.base_logits(reviews)).astype(np.float32)
        if not np.isfinite(logits).all():
            raise _refused(self.artifact, "its answer is no number")
        return logits

    def base_logits(self, reviews: Reviews) -> dict[str, np.ndarray]:
        """What the ensemble takes: each base model's log odds of positive, float (n), by its name."""
        votes, ngrams = None, dict[str, np.ndarray]()
        if self.artifact.ngrams:
            votes, ngrams = of_ngrams(self.artifact.ngrams, reviews)
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
                result[batch] = self._network.run(inputs)
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


def _reload(path: Path, threads: int, manifest: dict) -> "Predictor":
    """Read a pickled model again; raises UserError if its folder holds another by now."""
    model = Predictor(path, threads)
    if model.artifact.about != manifest:
        raise UserError(f"{path}: another model than the one that was pickled; pickle it again")
    return model


@contextmanager
def _refusing(model: artifact.Artifact) -> Iterator[None]:
    """Make a UserError of any error of ONNX's and its runtime's, which share no class of their own."""
    try:
        yield
    except MemoryError:
        raise
    except Exception as error:
        raise _refused(model, printable(" ".join(str(error).split())[:200])) from error


def _refused(model: artifact.Artifact, why: str) -> UserError:
    return UserError(f"{model.path / artifact.NETWORK}: not a network that runs here: {why}")


def _network(model: artifact.Artifact, threads: int) -> "Network":
    """The network, ready to run; raises UserError where it is not one of ours."""
    # Read on import: onnxruntime would report its use, and keep a number for this machine in ~/.cache.
    os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
    from sentiment.inference.network_file import Network

    with _refusing(model):
        network = Network(model.network, threads)
    session = network.session
    expected = {"ids", "votes"} if model.ngrams else {"ids"}
    vocabulary = session.get_modelmeta().custom_metadata_map.get("vocabulary")
    inputs = {one.name for one in session.get_inputs()}
    logits = [one.shape[-1:] for one in session.get_outputs()] == [[len(model.ensemble.networks)]]
    if inputs != expected or not logits or vocabulary != model.vocabulary.fingerprint:
        raise UserError(
            f"{model.path / artifact.NETWORK}: not the network of this vocabulary; export the model again"
        )
    return network
