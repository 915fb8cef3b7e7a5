"""`sentiment score`, by its command line, with the model that comes with the project."""

import csv
import fcntl
import io
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
import zlib
from contextlib import suppress

import numpy as np
import psutil
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from conftest import ROOT, run
from sklearn.metrics import f1_score

from sentiment import metrics
from sentiment.inference import predictor
from sentiment.scoring.journal import opened
from sentiment.scoring.streaming_metrics import Counts
from sentiment.scoring.tables import UNITS

COMMAND = (sys.executable, "-m", "sentiment.cli.main", "score")
MODEL = ROOT / "models" / "imdb"
TEXTS = [
    "A wonderful film.",
    "Awful, a waste of time.",
    "Not bad,\nnot <b>bad</b> at all!",
    'He said "no"; so do I',
]


def score(folder, *arguments, check=True, **environment):
    """Run it in `folder`."""
    environment |= {"PYTHONPATH": str(ROOT / "src")}
    return run(*COMMAND, *arguments, "--model", str(MODEL), cwd=folder, check=check, **environment)


def refused(folder, *arguments):
    """Its error message, after which nothing is left but what was there before."""
    before = sorted(folder.iterdir())
    result = score(folder, *arguments, check=False)
    assert (result.returncode, result.stdout) == (1, ""), result.stderr
    assert sorted(folder.iterdir()) == before
    return result.stderr.splitlines()[-1].removeprefix("error: ")


def expected(texts):
    """What the model says: the two columns, as text."""
    found = predictor.Predictor(MODEL).predict(texts)
    return [(f"{p:.6f}", label) for p, label in zip(found.probability, found.label, strict=True)]


def near(written, texts):
    """Whether the columns `written` are what the model says, but for the last decimal."""
    for (p, label), (q, other) in zip(written, expected(texts), strict=True):
        assert abs(float(p) - float(q)) < 5e-6
        assert label == other


def test_csv_keeps_what_was_there_to_the_byte(tmp_path):
    rows = [
        "\ufeffid,text,note\r\n",
        '1,"A wonderful film.", x \r\n',
        '"2","Awful, a waste of time.",\n',
        '3,"Not bad,\nnot <b>bad</b> at all!","a ""b"",\r\nc"\r\n',
        "4,<br />,blank\r\n",
        'NA,He said "no"; so do I,last',
    ]
    (tmp_path / "in.csv").write_bytes("".join(rows).encode())
    result = score(tmp_path, "in.csv", "new/out.csv", "--text-column", "text")
    content = (tmp_path / "new" / "out.csv").read_bytes().decode()
    table = list(csv.DictReader(io.StringIO(content.removeprefix("\ufeff"), newline="")))
    added = [",probability,predicted", *(f",{row['probability']},{row['predicted']}" for row in table)]
    ends = [row[len(row.rstrip("\r\n")) :] for row in rows]
    assert content == "".join(
        row.rstrip("\r\n") + new + end for row, new, end in zip(rows, added, ends, strict=True)
    )
    assert (table[3]["probability"], table[3]["predicted"]) == ("", "")  # nothing is left of the text
    del table[3]
    near([(row["probability"], row["predicted"]) for row in table], TEXTS)
    assert "1 blank" in result.stdout
    assert "accuracy" not in result.stdout
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["out.csv"]


