"""How long the project takes, and how much memory."""
