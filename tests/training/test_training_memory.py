"""What a training takes, by its parameters; the figures were measured."""

from types import SimpleNamespace

import pytest

from sentiment.data.vocabulary import Vocabulary
from sentiment.errors import UserError
from sentiment.training import memory


@pytest.mark.parametrize(
    ("changes", "batch_size", "max_tokens", "megabytes"),
    [
        ({}, 64, 800, 617),
        ({}, 256, 800, 1294),
        ({"convolution": 0}, 64, 400, 533),
        ({"lstm_units": 300}, 64, 400, 498),
    ],
)
def test_it_is_what_was_measured_within_half(settings, changes, batch_size, max_tokens, megabytes):
    needed = memory.needed(made(settings, changes, batch_size), vocabulary(max_tokens), 100, 40_000)
    assert 0.67 < needed / 1e6 / megabytes < 1.5


def test_too_large_a_training_is_refused_before_it_begins(settings):
    with pytest.raises(UserError, match=r"training takes about .* GB, but .*; lower train\.batch_size"):
        memory.require(made(settings, {}, 10**7), vocabulary(800), 100, 10**8)
    memory.require(made(settings, {}, 10**7), vocabulary(800), 100, 60)  # no batch is larger than that


def made(settings, changes, batch_size):
    model = settings["model"].model_copy(update={"lstm_units": 100, "chunk_length": 25} | changes)
    train = settings["train"].model_copy(update={"batch_size": batch_size, "reversed": 0})
    return SimpleNamespace(model=model, train=train)


def vocabulary(max_tokens):
    return Vocabulary("regexp", True, max_tokens, 0.5, tuple(map(str, range(30_000))))
