"""This process alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from sentiment.engine.base import Engine, P, R


class SerialEngine(Engine):
    """Works on one part after the other: for little work in the midst of a process that does other things."""

    def _apply(self, function: Callable[[P], R], parts: Iterable[P]) -> Iterator[R]:
        return map(function, parts)


HERE = SerialEngine()
