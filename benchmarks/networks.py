"""The networks that are measured: ours, and the usual recipe."""

import math
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import keras
import numpy as np
from keras import layers

from benchmarks.ablation import STACKED
from benchmarks.course import Course, Curves, load
from benchmarks.results import DATA, MODELS, SECTIONS, TOKENS, changed
from sentiment import metrics, params
from sentiment.data.dataset import Reviews
from sentiment.data.labels import THRESHOLD
from sentiment.data.vocabulary import Vocabulary
from sentiment.embedding import matrix
from sentiment.ensemble import LSTM, NGRAMS, Ensemble
from sentiment.network import model
from sentiment.network.batches import Batches
from sentiment.ngrams import nb_logreg
from sentiment.stages import baseline, embed
from sentiment.training import loop, optimizers
from sentiment.training.checkpoint import Checkpoints
from sentiment.training.lessons import Lessons

LOOKS = 10  # at the validation part in each epoch
WORDS, LENGTH, BATCH = 20_000, 200, 32  # of the usual recipe
EPOCHS = 3  # of the same: one more than in Keras's example, for it only overfits from there on


def watch(course: Course, logits: Callable, steps: int) -> keras.callbacks.Callback:
    """Look at the validation part LOOKS times in each epoch of some `steps`, the last time at its end."""
    due = {round(steps * look / LOOKS) for look in range(1, LOOKS)} - {steps}

    def look(batch: int, logs: dict | None = None) -> None:
        if batch + 1 in due:
            course.look(logits)

    return keras.callbacks.LambdaCallback(
        on_train_batch_end=look, on_epoch_end=lambda epoch, logs: course.look(logits)
    )


def ours() -> Curves:
    """The LSTM, alone and with the n-grams: the stages `embed` and `baseline`, then its training."""
    settings = params.load("baseline", "model", "train")
    config = settings.train
    loop.prepare(config)
    vocabulary, _, validation = load()
    course = Course(validation.labels)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "tokens").symlink_to(TOKENS.absolute())
        embed.main(TOKENS, folder / "embedding.npy", folder / "embedding.json")
        baseline.main(TOKENS, folder / "baseline", folder / "votes.npy", folder / "baseline.json")
        lessons = Lessons.read(folder, folder, vocabulary, settings)
        train, validation_part = lessons.parts[LSTM]
        texts = train.texts or train.reviews
        network = model.part(lessons.network, LSTM)
        loop.compile(network, config, len(texts))
        # Keras's own fit, for its callbacks: the same steps.
        network.compile(network.optimizer, keras.losses.BinaryCrossentropy(from_logits=True))
        predict = model.make_predict(network, validation, validation_part.votes)

        def logits() -> dict[str, np.ndarray]:
            with optimizers.precision("float32"):
                base_logits = {LSTM: predict()[:, 0], **validation_part.base_logits}
            stacked = Ensemble.fit(base_logits, course.labels)
            logits = stacked.logits(base_logits)
            return {"LSTM and n-grams": logits, "LSTM": base_logits[LSTM]}

        looks = watch(course, logits, math.ceil(len(texts) / config.batch_size))
        for epoch in range(config.epochs):
            reviews, votes = train.reviews, train.votes
            if train.texts:
                reviews, votes = train.texts.draw(np.random.default_rng([config.seed, epoch]))
            stream = Batches(reviews, config.batch_size, config.seed, epoch, votes).stream()
            with optimizers.precision(config.precision):
                network.fit(stream, shuffle=False, callbacks=[looks], verbose=0)
    return course.curves


def changed_ours(change: dict[str, Any]) -> dict[str, dict[str, float]]:
    """Train with these parameters; score the LSTM, the n-grams, and both stacked, on the validation part.

    The n-grams are stacked even with an LSTM that does not read their votes.
    """
    settings = changed(params.load(*SECTIONS), change)
    loop.prepare(settings.train)
    vocabulary = Vocabulary.load(TOKENS / "vocabulary.json")
    embedding = matrix.load(DATA / "embedding.npy", vocabulary)
    if settings.embedding.init == "uniform":
        embedding = matrix.make(settings.embedding, vocabulary, {})
    train, validation = Lessons.read(DATA, MODELS, vocabulary, settings).parts[LSTM]
    if not settings.model.ngrams:
        classifier = nb_logreg.load(MODELS / "baseline", vocabulary)
        validation = replace(loop.with_ngrams(validation.reviews, classifier), votes=None)
    network = model.build(settings.model, embedding, settings.baseline.max_ngram)
    with tempfile.TemporaryDirectory() as folder:
        checkpoints = Checkpoints(Path(folder), network, "")
        for _ in loop.epochs(network, train, validation, settings.train, checkpoints):
            pass
    lstm_logits = model.predict(network, validation.reviews, validation.votes)[:, 0]
    base_logits = {LSTM: lstm_logits, **validation.base_logits}
    labels = np.asarray(validation.reviews.labels)
    stacked = Ensemble.fit(base_logits, labels).logits(base_logits)
    logits = {"LSTM": lstm_logits, "n-grams": base_logits[NGRAMS], STACKED: stacked}
    return {name: metrics.validation(labels, values) for name, values in logits.items()}


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
    inputs = last_tokens(validation, vocabulary.unknown)

    def logits() -> dict[str, np.ndarray]:
        probabilities = network.predict(inputs, batch_size=model.BATCH, verbose=0)[:, 0]
        return {"usual recipe": probabilities - THRESHOLD}

    looks = watch(course, logits, math.ceil(len(train) / BATCH))
    labels = np.asarray(train.labels, np.float32)
    network.fit(last_tokens(train, vocabulary.unknown), labels, BATCH, EPOCHS, callbacks=[looks], verbose=0)
    return course.curves


def last_tokens(reviews: Reviews, unknown: int) -> np.ndarray:
    """The last LENGTH tokens of each review, of WORDS ids, with padding in front: int32 (reviews, LENGTH).

    All other tokens become `unknown`.
    """
    padded = keras.utils.pad_sequences([reviews[index] for index in range(len(reviews))], LENGTH)
    return np.where(padded < WORDS, padded, unknown)
