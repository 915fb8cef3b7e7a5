"""scoring/journal.py: locks, races, checksums."""

import fcntl

import numpy as np
import pytest
from score_command import journal_scores

from sentiment.scoring.journal import open_journal


def test_scores_come_back_and_another_origin_starts_afresh(tmp_path):
    output = tmp_path / "out.csv"
    with open_journal(output, model="one") as journal:
        assert (journal.done, journal.outdated) == (0, False)
        journal.append(np.array([1, 2]))
        journal.append(np.array([3]))
    with open_journal(output, model="one") as journal:
        assert (journal.done, journal.outdated, list(journal.scores())) == (3, False, [1, 2, 3])
    with open_journal(output, model="two") as journal:
        assert (journal.done, journal.outdated, list(journal.scores())) == (0, True, [])


@pytest.mark.parametrize("damage", [b"", b"0", bytes(4096), b"00000000 [1, 2, 3]\n", b"\xff" * 100], ids=str)
def test_blocks_from_the_first_damaged_one_are_dropped(tmp_path, damage):
    output = tmp_path / "out.csv"
    with open_journal(output) as journal:
        for scores in [1, 2], [3], [4]:
            journal.append(np.array(scores))
    content = journal.path.read_bytes()
    last = content.rindex(b"3]")  # within the second block
    journal.path.write_bytes(content[:last] + damage + content[last + 1 :] if damage else content[:last])
    with open_journal(output) as journal:
        assert (journal.done, list(journal.scores())) == (2, [1, 2])
        journal.append(np.array([5]))
    with open_journal(output) as journal:
        assert (journal.done, list(journal.scores())) == (3, [1, 2, 5])


@pytest.mark.parametrize("restarted", [False, True])
def test_a_journal_removed_before_it_is_locked_is_opened_again(tmp_path, monkeypatch, restarted):
    output, path = tmp_path / "out.csv", tmp_path / ".part-out.csv.scores"
    with open_journal(output, input="in.csv") as other:
        other.append(np.array([1, 2, 3]))
    lock, locked = fcntl.flock, []

    def lock_too_late(file, how):
        if not locked:
            other.remove()  # the other run has finished
            if restarted:
                path.touch()  # and a third has begun
        locked.append(file)
        lock(file, how)

    monkeypatch.setattr(fcntl, "flock", lock_too_late)
    with open_journal(output, input="in.csv") as ours:
        assert ours.done == 0
        ours.append(np.array([4]))
        assert journal_scores(path) == list(ours.scores()) == [4]
    assert len(locked) == 2
