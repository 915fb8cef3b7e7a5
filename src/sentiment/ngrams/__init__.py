"""The linear classifier of n-grams, in NumPy alone."""
