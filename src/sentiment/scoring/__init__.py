"""Score whole files: the command `sentiment score`."""
