"""Problems in a user's file, collected so that one message names them all."""

from pathlib import Path

from sentiment.errors import UserError

LISTED = 10  # problems that an error message lists


class Problems:
    """The problems in the file at `path`: all are counted, the first LISTED are kept for the message."""

    def __init__(self, path: str | Path):
        self.path, self.count = path, 0
        self.listed: list[str] = []

    def add(self, place: str, problem: str) -> None:
        """Add a `problem` at a `place`, such as line 7."""
        self.count += 1
        if self.count <= LISTED:
            self.listed.append(f"{place}: {problem}")

    def refuse(self) -> None:
        """Raise UserError if there are any problems."""
        if self.count:
            more = f"; and {self.count - LISTED} more" if self.count > LISTED else ""
            raise UserError(f"{self.path}: {'; '.join(self.listed)}{more}")


def shorten(value: str) -> str:
    """Quote a value for an error message, with at most 40 of its characters."""
    return repr(value if len(value) <= 40 else value[:37] + "...")
