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


def test_waiting_requests_are_answered_together_and_take_turns(busy, uppercase):
    long, short = busy.submit(list("abcdefg")), busy.submit(["z"])
    uppercase.released.set()
    assert (long.result(SECONDS), short.result(SECONDS)) == (list("ABCDEFG"), ["Z"])
    assert uppercase.batches == [["first"], list("azbc"), list("defg")]


def test_a_full_queue_is_refused_until_requests_are_cancelled(batcher, uppercase):
    uppercase.released.clear()
    halfway = batcher.submit(list("abcdefgh"))
    assert uppercase.called.wait(SECONDS)
    with pytest.raises(Busy):
        batcher.submit(list("tuvwxyz"))
    waiting = batcher.submit(list("uvwxyz"))
    assert batcher.waiting == 4 + 6
    assert halfway.cancel() and waiting.cancel()
    assert batcher.waiting == 0
    last = batcher.submit(list("ijklmnopqr"))
    uppercase.released.set()
    assert last.result(SECONDS) == list("IJKLMNOPQR")
    assert uppercase.batches == [list("abcd"), list("ijkl"), list("mnop"), list("qr")]


def test_a_deferred_request_comes_last_and_gives_way_where_there_is_no_room(busy, uppercase):
    gone, half_gone, waiting = busy.submit(list("abcd")), busy.submit(["e"]), busy.submit(["f"])
    busy.defer(gone)
    busy.defer(half_gone)
    others = busy.submit(list("vwxyz"))  # one more than there is room for
    with pytest.raises(Busy):
        gone.result(0)
    assert busy.waiting == 1 + 1 + 5
    uppercase.released.set()
    assert [one.result(SECONDS) for one in (half_gone, waiting, others)] == [["E"], ["F"], list("VWXYZ")]
    assert uppercase.batches == [["first"], list("fvwx"), list("yze")]


@pytest.mark.parametrize("text", ["a", "bad"])
def test_a_request_cancelled_while_it_is_answered_harms_no_later_one(batcher, uppercase, text):
    uppercase.released.clear()
    cancelled = batcher.submit([text, text])
    assert uppercase.called.wait(SECONDS)
    assert cancelled.cancel()
    uppercase.released.set()
    assert batcher.submit(["z"]).result(SECONDS) == ["Z"]


def test_a_failure_reaches_its_batch_drops_the_rest_and_harms_no_later_one(busy, uppercase):
    failing = [busy.submit(["a", "bad", "b", "bad", "c", "d"]), busy.submit(["z"])]  # in the same batch
    uppercase.released.set()
    for future in failing:
        with pytest.raises(ValueError, match="bad"):
            future.result(SECONDS)
    assert busy.submit(["e"]).result(SECONDS) == ["E"]
    assert uppercase.batches == [["first"], ["a", "z", "bad", "b"], ["e"]]


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
