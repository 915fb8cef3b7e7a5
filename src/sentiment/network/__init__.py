"""The LSTM in Keras."""
