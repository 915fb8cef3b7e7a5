"""`python -m benchmarks`: see `compare`."""

from benchmarks import compare
from sentiment.system.command import run

if __name__ == "__main__":
    run(compare.main)
