"""scoring/run.py: order, memory, kills, changes of the input, Ctrl-C."""

import json
import os
import random
import shutil
import signal
import time
import zlib
from contextlib import suppress

import psutil
import pytest
from score_command import assert_predicted, journal_scores, refused, score, start, wait_for_journal

pytestmark = pytest.mark.slow

ROWS = 5_000
WORDS = ["a", "the film", "was", "not", "good", "bad", "but never", "I loved", "hated", "<br />", "café"]


@pytest.fixture(scope="module")
def many(tmp_path_factory):
    """A folder with a CSV of ROWS short reviews, and its scored copy."""
    folder = tmp_path_factory.mktemp("many")
    draw = random.Random(0)
    lines = [f"{' '.join(draw.choices(WORDS, k=draw.randint(1, 40)))},{number}" for number in range(ROWS)]
    (folder / "in.csv").write_text("\n".join(["review,number", *lines, ""]), "utf-8")
    score(folder, "in.csv", "out.csv")
    return folder


def test_rows_stay_in_order(many):
    texts = (many / "in.csv").read_text("utf-8").splitlines()
    out = (many / "out.csv").read_text("utf-8").splitlines()
    assert [line.rsplit(",", 2)[0] for line in out] == texts
    chosen = [random.Random(1).randrange(1, len(out)) for _ in range(200)]
    reviews = [texts[row].rsplit(",", 1)[0] for row in chosen]
    assert_predicted([out[row].rsplit(",", 2)[1:] for row in chosen], reviews)


def peak_memory(folder, *arguments):
    """Run it, and return the most bytes that any of its processes held."""
    process, peak = start(folder, *arguments), 0
    while process.poll() is None:
        for member in [process, *process.children(recursive=True)]:
            with suppress(psutil.NoSuchProcess):
                peak = max(peak, member.memory_info().rss)
        time.sleep(0.05)
    assert process.returncode == 0, process.stderr.read()
    return peak


def test_memory_does_not_grow_with_the_file(tmp_path):
    note = "n" * 100_000
    for rows in (10, 2_000):
        with (tmp_path / f"{rows}.csv").open("w") as file:
            file.write("review,note\n")
            file.writelines(f"fine,{note}\n" for _ in range(rows))
    few, many = (peak_memory(tmp_path, f"{rows}.csv", f"out{rows}.csv") for rows in (10, 2_000))
    assert many - few < 50 * 2**20


def test_a_killed_run_resumes_to_the_same_bytes(many):
    process = start(many, "in.csv", "resumed.csv")
    journal = wait_for_journal(process, many / "resumed.csv", 1000)
    workers = process.children(recursive=True)
    process.suspend()  # or it could finish before the other command has started
    message = refused(many, "in.csv", "resumed.csv")
    assert message == "resumed.csv: another run is working on this file; wait for it"
    process.kill()
    process.wait()
    assert psutil.wait_procs(workers, timeout=10)[1] == []
    assert not (many / "resumed.csv").exists()

    done = len(journal_scores(journal))
    assert 1000 <= done < ROWS
    header, first, *others = journal.read_bytes().splitlines(keepends=True)
    marked = json.dumps([123_456, *json.loads(first[9:])[1:]]).encode() + b"\n"
    checksum = b"%08x " % zlib.crc32(marked, zlib.crc32(header))
    journal.write_bytes(b"".join([header, checksum, marked, *others, first[:20]]))  # the last line is torn
    result = score(many, "in.csv", "resumed.csv")
    assert f"resuming: {done:,} of {ROWS:,} rows are already scored" in result.stderr

    undisturbed = (many / "out.csv").read_bytes().splitlines(keepends=True)
    resumed = (many / "resumed.csv").read_bytes().splitlines(keepends=True)
    assert resumed[1].endswith(b",0.123456,negative\n")  # the first block was not scored again
    assert resumed[2:] == undisturbed[2:]
    assert not journal.exists()


@pytest.mark.parametrize("change", ["another text", "fewer rows"])
def test_a_change_of_the_input_during_the_run_is_refused(many, tmp_path, change):
    shutil.copy(many / "in.csv", tmp_path)
    lines = (many / "in.csv").read_text("utf-8").splitlines(keepends=True)
    changed = lines[: ROWS // 2] if change == "fewer rows" else [lines[0], *lines[:0:-1]]
    process = start(tmp_path, "in.csv", "out.csv")
    wait_for_journal(process, tmp_path / "out.csv", 500)
    (tmp_path / "in.csv").write_text("".join(changed), "utf-8")
    output, errors = process.communicate(timeout=60)
    assert (process.returncode, output) == (1, "")
    assert errors.splitlines()[-1] == "error: in.csv: changed while it was read; run the same command again"
    assert "Traceback" not in errors
    assert not (tmp_path / "out.csv").exists()


def test_ctrl_c_ends_in_one_line_and_another_input_starts_afresh(many, tmp_path):
    shutil.copy(many / "in.csv", tmp_path)
    process = start(tmp_path, "in.csv", "out.csv", start_new_session=True)  # as the terminal signals a group
    wait_for_journal(process, tmp_path / "out.csv", 1000)
    os.killpg(process.pid, signal.SIGINT)
    output, errors = process.communicate(timeout=30)
    assert (process.returncode, output) == (130, "")
    assert "Traceback" not in errors
    assert errors.splitlines()[-1] == "stopped; run the same command again to resume"

    (tmp_path / "in.csv").write_text("review\nfine\n")
    assert "starting afresh" in score(tmp_path, "in.csv", "out.csv").stderr
    assert len((tmp_path / "out.csv").read_text().splitlines()) == 2
