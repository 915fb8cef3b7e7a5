"""How the LSTM learns. Checkpoints and optimizers have tests of their own."""

from dataclasses import replace

import keras
import numpy as np
import pytest
from conftest import EMBEDDING

from sentiment.data import dataset
from sentiment.errors import UserError
from sentiment.network import model
from sentiment.training import checkpoint, loop
from sentiment.training.checkpoint import Checkpoints
from sentiment.training.loop import Part
from sentiment.training.reading import Reading, VotedReading

# Little to build and to train.
QUICK = {"convolution": 0, "chunk_length": 0, "bidirectional": False, "ngrams": False}


def trained(settings, parts, folder, config=QUICK, stop_after=99, **changes):
    """Train, as if killed after `stop_after` epochs; the network's weights and the last history."""
    train = settings["train"].model_copy(update=changes)
    keras.utils.set_random_seed(train.seed)
    network = model.build(settings["model"].model_copy(update=config), EMBEDDING, max_ngram=3)
    checkpoints = Checkpoints(folder, network, "fingerprint")
    history = []
    for history in loop.epochs(network, *parts, train, checkpoints):
        if len(history) == stop_after:
            break
    return network.get_weights(), history


def without_seconds(history):
    assert all(epoch["seconds"] > 0 for epoch in history)
    return [{name: value for name, value in epoch.items() if name != "seconds"} for epoch in history]


@pytest.mark.slow
def test_a_killed_training_ends_in_the_same_bits(settings, reviews, classifier, vocabulary, tmp_path):
    """With everything that is random: sentences, dropout, augmentation, the order of batches."""
    validation = loop.with_ngrams(reviews, classifier)
    config = settings["train"].model_copy(update={"reversed": 0.5, "sentences": 0.5})
    reading = Reading.learn(vocabulary, reviews, validation.votes, config)
    texts = VotedReading.half_of(reading, validation.votes, classifier)
    parts = replace(validation, texts=texts), validation
    config = {"recurrent_dropout": 0.2, "embedding_dropout": 0.1}
    options = {"epochs": 2, "patience": 2, "word_deletion": 0.1, "word_swap": 0.1, "schedule": "cosine"}
    whole, history = trained(settings, parts, tmp_path / "whole", config, **options)
    trained(settings, parts, tmp_path / "killed", config, stop_after=1, **options)
    resumed, resumed_history = trained(settings, parts, tmp_path / "killed", config, **options)
    assert len(history) == 2
    assert without_seconds(resumed_history) == without_seconds(history)
    for one, other in zip(whole, resumed, strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.slow
def test_it_learns_what_a_bag_of_words_cannot_and_stops_early_at_the_best(settings, tmp_path):
    """The label is whether token 2 comes before token 3; in validation, one in ten is wrong."""
    random = np.random.default_rng(0)
    labels = np.arange(300) % 2
    arrays = [random.integers(4, 50, 6).astype(np.int32) for _ in labels]
    for ids, label in zip(arrays, labels, strict=True):
        ids[np.sort(random.choice(6, 2, replace=False))] = (2, 3) if label else (3, 2)
    noisy = np.where(random.random(100) < 0.1, 1 - labels[200:], labels[200:])
    train = Part(dataset.ragged(arrays[:200], labels[:200], np.arange(200)))
    validation = Part(dataset.ragged(arrays[200:], noisy, np.arange(100)))
    options = {"epochs": 60, "patience": 2, "learning_rate": 0.05, "schedule": "constant"}
    weights, history = trained(settings, (train, validation), tmp_path, **options)
    best = checkpoint.best_epoch(history)
    assert history[best - 1]["val_loss"] < 0.5 < 0.6 < history[0]["val_loss"]
    assert history[best - 1]["val_accuracy"] > 0.8
    assert len(history) == best + 2 < 60
    assert sorted(path.name for path in tmp_path.iterdir())[0] == f"epoch-{best:04d}"
    with np.load(tmp_path / f"epoch-{best:04d}" / checkpoint.ARRAYS) as arrays:
        for number, weight in enumerate(weights):
            np.testing.assert_array_equal(weight, arrays[f"arr_{number}"])


@pytest.mark.slow
@pytest.mark.filterwarnings("error")
def test_a_diverging_training_is_told(settings, reviews, tmp_path):
    with pytest.raises(UserError, match=r"no longer a number after epoch 1; lower train\.learning_rate"):
        trained(settings, [Part(reviews)] * 2, tmp_path, learning_rate=1e38)
    assert not list(tmp_path.iterdir())


def test_epochs_are_compared_by_the_loss_of_the_stacked_models(reviews):
    labels = np.asarray(reviews.labels)
    wrong, right = np.where(labels == 1, -1.0, 1.0), np.where(labels == 1, 1.0, -1.0)
    alone = loop.validate(right, Part(reviews))
    assert alone["val_accuracy"] == 1
    assert alone["val_loss"] == alone["stopping_loss"] == pytest.approx(np.log1p(np.exp(-1)), abs=1e-6)
    stacked = loop.validate(wrong / 100, Part(reviews, base_logits={"ngrams": right}))
    assert stacked["val_accuracy"] == 0
    assert stacked["stopping_loss"] < 0.2 < 0.69 < stacked["val_loss"]


def test_half_of_the_reviews_and_what_is_read_besides_are_others_in_each_epoch(settings, reviews, vocabulary):
    changes = {"reversed": 0.5, "sentences": 0.5}
    config = settings["train"].model_copy(update=changes)
    train = Part(reviews, texts=Reading.learn(vocabulary, reviews, None, config))
    (first, votes), (again, _), (second, _) = (loop._drawn(train, config, epoch) for epoch in (0, 0, 1))
    assert votes is None
    assert len(reviews) + 30 < len(first) <= len(train.texts)
    whole = first.take(np.arange(len(reviews) // 2))  # the others follow
    known = {(tuple(reviews[i].tolist()), int(reviews.labels[i])) for i in range(len(reviews))}
    assert known.issuperset((tuple(whole[i].tolist()), int(whole.labels[i])) for i in range(len(whole)))
    assert first.ids.tolist() == again.ids.tolist() != second.ids.tolist()
    assert loop._drawn(Part(reviews), config, 0) == (reviews, None)


@pytest.mark.slow
def test_a_killed_training_of_the_reader_ends_in_the_same_bits(settings, reviews, vocabulary, tmp_path):
    changes = {"reversed": 0.5, "sentences": 0.5, "epochs": 3, "patience": 3, "word_deletion": 0.1}
    reading = Reading.learn(vocabulary, reviews, None, settings["train"].model_copy(update=changes))
    parts = Part(reviews, texts=reading), Part(reviews)
    whole, history = trained(settings, parts, tmp_path / "whole", **changes)
    trained(settings, parts, tmp_path / "killed", stop_after=1, **changes)
    resumed, resumed_history = trained(settings, parts, tmp_path / "killed", **changes)
    assert without_seconds(resumed_history) == without_seconds(history)
    for one, other in zip(whole, resumed, strict=True):
        np.testing.assert_array_equal(one, other)


def test_votes_go_with_their_tokens_when_reviews_are_augmented(settings, reviews):
    votes = np.stack([reviews.ids, -reviews.ids], axis=1)
    config = settings["train"].model_copy(update={"word_deletion": 0.2, "word_swap": 0.2})
    (first, theirs), (second, _) = (loop._augmented(reviews, votes, config, epoch) for epoch in (0, 1))
    assert len(first.ids) < len(reviews.ids)
    assert first.ids.tolist() != second.ids.tolist()
    np.testing.assert_array_equal(theirs, np.stack([first.ids, -first.ids], axis=1))
