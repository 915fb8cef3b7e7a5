"""What each of the LSTMs learns from and is validated on, and the network that they are parts of."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from types import SimpleNamespace

import keras
import numpy as np

from sentiment import params
from sentiment.data import dataset
from sentiment.data.vocabulary import Vocabulary
from sentiment.embedding import matrix
from sentiment.ensemble import LSTM, READER
from sentiment.network import model
from sentiment.ngrams import nb_logreg
from sentiment.ngrams import votes as votes_of
from sentiment.training import loop, memory
from sentiment.training.checkpoint import Checkpoints
from sentiment.training.loop import Part
from sentiment.training.reading import Reading, VotedReading
from sentiment.training.workers import Workers


@dataclass(frozen=True)
class Lessons:
    """The `network`, and by the name of each of its LSTMs the training and the validation part.

    held_out: what the LSTMs are stacked on, the validation part first.
    weight: of each of its texts, float (texts); None if all count the same.
    """

    network: keras.Model
    parts: dict[str, tuple[Part, Part]]
    held_out: Part
    weight: np.ndarray | None = None

    @classmethod
    def read(cls, data: Path, models: Path, vocabulary: Vocabulary, settings: SimpleNamespace) -> "Lessons":
        """Read tokens and embedding in `data`, and the n-gram classifier in `models`; build the network."""
        training, validation = read_parts(data, models, vocabulary, settings.model)
        parts = {LSTM: (training, validation)}
        embedding = matrix.load(data / "embedding.npy", vocabulary)
        held_out, weight, reader = validation, None, None
        if settings.train.reversed:
            reading = Reading.learn(vocabulary, training.reviews, training.votes, settings.train)
            texts, weight = reading.held_out(validation.reviews, validation.votes, settings.train)
            classifier = nb_logreg.load(models / "baseline", vocabulary) if settings.model.ngrams else None
            voted = VotedReading.half_of(reading, training.votes, classifier)
            parts = {LSTM: (replace(training, texts=voted), validation)}
            parts[READER] = (Part(training.reviews, texts=reading), Part(texts))
            held_out = loop.with_ngrams(texts, classifier)
            reader = reading.reverser.opinions.embedding(embedding)
        memory.require(settings, vocabulary, embedding.shape[1], len(training.reviews))
        max_ngram = 0 if training.votes is None else training.votes.shape[1]
        return cls(model.build(settings.model, embedding, max_ngram, reader), parts, held_out, weight)

    def learn(
        self, config: params.Train, folder: Path, fingerprint: str, workers: Workers
    ) -> Iterator[tuple[str, Iterator[list[dict]]]]:
        """Yield the name of each LSTM and its `loop.epochs`, with checkpoints in a subfolder of its name."""
        for name, parts in self.parts.items():
            lstm = model.part(self.network, name)
            checkpoints = Checkpoints(folder / name, lstm, fingerprint)
            yield name, loop.epochs(lstm, *parts, config, checkpoints, workers)


def read_parts(data: Path, models: Path, vocabulary: Vocabulary, config: params.Model) -> tuple[Part, Part]:
    """The training and the validation part, with what the n-gram classifier gives to each.

    The votes in the training part come from classifiers that have not seen its reviews.
    """
    train, validation = (dataset.load(data / "tokens" / part) for part in ("train", "validation"))
    if not config.ngrams:
        return Part(train), Part(validation)
    votes = votes_of.load(data / "votes.npy", train)
    return Part(train, votes), loop.with_ngrams(validation, nb_logreg.load(models / "baseline", vocabulary))
