"""Try to make the project lose something, or let something in: `python -m benchmarks.torture`."""
