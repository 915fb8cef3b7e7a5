"""Predictions over HTTP, with a web page: the command `sentiment serve`."""
