"""What the attempts have in common: what is promised, how many were made, and which broke the promise."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass
class Trials:
    """Attempts of one kind, and those of them that went wrong, in words."""

    kind: str
    promise: str
    tried: int = 0
    wrong: list[str] = field(default_factory=list)

    def count(self, what: str, *problems: str | None) -> None:
        """Count one attempt, with its problems, if any."""
        self.tried += 1
        if found := [problem for problem in problems if problem]:
            self.wrong.append(f"{what}: {'; '.join(found)}")
            print(self.wrong[-1], flush=True)

    def row(self) -> list[str]:
        """The cells of this kind in the page's table."""
        return [self.kind, self.promise, f"{self.tried:,}", f"{self.tried - len(self.wrong):,}"]


def within(seconds: float, count: int) -> Iterator[int]:
    """Yield 0, 1, ... `count - 1`, but none after so many seconds."""
    end = time.monotonic() + seconds
    for number in range(count):
        if time.monotonic() > end:
            return
        yield number
