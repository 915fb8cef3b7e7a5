"""How good a model is: plots, and tests of its behaviour."""
