"""An exported model that answers: NumPy and ONNX Runtime, no TensorFlow."""
