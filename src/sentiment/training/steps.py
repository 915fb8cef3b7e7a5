"""Steps of training, which several workers take together: each on its share of every batch."""

from typing import Any

import keras
import numpy as np
import tensorflow as tf
from keras import ops

from sentiment.network.batches import Batches, element_spec
from sentiment.system.progress import progress
from sentiment.training.workers import ALONE, Workers

EVEN = np.ones(2)


class Steps:
    """Steps of a `network` that has its optimizer, and takes `max_ngram` votes of n-grams, or 0."""

    def __init__(self, network: keras.Model, max_ngram: int, workers: Workers = ALONE):
        self.network, self.workers = network, workers
        scalars = [tf.TensorSpec((), kind) for kind in (tf.int32, tf.float32)]
        signature = (*element_spec(max_ngram), *scalars, tf.TensorSpec((2,), tf.float32))
        # One trace for all lengths, where Keras's own `fit` makes several.
        self.step = tf.function(self._step, input_signature=signature)

    def take(
        self, batches: Batches, name: str = "batches", class_weights: np.ndarray = EVEN
    ) -> dict[str, float]:
        """Take a step for each of the batches, of which this leaves the worker's share; loss and accuracy.

        These are means over all reviews of all workers. A review of label 0 or 1 has that of `class_weights`.
        """
        sizes = [len(batch) for batch in batches.batches]
        counts = batches.share(self.workers.rank, self.workers.number)
        weights, total, right = tf.constant(class_weights, tf.float32), np.float32(0), 0
        stream = zip(batches.stream(), counts, sizes, strict=True)
        for (inputs, labels), count, size in progress(stream, name, len(sizes)):
            loss, correct = self.step(inputs, labels, tf.constant(count), tf.constant(float(size)), weights)
            total += loss.numpy() * np.float32(size)
            right += int(correct)
        reviews = np.float32(sum(sizes))
        return {"loss": float(total / reviews), "accuracy": float(np.float32(right) / reviews)}

    def _step(self, *share: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        loss, correct, *gradients = self.workers.strategy.run(self._gradients, share)
        self.network.optimizer.apply(gradients, self.network.trainable_variables)
        return loss, correct

    def _gradients(self, inputs: Any, labels: Any, count: Any, size: Any, weights: Any) -> list:
        """Loss, number of right answers, and gradients, of a batch of that `size`.

        The first `count` rows of inputs and labels are this worker's share of it.
        """
        variables = [variable.value for variable in self.network.trainable_variables]
        with tf.GradientTape() as tape:
            logits, labels = self.network(inputs, training=True)[:count], labels[:count]
            losses = keras.losses.binary_crossentropy(labels, logits, from_logits=True)
            losses *= tf.gather(weights, tf.cast(labels[:, 0], tf.int32))
            loss = ops.sum(losses) / size  # whose sum over the workers is that of the batch
        correct = ops.sum(ops.cast((logits >= 0) == (labels > 0), "float32"))
        return self.workers.sum([loss, correct, *tape.gradient(loss, variables)])
