"""Many ask at the same time, one thread answers: what waits is answered together."""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field


class Busy(Exception):
    """So many texts are waiting already that these would have to wait for too long."""


@dataclass(eq=False)
class _Request:
    texts: list[str]
    answers: list = field(default_factory=list)
    taken: int = 0
    future: Future = field(default_factory=Future)


class Batcher:
    """A thread that answers texts.

    answer: called in that thread with a list of at most `batch` texts; returns an answer to each, in order.
    capacity: how many texts may wait.

    It takes up to `batch` of the texts that are waiting, and waits for no more than the first: a text that
    comes alone is answered at once. Requests take turns, one text each, so that a long one holds up none.
    """

    def __init__(self, answer: Callable[[list[str]], Sequence], batch: int, capacity: int):
        self.waiting = 0  # texts that are not yet taken
        self._answer, self._batch, self._capacity = answer, batch, capacity
        self._requests: deque[_Request] = deque()
        self._changed = threading.Condition()
        self._closed = False
        self._thread = threading.Thread(target=self._work)
        self._thread.start()

    def submit(self, texts: list[str]) -> Future:
        """Have `texts`, of which there is at least one, answered: the result is the list of the answers.

        Until then it can be cancelled: those that are not yet taken are dropped. Raises Busy where there is
        no room for them.
        """
        request = _Request(list(texts))
        request.future.add_done_callback(lambda future: self._drop(request) if future.cancelled() else None)
        with self._changed:
            if self._closed or self.waiting + len(request.texts) > self._capacity:
                raise Busy
            self.waiting += len(request.texts)
            self._requests.append(request)
            self._changed.notify()
        return request.future

    def close(self) -> None:
        """Answer what is waiting, take no more, and end the thread."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        self._thread.join()

    def _drop(self, request: _Request) -> None:
        """Make room: nobody waits for the rest of this one any more."""
        with self._changed:
            if request in self._requests:
                self._requests.remove(request)
                self.waiting -= len(request.texts) - request.taken

    def _work(self) -> None:
        while requests := self._take():
            try:
                answers = self._answer([text for _, text in requests])
            except Exception as error:  # this batch's failure; the thread is there for the next one
                self._fail([request for request, _ in requests], error)
                continue
            for (request, _), answer in zip(requests, answers, strict=True):
                request.answers.append(answer)
                if len(request.answers) == len(request.texts) and _uncancelled(request):
                    request.future.set_result(request.answers)

    def _fail(self, requests: list[_Request], error: Exception) -> None:
        for request in dict.fromkeys(requests):  # one may have had several texts in the batch
            self._drop(request)
            if _uncancelled(request):
                request.future.set_exception(error)

    def _take(self) -> list[tuple[_Request, str]]:
        """The next texts, with the requests they are of; none after the last of a batcher that was closed."""
        with self._changed:
            self._changed.wait_for(lambda: self._requests or self._closed)
            return self._turns()

    def _turns(self) -> list[tuple[_Request, str]]:
        """Take up to a batch of texts, one of each request and then again."""
        batch = []
        while self._requests and len(batch) < self._batch:
            request = self._requests.popleft()
            batch.append((request, request.texts[request.taken]))
            request.taken += 1
            if request.taken < len(request.texts):
                self._requests.append(request)
        self.waiting -= len(batch)
        return batch


def _uncancelled(request: _Request) -> bool:
    """Whether it is still wanted; from here on, it cannot be cancelled any more."""
    return request.future.set_running_or_notify_cancel()