def test_json_lines_and_parquet_say_the_same_and_measure_it(tmp_path):
    texts, labels = [*TEXTS, " "], ["positive", "negative", "negative", "Negative", "positive"]
    table = pa.table(
        {"id": range(5), "review": texts, "sentiment": labels, "tags": [["a"], [], None, [], []]}
    )
    table = table.replace_schema_metadata({"kept": "yes"})
    pq.write_table(table, tmp_path / "in.parquet")
    lines = [json.dumps(row) for row in table.to_pylist()]
    lines[1] = f" {lines[1][:-1]} }} \r"
    (tmp_path / "in.jsonl").write_text("\ufeff" + "\n\n".join(lines), "utf-8")

    results = [score(tmp_path, f"in.{kind}", f"out.{kind}") for kind in ("jsonl", "parquet")]

    content = (tmp_path / "out.jsonl").read_bytes().decode()
    assert content.startswith("\ufeff")
    written = content[1:].splitlines()
    rows = [json.loads(line) for line in written]
    near([(row["probability"], row["predicted"]) for row in rows[:-1]], TEXTS)
    assert (rows[-1]["probability"], rows[-1]["predicted"]) == (None, None)
    assert [line.partition(', "probability"')[0] for line in written] == [
        line.rstrip("\r }") for line in lines
    ]
    found = pq.read_table(tmp_path / "out.parquet")
    assert found.to_pylist() == rows
    assert found.drop_columns(["probability", "predicted"]).equals(table)
    assert found.schema.metadata[b"kept"] == b"yes"
    right = sum(a["predicted"] == b.lower() for a, b in zip(rows[:-1], labels, strict=False))
    for result in results:
        assert f"accuracy  {right / 4:.4f}" in result.stdout


