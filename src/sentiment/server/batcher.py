"""Batch the texts of concurrent requests: one thread answers those that are waiting together."""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field


class Busy(Exception):
    """Too many texts are waiting already."""


@dataclass(eq=False)
class _Request:
    texts: list[str]
    answers: list = field(default_factory=list)
    taken: int = 0
    future: Future = field(default_factory=Future)


class Batcher:
    """A thread that answers texts in batches.

    answer: called in that thread with a list of at most `batch` texts; returns their answers, in order.
    capacity: the number of texts that may wait.

    A batch is whatever is waiting, so a text that comes alone is answered at once. Requests take turns, one
    text each, so that a long request delays no other. Those that are deferred come after all others.
    """

    def __init__(self, answer: Callable[[list[str]], Sequence], batch: int, capacity: int):
        self.waiting = 0  # texts not yet taken
        self._answer, self._batch, self._capacity = answer, batch, capacity
        self._requests: deque[_Request] = deque()
        self._deferred: deque[_Request] = deque()
        self._changed = threading.Condition()
        self._closed = False
        self._thread = threading.Thread(target=self._work)
        self._thread.start()

    def submit(self, texts: list[str]) -> Future:
        """Queue `texts`, at least one; the future's result is the list of their answers.

        Cancelling the future drops the texts that are not yet taken. Raises Busy if there is no room.
        """
        request = _Request(list(texts))
        request.future.add_done_callback(lambda future: self._drop(request) if future.cancelled() else None)
        with self._changed:
            while self._deferred and self.waiting + len(request.texts) > self._capacity:
                self._fail([self._deferred[0]], Busy())
            if self._closed or self.waiting + len(request.texts) > self._capacity:
                raise Busy
            self.waiting += len(request.texts)
            self._requests.append(request)
            self._changed.notify()
        return request.future

    def defer(self, future: Future) -> None:
        """Answer the request of this future after all others; it fails with Busy if these need its room."""
        with self._changed:
            for request in [one for one in self._requests if one.future is future]:
                self._requests.remove(request)
                self._deferred.append(request)

    def close(self) -> None:
        """Answer the texts that are waiting, accept no more, and end the thread."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        self._thread.join()

    def _drop(self, request: _Request) -> None:
        """Remove the rest of a request from the queue."""
        with self._changed:
            for queue in (self._requests, self._deferred):
                if request in queue:
                    queue.remove(request)
                    self.waiting -= len(request.texts) - request.taken

    def _work(self) -> None:
        while requests := self._take():
            try:
                answers = self._answer([text for _, text in requests])
            except Exception as error:  # fails this batch; the thread goes on with the next
                self._fail([request for request, _ in requests], error)
                continue
            for (request, _), answer in zip(requests, answers, strict=True):
                request.answers.append(answer)
                if len(request.answers) == len(request.texts) and _uncancelled(request):
                    request.future.set_result(request.answers)

    def _fail(self, requests: list[_Request], error: Exception) -> None:
        for request in dict.fromkeys(requests):  # a request may have several texts in the batch
            self._drop(request)
            if _uncancelled(request):
                request.future.set_exception(error)

    def _take(self) -> list[tuple[_Request, str]]:
        """Wait for the next batch of texts with their requests; empty once the batcher is closed and done."""
        with self._changed:
            self._changed.wait_for(lambda: self._requests or self._deferred or self._closed)
            return self._next_batch()

    def _next_batch(self) -> list[tuple[_Request, str]]:
        """Take up to a batch of texts from the requests in turn."""
        batch: list[tuple[_Request, str]] = []
        while (queue := self._requests or self._deferred) and len(batch) < self._batch:
            request = queue.popleft()
            batch.append((request, request.texts[request.taken]))
            request.taken += 1
            if request.taken < len(request.texts):
                queue.append(request)
        self.waiting -= len(batch)
        return batch


def _uncancelled(request: _Request) -> bool:
    """Return whether the future was not cancelled; from here on it cannot be."""
    return request.future.set_running_or_notify_cancel()
