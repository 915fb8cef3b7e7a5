import keras
import numpy as np
import pytest
import tensorflow as tf

from sentiment.network.fused_lstm import MOST_STEPS, FusedLSTM


def results(kind, x, upstream, initial_state=None):
    """Outputs, both states of both directions, and the gradients to inputs, weights and initial state."""
    layer = keras.layers.Bidirectional(kind(7, return_sequences=True, return_state=True))
    layer.build(x.shape)
    for number, weight in enumerate(layer.weights):
        weight.assign(np.random.default_rng(number).normal(size=weight.shape))
    x, start = tf.constant(x), [tf.constant(state) for state in initial_state or []]
    with tf.GradientTape() as tape:
        tape.watch([x, *start])
        found = layer(x, initial_state=start or None, training=True)
    sources = [x, *start, *(weight.value for weight in layer.trainable_weights)]
    return [*found, *tape.gradient(found, sources, output_gradients=upstream)]


@pytest.mark.parametrize("steps", [1, 9])
@pytest.mark.parametrize("started", [False, True])
def test_it_is_keras_lstm_in_outputs_and_gradients(steps, started):
    random = np.random.default_rng(0)

    def normal(*shape):
        return random.normal(size=shape).astype("float32")

    x, states = normal(4, steps, 5), [normal(4, 7) for _ in range(4)]
    upstream = [normal(4, steps, 14), *(normal(4, 7) for _ in range(4))]
    start = states if started else None
    pairs = zip(
        results(FusedLSTM, x, upstream, start),
        results(keras.layers.LSTM, x, upstream, start),
        strict=True,
    )
    for ours, theirs in pairs:
        np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-5)


def loops(layer, steps=4, mask=None, training=True):
    """Whether `layer` goes through the steps in Keras's loop."""
    call = tf.function(lambda x: layer(x, mask=mask, training=training))
    graph = call.get_concrete_function(tf.TensorSpec((2, steps, 3))).graph
    return any("While" in operation.type for operation in graph.get_operations())


def test_training_goes_without_a_loop():
    assert not loops(FusedLSTM(2))
    assert not loops(FusedLSTM(2), steps=MOST_STEPS)
    assert not loops(FusedLSTM.from_config(FusedLSTM(2).get_config()))


def test_a_gpu_is_left_to_keras(monkeypatch):
    monkeypatch.setattr(tf.config, "list_logical_devices", lambda kind: [f"/device:{kind}:0"])
    monkeypatch.setattr("sentiment.network.fused_lstm.lstm", lambda *_: pytest.fail("it is not"))
    loops(FusedLSTM(2))


@pytest.mark.parametrize(
    ("layer", "others"),
    [
        ({}, {"training": False}),
        ({}, {"mask": np.ones((2, 4), bool)}),
        ({}, {"steps": None}),
        ({}, {"steps": MOST_STEPS + 1}),
        ({"dropout": 0.1}, {}),
        ({"recurrent_dropout": 0.1}, {}),
        ({"activation": "relu"}, {}),
        ({"recurrent_activation": "relu"}, {}),
        ({"use_bias": False}, {}),
    ],
    ids=str,
)
def test_all_else_is_left_to_keras(layer, others):
    assert loops(FusedLSTM(2, **layer), **others)
