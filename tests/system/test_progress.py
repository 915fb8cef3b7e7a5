"""system/progress.py: Ctrl-C takes effect between two steps."""

import os
import signal

import pytest

from sentiment.system import progress


def test_ctrl_c_takes_effect_at_the_next_step():
    before, reached = signal.getsignal(signal.SIGINT), []
    with pytest.raises(KeyboardInterrupt), progress.counter("count", 10) as advance:
        advance(1)
        os.kill(os.getpid(), signal.SIGINT)
        os.kill(os.getpid(), signal.SIGINT)
        reached.append("between two steps")
        advance(1)
        reached.append("after")
    assert reached == ["between two steps"]
    assert signal.getsignal(signal.SIGINT) is before


def test_ctrl_c_after_the_last_step_takes_effect_at_the_end():
    with pytest.raises(KeyboardInterrupt), progress.counter("count", 1) as advance:
        advance(1)
        os.kill(os.getpid(), signal.SIGINT)
