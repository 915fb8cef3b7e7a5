import keras
import numpy as np
import pytest
import tensorflow as tf

from sentiment.system import machine
from sentiment.training import optimizers


@pytest.mark.parametrize(
    ("name", "kind"), [("adam", keras.optimizers.Adam), ("rmsprop", keras.optimizers.RMSprop)]
)
def test_the_optimizer_is_the_one_that_is_named(settings, name, kind):
    changes = {"optimizer": name, "schedule": "constant", "learning_rate": 0.125}
    optimizer = optimizers.make(settings["train"].model_copy(update=changes), steps=100)
    assert type(optimizer) is kind
    assert float(optimizer.learning_rate) == 0.125


def test_a_cosine_falls_from_the_learning_rate_to_zero_in_all_steps(settings):
    config = settings["train"].model_copy(update={"schedule": "cosine", "learning_rate": 0.125})
    optimizer = optimizers.make(config, steps=100)
    rates = []
    for step in range(101):
        optimizer.iterations.assign(step)
        rates.append(float(optimizer.learning_rate))
    assert (rates[0], rates[50], rates[100]) == pytest.approx((0.125, 0.0625, 0), abs=1e-6)
    assert (np.diff(rates) < 0).all()


def test_bfloat16_is_for_training_alone():
    """What validation and prediction compute is float32, to the bit, whatever was trained before.

    In the block it is another product, unless this processor has no bfloat16.
    """
    values = np.random.default_rng(0).normal(size=(2, 64, 64)).astype(np.float32)

    def product():
        return tf.function(lambda one, other: tf.matmul(one, other))(*values).numpy()

    before = product()
    with optimizers.precision("bfloat16"):
        assert (product() != before).any() == (machine.precision("bfloat16") == "bfloat16")
        with optimizers.precision("float32"):
            np.testing.assert_array_equal(product(), before)
        assert (product() != before).any() == (machine.precision("bfloat16") == "bfloat16")
    np.testing.assert_array_equal(product(), before)