def test_measures_are_those_of_scikit_learn():
    draw = np.random.default_rng(0)
    labels = draw.integers(0, 2, 500)
    values = np.concatenate(
        [np.round(draw.beta(1, 1 + labels[:400]) * 50) * UNITS // 50, [0, UNITS] * 50]
    ).astype(int)
    counts = Counts()
    for label, value in zip(labels, values, strict=True):
        counts.add(label, value)
    theirs = metrics.summary(labels, values / UNITS, samples=2, bins=2, seed=0)
    ours = counts.measures()
    assert len(ours) == 7
    assert ours == pytest.approx({name: theirs[name] for name in ours}, abs=1e-6)


def test_measures_of_one_label_alone():
    counts = Counts()
    counts.add(0, 100_000)
    measures = counts.measures()
    assert "roc_auc" not in measures
    assert (measures["accuracy"], measures["f1"]) == (1, f1_score([0], [0], zero_division=0))
    assert measures["log_loss"] == pytest.approx(-np.log(0.9), abs=1e-6)


ROWS = 8_000
WORDS = (
    "a",
    "the film",
    "was",
    "not",
    "good",
    "bad",
    "but",
    "never",
    "I",
    "loved",
    "hated",
    "<br />",
    "café",
)


@pytest.fixture(scope="module")
def many(tmp_path_factory):
    """A folder with a CSV of ROWS short reviews, and what comes of it."""
    folder = tmp_path_factory.mktemp("many")
    draw = random.Random(0)
    lines = [f"{' '.join(draw.choices(WORDS, k=draw.randint(1, 40)))},{number}" for number in range(ROWS)]
    (folder / "in.csv").write_text("\n".join(["review,number", *lines, ""]), "utf-8")
    score(folder, "in.csv", "out.csv")
    return folder


def start(folder, *arguments):
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    command = [*COMMAND, *arguments, "--model", str(MODEL)]
    return psutil.Popen(
        command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def watched(folder, *arguments):
    """Run it; the most bytes that any of its processes held."""
    process, peak = start(folder, *arguments), 0
    while process.poll() is None:
        for member in [process, *process.children(recursive=True)]:
            with suppress(psutil.NoSuchProcess):
                peak = max(peak, member.memory_info().rss)
        time.sleep(0.05)
    assert process.returncode == 0, process.stderr.read()
    return peak


def written(journal):
    """The scores in a journal: in each line but the first, a checksum and then a list of them."""
    _, *lines = journal.read_bytes().splitlines(keepends=True)
    return [score for line in lines if line.endswith(b"\n") for score in json.loads(line[9:])]


def wait_for_journal(process, folder, output, scores):
    """Wait until the journal of `output` has that many scores; its path."""
    path = folder / f".part-{output}.scores"
    while not (path.exists() and len(written(path)) >= scores):
        assert process.poll() is None, process.stderr.read()
        time.sleep(0.01)
    return path


def test_rows_stay_in_order(many):
    texts = (many / "in.csv").read_text("utf-8").splitlines()
    out = (many / "out.csv").read_text("utf-8").splitlines()
    assert [line.rsplit(",", 2)[0] for line in out] == texts
    chosen = [random.Random(1).randrange(1, len(out)) for _ in range(200)]
    near([out[row].rsplit(",", 2)[1:] for row in chosen], [texts[row].rsplit(",", 1)[0] for row in chosen])


def test_memory_does_not_grow_with_the_file(tmp_path):
    note = "n" * 100_000
    for rows in (10, 2_000):
        with (tmp_path / f"{rows}.csv").open("w") as file:
            file.write("review,note\n")
            file.writelines(f"fine,{note}\n" for _ in range(rows))
    few, many = (watched(tmp_path, f"{rows}.csv", "out.csv") for rows in (10, 2_000))
    assert many - few < 50 * 2**20


def test_after_a_kill_it_goes_on_to_the_same_bytes(many):
    folder = many
    process = start(folder, "in.csv", "resumed.csv")
    journal = wait_for_journal(process, folder, "resumed.csv", 1000)
    workers = process.children(recursive=True)
    process.suspend()  # or it could be done before the other command has started
    busy = refused(folder, "in.csv", "resumed.csv")
    assert busy == "resumed.csv: another run is working on this file; wait for it"
    process.kill()
    process.wait()
    assert psutil.wait_procs(workers, timeout=10)[1] == []
    assert not (folder / "resumed.csv").exists()

    done = len(written(journal))
    assert 1000 <= done < ROWS
    header, first, *others = journal.read_bytes().splitlines(keepends=True)
    marked = json.dumps([123_456, *json.loads(first[9:])[1:]]).encode() + b"\n"
    checksum = b"%08x " % zlib.crc32(marked, zlib.crc32(header))
    journal.write_bytes(b"".join([header, checksum, marked, *others, first[:20]]))  # torn in a line's midst
    result = score(folder, "in.csv", "resumed.csv")
    assert f"{done:,} of {ROWS:,} rows were scored before: going on from there" in result.stderr

    undisturbed = (folder / "out.csv").read_bytes().splitlines(keepends=True)
    resumed = (folder / "resumed.csv").read_bytes().splitlines(keepends=True)
    assert resumed[1].endswith(b",0.123456,negative\n")  # what was done was not done again
    assert resumed[2:] == undisturbed[2:]
    assert not journal.exists()


@pytest.mark.parametrize("damage", [bytes(4096), b"00000000 [1, 2, 3]\n", b"\xff" * 100])
def test_what_is_damaged_in_the_journal_is_scored_again(many, damage):
    process = start(many, "in.csv", "damaged.csv")
    journal = wait_for_journal(process, many, "damaged.csv", 1000)
    process.kill()
    process.wait()
    content = journal.read_bytes()
    journal.write_bytes(content[:-200] + damage)  # as a power cut may leave it
    result = score(many, "in.csv", "damaged.csv")
    assert "going on from there" in result.stderr
    assert (many / "damaged.csv").read_bytes() == (many / "out.csv").read_bytes()


@pytest.mark.parametrize("begun_anew", [False, True])
def test_a_journal_that_goes_before_its_lock_is_opened_again(tmp_path, monkeypatch, begun_anew):
    output, path = tmp_path / "out.csv", tmp_path / ".part-out.csv.scores"
    with opened(output, input="in.csv") as other:
        other.append(np.array([1, 2, 3]))
    lock, locked = fcntl.flock, []

    def lock_too_late(file, how):
        if not locked:
            other.remove()  # the run whose journal it is: done
            if begun_anew:
                path.touch()  # a third
        locked.append(file)
        lock(file, how)

    monkeypatch.setattr(fcntl, "flock", lock_too_late)
    with opened(output, input="in.csv") as ours:
        assert ours.done == 0
        ours.append(np.array([4]))
        assert written(path) == list(ours.scores()) == [4]
    assert len(locked) == 2


def test_a_journal_that_someone_removed_is_no_error(tmp_path):
    with opened(tmp_path / "out.csv") as ours:
        (tmp_path / ".part-out.csv.scores").unlink()
        ours.remove()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("change", ["another text", "fewer rows", "more rows"])
def test_an_input_that_changes_in_the_meantime_spoils_nothing(many, tmp_path, change):
    shutil.copy(many / "in.csv", tmp_path)
    lines = (many / "in.csv").read_text("utf-8").splitlines(keepends=True)
    changed = {
        "another text": [lines[0], *lines[:0:-1]],
        "fewer rows": lines[: ROWS // 2],
        "more rows": lines + lines[1:],
    }[change]
    process = start(tmp_path, "in.csv", "out.csv")
    wait_for_journal(process, tmp_path, "out.csv", 500)
    (tmp_path / "in.csv").write_text("".join(changed), "utf-8")
    output, errors = process.communicate(timeout=60)
    assert (process.returncode, output) == (1, "")
    assert errors.splitlines()[-1] == "error: in.csv: changed while it was read; run the same command again"
    assert "Traceback" not in errors
    assert not (tmp_path / "out.csv").exists()

    shutil.copy(many / "in.csv", tmp_path)
    assert "going on from there" in score(tmp_path, "in.csv", "out.csv").stderr
    assert (tmp_path / "out.csv").read_bytes() == (many / "out.csv").read_bytes()


def test_ctrl_c_ends_in_one_line_and_another_input_starts_anew(many, tmp_path):
    shutil.copy(many / "in.csv", tmp_path)
    process = subprocess.Popen(
        [*COMMAND, "in.csv", "out.csv", "--model", str(MODEL)],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,  # a group of its own, all of which the terminal would signal
    )
    wait_for_journal(process, tmp_path, "out.csv", 1000)
    os.killpg(process.pid, signal.SIGINT)
    output, errors = process.communicate(timeout=30)
    assert (process.returncode, output) == (130, "")
    assert "Traceback" not in errors
    assert errors.splitlines()[-1] == "stopped; the same command goes on from there, and then writes out.csv"

    (tmp_path / "in.csv").write_text("review\nfine\n")
    result = score(tmp_path, "in.csv", "out.csv")
    assert "starting anew" in result.stderr
    assert len((tmp_path / "out.csv").read_text().splitlines()) == 2


WRONG = {
    "a\nx\n": "1: no column 'review'; its columns are 'a'; name yours with --text-column and --label-column",
    "review,predicted\n": "1: has a column 'predicted' already, which scoring adds; rename it or drop it",
    'review\nx\n"y\nz\n': "3: the quote that opens here is never closed",
    "review,b\nx,1\ny\n": "3: expected 2 fields, found 1",
    "review,sentiment\n,5\n": "2: label '5' is none of positive, negative, 1, 0 (--label-column '' for none)",
}


@pytest.mark.parametrize(("content", "message"), WRONG.items())
def test_a_wrong_csv_is_refused_in_one_line(tmp_path, content, message):
    (tmp_path / "in.csv").write_text(content)
    assert refused(tmp_path, "in.csv", "out.csv") == f"in.csv: line {message}"


def test_wrong_json_lines_are_named(tmp_path):
    lines = [
        '{"review": "x"}',
        "[]",
        '{"review": ',
        '{"text": "x"}',
        '{"review": 1}',
        '{"review": "x", "predicted": 1}',
    ]
    (tmp_path / "in.jsonl").write_text("\n".join(lines))
    message = refused(tmp_path, "in.jsonl", "out.jsonl")
    assert [part.partition(":")[0] for part in message.removeprefix("in.jsonl: ").split("; line ")] == [
        "line 2",
        *"3456",
    ]


def test_wrong_parquet_is_refused(tmp_path):
    (tmp_path / "in.parquet").write_text("PAR1")
    damaged = "in.parquet: not a Parquet file, or damaged: "
    assert refused(tmp_path, "in.parquet", "out.parquet").startswith(damaged)
    plain = {"compression": "none", "use_dictionary": False, "write_statistics": False, "store_schema": False}
    pq.write_table(pa.table({"review": ["a fine film"] * 9}), tmp_path / "in.parquet", **plain)
    content = (tmp_path / "in.parquet").read_bytes()
    for found in b"fine", b"review", b"a fine":  # no UTF-8, in a text and in a name; and of another length
        offset = content.index(found) - (found == b"a fine")
        (tmp_path / "in.parquet").write_bytes(content[:offset] + b"\xff" + content[offset + 1 :])
        assert refused(tmp_path, "in.parquet", "out.parquet").startswith(damaged)
    pq.write_table(pa.table({"review": [1]}), tmp_path / "in.parquet")
    assert (
        refused(tmp_path, "in.parquet", "out.parquet")
        == "in.parquet: column 'review' holds no texts but int64"
    )
    pq.write_table(pa.table([pa.array(["a"])] * 2, names=["review"] * 2), tmp_path / "in.parquet")
    assert refused(tmp_path, "in.parquet", "out.parquet") == "in.parquet: column 'review' occurs twice"


def test_paths_that_cannot_be_meant_are_refused(tmp_path):
    for name in ("in.csv", "in.txt", ".part-out.csv"):
        (tmp_path / name).write_text("review\nx\n")
    (tmp_path / "link.csv").symlink_to("in.csv")
    (tmp_path / "other.csv").symlink_to(".part-out.csv")
    for names in ((".part-out.csv", "out.csv"), ("other.csv", "out.csv"), ("in.csv", ".part-new.csv")):
        assert "unfinished files have names that begin with .part-" in refused(tmp_path, *names)
    assert "both input and output" in refused(tmp_path, "in.csv", "link.csv")
    assert "of the kind of in.csv" in refused(tmp_path, "in.csv", "out.jsonl")
    assert "what kind of file?" in refused(tmp_path, "in.txt", "out.txt")
    assert refused(tmp_path, "none.csv", "out.csv") == "none.csv: no such file"


def test_a_name_that_no_terminal_can_show(tmp_path):
    (tmp_path / "in.csv").write_text("review\nx\n")
    name = os.fsdecode(b"\xff\x1b[31m.csv")
    result = score(tmp_path, "in.csv", name)
    assert (tmp_path / name).exists()
    assert result.stdout.startswith("??[31m.csv: 1 rows")


def test_parquet_without_pyarrow_says_what_to_install(tmp_path):
    (tmp_path / "in.parquet").write_text("PAR1")
    (tmp_path / "pyarrow.py").write_text("raise ImportError")
    path = os.pathsep.join([str(tmp_path), str(ROOT / "src")])
    result = run(*COMMAND, "in.parquet", "out.parquet", cwd=tmp_path, check=False, PYTHONPATH=path)
    assert (result.returncode, result.stderr) == (
        1,
        "error: in.parquet: Parquet takes one package more: pip install pyarrow\n",
    )


def test_scoring_loads_nothing_that_serving_lacks():
    script = "import sys, sentiment.scoring.run, sentiment.inference.predictor; print(*sys.modules)"
    loaded = set(run(sys.executable, "-c", script, cwd=ROOT, PYTHONPATH="src").stdout.split())
    assert not loaded & {"tensorflow", "sklearn", "pandas", "pyarrow", "dvc", "joblib", "filelock", "psutil"}
