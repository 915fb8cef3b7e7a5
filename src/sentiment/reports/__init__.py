"""Pages written from metrics."""
