"""Training against the worst small move of a review's embedded tokens."""

import keras
import tensorflow as tf


class Adversarial(keras.Model):
    """A network from ids to logits that is trained on moved reviews.

    Each review's embedded tokens, taken as one vector, are moved by `epsilon` times its length, in the
    direction in which the loss grows most; the weights then learn from the moved review. It keeps the
    embedding from learning single reviews by heart (Miyato, Dai & Goodfellow 2017, Adversarial Training
    Methods for Semi-Supervised Text Classification, https://arxiv.org/abs/1605.07725, section 3). Two
    things differ: they scale the embedding to unit variance where the move is scaled here, and add the
    loss of the unmoved review.

    `network` has a layer named `embedded`, which multiplies embedded tokens (batch, steps, size) by their
    mask (batch, steps, 1).
    """

    def __init__(self, network: keras.Model, epsilon: float):
        super().__init__(inputs=network.input, outputs=network.output)
        self.epsilon = epsilon
        embedded = network.get_layer("embedded")
        mask = embedded.input[1]
        self.embed = keras.Model(network.input, [embedded.output, mask])
        self.judge = keras.Model([embedded.output, mask], network.output)

    def train_step(self, data):
        ids, labels, _ = keras.utils.unpack_x_y_sample_weight(data)
        with tf.GradientTape() as tape:
            embedded, mask = self.embed(ids, training=True)
            with tape.stop_recording():
                move = self.move(embedded, mask, labels)
            logits = self.judge([embedded + move, mask], training=True)
            loss = self.compute_loss(y=labels, y_pred=logits)
        weights = self.trainable_variables
        self.optimizer.apply(tape.gradient(loss, weights), weights)
        for metric in self.metrics:
            metric.update_state(*([loss] if metric.name == "loss" else [labels, logits]))
        return self.get_metrics_result()

    def move(self, embedded, mask, labels):
        """The worst move of `embedded`, float32 (batch, steps, size); padding does not move."""
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(embedded)
            loss = self.compute_loss(y=labels, y_pred=self.judge([embedded, mask], training=True))
        direction = tf.math.l2_normalize(tape.gradient(loss, embedded) * mask, (1, 2), epsilon=1e-30)
        return self.epsilon * tf.norm(embedded, axis=(1, 2), keepdims=True) * direction
