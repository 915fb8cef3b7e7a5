"""server/batcher.py: batches, turns, limits, cancellation and failures."""

import threading

import pytest

from sentiment.server.batcher import Batcher, Busy

SECONDS = 10  # to wait for what comes at once, before a test is given up


class Answering:
    """Answers in capitals, remembers what it was asked together, and can be held up."""

    def __init__(self):
        self.batches, self.asked, self.go_on = [], threading.Event(), threading.Event()
        self.go_on.set()

    def __call__(self, texts):
        self.batches.append(texts)
        self.asked.set()
        assert self.go_on.wait(SECONDS)
        if "bad" in texts:
            raise ValueError("bad")
        return [text.upper() for text in texts]


@pytest.fixture
def answering():
    return Answering()


@pytest.fixture
def batcher(answering):
    batcher = Batcher(answering, batch=4, capacity=10)
    yield batcher
    answering.go_on.set()
    batcher.close()


@pytest.fixture
def busy(batcher, answering):
    """The batcher, while it is held up by a first text."""
    answering.go_on.clear()
    batcher.submit(["first"])
    assert answering.asked.wait(SECONDS)
    return batcher


def test_a_text_that_comes_alone_waits_for_no_other(batcher, answering):
    assert batcher.submit(["one"]).result(SECONDS) == ["ONE"]
    assert batcher.submit(["two", "three"]).result(SECONDS) == ["TWO", "THREE"]
    assert answering.batches == [["one"], ["two", "three"]]


def test_what_waits_is_answered_together(busy, answering):
    futures = [busy.submit([text]) for text in "abcdef"]
    answering.go_on.set()
    assert [future.result(SECONDS) for future in futures] == [[text] for text in "ABCDEF"]
    assert answering.batches == [["first"], list("abcd"), list("ef")]


def test_requests_take_turns(busy, answering):
    long, short = busy.submit(list("abcdefg")), busy.submit(["z"])
    answering.go_on.set()
    assert long.result(SECONDS) == list("ABCDEFG")
    assert short.result(SECONDS) == ["Z"]
    assert answering.batches[1] == ["a", "z", "b", "c"]


def test_no_more_wait_than_there_is_room_for(busy, answering):
    waiting = busy.submit(list("abcdefgh"))
    with pytest.raises(Busy):
        busy.submit(list("xyz"))
    busy.submit(list("xy"))
    assert busy.waiting == 10
    answering.go_on.set()
    waiting.result(SECONDS)
    assert busy.submit(list("xyz")).result(SECONDS) == list("XYZ")


def test_what_is_cancelled_makes_room_and_is_not_answered(busy, answering):
    cancelled, waiting = busy.submit(list("abcdefgh")), busy.submit(["x"])
    assert cancelled.cancel()
    assert busy.waiting == 1
    last = busy.submit(list("ijklmn"))
    answering.go_on.set()
    assert (waiting.result(SECONDS), last.result(SECONDS)) == (["X"], list("IJKLMN"))
    assert answering.batches == [["first"], list("xijk"), list("lmn")]


def test_what_is_cancelled_halfway_is_left_there(batcher, answering):
    answering.go_on.clear()
    cancelled = batcher.submit(list("abcdefgh"))
    assert answering.asked.wait(SECONDS)
    assert batcher.waiting == 4
    assert cancelled.cancel()
    assert batcher.waiting == 0
    last = batcher.submit(list("ijklmnopqr"))
    answering.go_on.set()
    assert last.result(SECONDS) == list("IJKLMNOPQR")
    assert answering.batches == [list("abcd"), list("ijkl"), list("mnop"), list("qr")]


@pytest.mark.parametrize("text", ["a", "bad"])
def test_what_is_cancelled_at_the_last_moment_harms_nobody_after(batcher, answering, text):
    answering.go_on.clear()
    cancelled = batcher.submit([text, text])
    assert answering.asked.wait(SECONDS)
    assert cancelled.cancel()
    answering.go_on.set()
    assert batcher.submit(["z"]).result(SECONDS) == ["Z"]


def test_what_is_left_of_a_failed_request_is_dropped(batcher, answering):
    with pytest.raises(ValueError, match="bad"):
        batcher.submit(["a", "bad", "b", "bad", "c", "d"]).result(SECONDS)
    assert batcher.waiting == 0
    assert batcher.submit(["z"]).result(SECONDS) == ["Z"]
    assert answering.batches == [["a", "bad", "b", "bad"], ["z"]]


def test_a_failure_is_told_to_those_it_is_about_and_to_nobody_after(busy, answering):
    failing, later = busy.submit(["a", "bad", "b", "c", "d"]), busy.submit(["z"])
    answering.go_on.set()
    with pytest.raises(ValueError, match="bad"):
        failing.result(SECONDS)
    with pytest.raises(ValueError, match="bad"):  # it was in the same batch
        later.result(SECONDS)
    assert busy.submit(["e"]).result(SECONDS) == ["E"]


def test_closing_answers_what_waits_and_takes_no_more(busy, answering):
    waiting = busy.submit(list("abcdef"))
    closing = threading.Thread(target=busy.close)
    closing.start()
    answering.go_on.set()
    closing.join(SECONDS)
    assert not closing.is_alive()
    assert waiting.result(0) == list("ABCDEF")
    with pytest.raises(Busy):
        busy.submit(["late"])
