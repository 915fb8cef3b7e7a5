"""What every room builds on: atomic files, processes, progress bars, command lines."""
