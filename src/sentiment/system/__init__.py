"""What every room stands on: files that appear whole, progress, processes, the command line."""
