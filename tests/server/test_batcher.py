"""server/batcher.py: batches, turns, limits, cancellation and failures."""

import threading

import pytest

from sentiment.server.batcher import Batcher, Busy

SECONDS = 10  # to wait for something immediate, before the test fails


class Uppercase:
    """Answers in upper case, remembers its batches, and can be blocked."""

    def __init__(self):
        self.batches, self.called, self.released = [], threading.Event(), threading.Event()
        self.released.set()

    def __call__(self, texts):
        self.batches.append(texts)
        self.called.set()
        assert self.released.wait(SECONDS)
        if "bad" in texts:
            raise ValueError("bad")
        return [text.upper() for text in texts]


@pytest.fixture
def uppercase():
    return Uppercase()


@pytest.fixture
def batcher(uppercase):
    batcher = Batcher(uppercase, batch=4, capacity=10)
    yield batcher
    uppercase.released.set()
    batcher.close()


@pytest.fixture
def busy(batcher, uppercase):
    """The batcher while it is blocked by a first text."""
    uppercase.released.clear()
    batcher.submit(["first"])
    assert uppercase.called.wait(SECONDS)
    return batcher


def test_a_text_that_comes_alone_is_answered_at_once(batcher, uppercase):
    assert batcher.submit(["one"]).result(SECONDS) == ["ONE"]
    assert batcher.submit(["two", "three"]).result(SECONDS) == ["TWO", "THREE"]
    assert uppercase.batches == [["one"], ["two", "three"]]


def test_waiting_texts_are_answered_together(busy, uppercase):
    futures = [busy.submit([text]) for text in "abcdef"]
    uppercase.released.set()
    assert [future.result(SECONDS) for future in futures] == [[text] for text in "ABCDEF"]
    assert uppercase.batches == [["first"], list("abcd"), list("ef")]


def test_requests_take_turns(busy, uppercase):
    long, short = busy.submit(list("abcdefg")), busy.submit(["z"])
    uppercase.released.set()
    assert long.result(SECONDS) == list("ABCDEFG")
    assert short.result(SECONDS) == ["Z"]
    assert uppercase.batches[1] == ["a", "z", "b", "c"]


def test_a_full_queue_is_refused(busy, uppercase):
    waiting = busy.submit(list("abcdefgh"))
    with pytest.raises(Busy):
        busy.submit(list("xyz"))
    busy.submit(list("xy"))
    assert busy.waiting == 10
    uppercase.released.set()
    waiting.result(SECONDS)
    assert busy.submit(list("xyz")).result(SECONDS) == list("XYZ")


def test_a_cancelled_request_makes_room_and_is_not_answered(busy, uppercase):
    cancelled, waiting = busy.submit(list("abcdefgh")), busy.submit(["x"])
    assert cancelled.cancel()
    assert busy.waiting == 1
    last = busy.submit(list("ijklmn"))
    uppercase.released.set()
    assert (waiting.result(SECONDS), last.result(SECONDS)) == (["X"], list("IJKLMN"))
    assert uppercase.batches == [["first"], list("xijk"), list("lmn")]


def test_the_rest_of_a_request_cancelled_halfway_is_dropped(batcher, uppercase):
    uppercase.released.clear()
    cancelled = batcher.submit(list("abcdefgh"))
    assert uppercase.called.wait(SECONDS)
    assert batcher.waiting == 4
    assert cancelled.cancel()
    assert batcher.waiting == 0
    last = batcher.submit(list("ijklmnopqr"))
    uppercase.released.set()
    assert last.result(SECONDS) == list("IJKLMNOPQR")
    assert uppercase.batches == [list("abcd"), list("ijkl"), list("mnop"), list("qr")]


@pytest.mark.parametrize("text", ["a", "bad"])
def test_a_request_cancelled_while_it_is_answered_harms_no_later_one(batcher, uppercase, text):
    uppercase.released.clear()
    cancelled = batcher.submit([text, text])
    assert uppercase.called.wait(SECONDS)
    assert cancelled.cancel()
    uppercase.released.set()
    assert batcher.submit(["z"]).result(SECONDS) == ["Z"]


def test_the_rest_of_a_failed_request_is_dropped(batcher, uppercase):
    with pytest.raises(ValueError, match="bad"):
        batcher.submit(["a", "bad", "b", "bad", "c", "d"]).result(SECONDS)
    assert batcher.waiting == 0
    assert batcher.submit(["z"]).result(SECONDS) == ["Z"]
    assert uppercase.batches == [["a", "bad", "b", "bad"], ["z"]]


def test_a_failure_reaches_its_batch_and_no_later_one(busy, uppercase):
    failing, later = busy.submit(["a", "bad", "b", "c", "d"]), busy.submit(["z"])
    uppercase.released.set()
    with pytest.raises(ValueError, match="bad"):
        failing.result(SECONDS)
    with pytest.raises(ValueError, match="bad"):  # it was in the same batch
        later.result(SECONDS)
    assert busy.submit(["e"]).result(SECONDS) == ["E"]


def test_closing_answers_waiting_texts_and_accepts_no_more(busy, uppercase):
    waiting = busy.submit(list("abcdef"))
    closing = threading.Thread(target=busy.close)
    closing.start()
    uppercase.released.set()
    closing.join(SECONDS)
    assert not closing.is_alive()
    assert waiting.result(0) == list("ABCDEF")
    with pytest.raises(Busy):
        busy.submit(["late"])
