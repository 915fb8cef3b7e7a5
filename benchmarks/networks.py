"""The networks that are measured: ours, and the usual recipe."""

import math
import tempfile
from collections.abc import Callable
from pathlib import Path

import keras
import numpy as np
from keras import layers
from sentiment.ngrams.neighbours import load as load_index

from benchmarks.course import Course, Curves, load
from benchmarks.results import TOKENS
from sentiment import params
from sentiment.data.dataset import Reviews
from sentiment.data.labels import THRESHOLD
from sentiment.embedding import matrix
from sentiment.network import model
from sentiment.network.batches import Batches
from sentiment.ngrams import nb_logreg
from sentiment.ngrams.table import Classifier
from sentiment.stages import baseline, embed, neighbours
from sentiment.training import loop
from sentiment.training.loop import Part

LOOKS = 10  # at the validation part in each epoch
WORDS, LENGTH, BATCH = 20_000, 200, 32  # of the usual recipe
EPOCHS = 3  # of the same: one more than in Keras's example, for it only overfits from there on


class Watch(keras.callbacks.Callback):
    """Look at the validation part LOOKS times in each of `epochs`, the last time after the last step."""

    def __init__(self, course: Course, logits: Callable, epochs: int, steps: int):
        super().__init__()
        self.course, self.logits, self.step = course, logits, 0
        self.due = {round(steps * look / LOOKS) for look in range(1, epochs * LOOKS + 1)}

    def on_train_batch_end(self, batch, logs=None):
        self.step += 1
        if self.step in self.due:
            self.course.look(self.logits)


def ours() -> Curves:
    """The network, and its LSTM alone: the stages `embed`, `baseline`, `neighbours`, then the training."""
    settings = params.load("model", "train")
    config = settings.train
    loop.prepare(config)
    vocabulary, train, validation = load()
    course = Course(validation.labels)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        embed.main(TOKENS, folder / "embedding.npy", folder / "embedding.json")
        baseline.main(TOKENS, folder / "baseline", folder / "votes.npy", folder / "baseline.json")
        neighbours.main(TOKENS, folder / "neighbours.npz", folder / "neighbours.json")
        classifier = nb_logreg.load(folder / "baseline", vocabulary)
        index = load_index(folder / "neighbours.npz", vocabulary, "run this again")
        part, watched = with_votes(settings.model, train, validation, classifier, folder / "votes.npy")
        vectors = matrix.load(folder / "embedding.npy", vocabulary)
        network = model.build(settings.model, vectors, classifier, index, vocabulary.unknown)
        lstm = network.get_layer("lstm")
        trained = loop.compile(lstm, config, len(train))
        average = loop.Average(trained, config.average)
        others = loop.heard(validation, classifier, index).others

        def logits() -> dict[str, np.ndarray]:
            with average.in_place(), loop.precision("float32"):
                alone = model.predict(lstm, validation, watched.votes)[:, 0]
            return {"network": joined([alone, others], course.labels), "its LSTM alone": alone}

        watch = Watch(course, logits, config.epochs, math.ceil(len(train) / config.batch_size))
        for epoch in range(config.epochs):
            stream = Batches(train, config.batch_size, config.seed, epoch, part.votes).stream()
            with loop.precision(config.precision):
                trained.fit(stream, shuffle=False, callbacks=[average, watch], verbose=0)
    return course.curves


def with_votes(
    config: params.Model, train: Reviews, validation: Reviews, classifier: Classifier, votes: Path
) -> tuple[Part, Part]:
    """Both parts as the LSTM takes them; `votes` are those in the training part."""
    if not config.ngrams:
        return Part(train), Part(validation)
    return Part(train, nb_logreg.load_votes(votes, train)), loop.heard(validation, classifier, None)


def joined(said: list[np.ndarray], labels: np.ndarray) -> np.ndarray:
    """The logits, float64 (n), of the network that `model.join` makes of parts that say this."""
    parts = np.column_stack(said)
    weights, intercept = model.weigh(parts, labels)
    return parts @ weights + intercept


def usual() -> Curves:
    """The bidirectional LSTM of Keras's example and of most notebooks.

    It reads padding, in front of the reviews, like a word.
    """
    keras.utils.set_random_seed(params.load("train").train.seed)
    vocabulary, train, validation = load()
    course = Course(validation.labels)
    network = keras.Sequential(
        [
            layers.Embedding(WORDS, 128),
            layers.Bidirectional(layers.LSTM(64, return_sequences=True)),
            layers.Bidirectional(layers.LSTM(64)),
            layers.Dense(1, activation="sigmoid"),
        ]
    )
    network.compile("adam", "binary_crossentropy")
    seen = last_tokens(validation, vocabulary.unknown)

    def logits() -> dict[str, np.ndarray]:
        probabilities = network.predict(seen, batch_size=model.BATCH, verbose=0)[:, 0]
        return {"usual recipe": probabilities - THRESHOLD}

    watch = Watch(course, logits, EPOCHS, math.ceil(len(train) / BATCH))
    labels = np.asarray(train.labels, np.float32)
    network.fit(last_tokens(train, vocabulary.unknown), labels, BATCH, EPOCHS, callbacks=[watch], verbose=0)
    return course.curves


def last_tokens(reviews: Reviews, unknown: int) -> np.ndarray:
    """The last LENGTH tokens of each review, of WORDS ids, with padding in front: int32 (reviews, LENGTH).

    All other tokens become `unknown`.
    """
    padded = keras.utils.pad_sequences([reviews[index] for index in range(len(reviews))], LENGTH)
    return np.where(padded < WORDS, padded, unknown)
