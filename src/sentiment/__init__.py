"""A sentiment classifier for reviews: an LSTM whose whole making is a DVC pipeline."""
