"""How the LSTM learns."""
