"""From a trained model to one that answers without TensorFlow."""
