"""`sentiment predict` as a user runs it."""

import json
import os
import pstats
import re
import resource
import subprocess
import sys

import pytest

import sentiment

GOOD, BAD = "A wonderful film, I loved it.", "Dull and far too long."
HOSTILE = "\x1b[31mred\x1b[0m \x9b1m\x07\r\x08 [bold]good[/bold] :smile: </script>\u202e"
KEYS = ["source", "text", "label", "probability", "unknown_share", "truncated", "abstained"]


@pytest.fixture
def predict(tmp_path):
    """Run `sentiment predict` in an empty folder; input and output are bytes."""

    def run(*arguments, stdin: bytes = b"", program=("-m", "sentiment.cli.main"), **environment):
        return subprocess.run(
            [sys.executable, *program, "predict", *arguments],
            cwd=tmp_path,
            env={**os.environ, **environment},
            input=stdin,
            capture_output=True,
        )

    return run


def rows(done) -> list[dict]:
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_a_table_names_files_even_those_called_like_an_argument(predict, imdb, tmp_path):
    (tmp_path / "argument 1.txt").write_text(GOOD)
    (tmp_path / "argument 1").write_text(BAD)
    files = ("--file", "argument 1.txt", "--file", "argument 1")
    done = predict(GOOD, BAD, "good " * 900 + "xqzzy " * 100, *files)
    head, *lines = done.stdout.decode().splitlines()
    assert head.split() == ["label", "P(positive)", "unknown", "cut", "text"]
    assert re.fullmatch(rf"positive +\d\d\.\d% +0% +no +{GOOD}", lines[0])
    assert re.fullmatch(rf"negative +\d?\d\.\d% +0% +no +{BAD}", lines[1])
    assert re.fullmatch(r"positive +[\d.]+% +1\d% +yes +(good ?)+…", lines[2])
    texts = [re.split(" {2,}", line)[-1] for line in lines[3:]]
    assert texts == [f"argument 1.txt: {GOOD}", f"argument 1: {BAD}"]
    about = rf"{imdb}: trained on data/IMDB Dataset\.csv, test accuracy 9\d\.\d%\n"
    assert re.fullmatch(about, done.stderr.decode())


def test_json_has_the_predictions_of_python_and_their_explanation(predict, imdb):
    found = rows(predict("--json", GOOD, BAD))
    assert [list(row) for row in found] == [KEYS, KEYS]
    answers = sentiment.load(imdb).predict([GOOD, BAD])
    assert [row["label"] for row in found] == answers.label.tolist()
    assert [row["probability"] for row in found] == pytest.approx(answers.probability.tolist(), abs=1e-5)
    (row,) = rows(predict("--json", "--explain", f"<i>{GOOD}</i>"))
    assert list(row) == [*KEYS, "base", "logit", "pieces"]
    assert "".join(piece["text"] for piece in row["pieces"]) == row["text"] == GOOD
    total = sum(piece["contribution"] for piece in row["pieces"])
    assert total == pytest.approx(row["logit"] - row["base"], abs=1e-4)


def test_a_text_without_a_known_word_has_no_label(predict, imdb, tmp_path):
    (tmp_path / "empty.txt").write_text("")
    unknown = "\u042d\u0442\u043e \u0443\u0436\u0430\u0441\u043d\u044b\u0439 \u0444\u0438\u043b\u044c\u043c."
    arguments = ("<br />", unknown, GOOD, "--file", "empty.txt", "--file", "-")
    found = rows(predict("--json", *arguments, stdin=b" \n"))
    assert [row["label"] for row in found] == [None, None, "positive", None, None]
    assert [row["abstained"] for row in found] == [True, True, False, True, True]
    expected = sentiment.load(imdb).predict([row["text"] for row in found]).probability.tolist()
    assert [row["probability"] for row in found] == pytest.approx(expected, abs=1e-5)
    table = predict(*arguments).stdout.decode().splitlines()[1:]
    percent = f"{expected[1]:.1%}"
    assert re.fullmatch(rf"can't tell +{percent} +75% +no +{unknown}", table[1])
    assert [line.startswith("can't tell ") for line in table] == [True, True, False, True, True]


def test_texts_from_arguments_files_and_standard_input(predict, tmp_path):
    (tmp_path / "a.txt").write_text(f"\ufeff{GOOD}\nIndeed.\n", "utf-8")
    ends = f"{BAD}\r\n<br />\r{GOOD}\r\n".encode()
    (tmp_path / "b.txt").write_bytes(ends)

    def found(*arguments, **options):
        return [(row["source"], row["text"]) for row in rows(predict("--json", *arguments, **options))]

    whole = found("hello", "--file", "a.txt", "--file", "-", stdin=BAD.encode())
    assert whole == [("argument 1", "hello"), ("a.txt", f"{GOOD} Indeed."), ("standard input", BAD)]
    lines = found("--lines", "--file", "a.txt", "--file", "b.txt")
    assert lines[:2] == [("a.txt, line 1", GOOD), ("a.txt, line 2", "Indeed.")]
    assert lines[2:] == [("b.txt, line 1", BAD), ("b.txt, line 3", GOOD)]
    assert [text for _, text in found("--lines", stdin=ends)] == [BAD, GOOD]
    assert found(stdin=f"{GOOD}\n{BAD}".encode()) == [("standard input", f"{GOOD} {BAD}")]


@pytest.mark.parametrize("options", [(), ("--explain",)])
def test_a_text_is_cleaned_once(predict, tmp_path, options):
    profile = ("-m", "cProfile", "-o", "calls", "-m", "sentiment.cli.main")
    assert predict("--json", *options, "<i>Fine</i>", "Dull", program=profile).returncode == 0
    calls = pstats.Stats(str(tmp_path / "calls")).stats.items()
    counts = {f"{path} {name}": call[1] for (path, _, name), call in calls}
    assert [count for place, count in counts.items() if place.endswith("data/text.py clean")] == [2]


FILE_FORGOTTEN = "--lines reads files and standard input, no TEXT; name the file with --file"
DEVICE = "/dev/zero: a pipe or a device, not a file; save its content to a file first"
LIMIT = "16,777,216 bytes; `sentiment score` reads larger files"
NOWHERE = "nowhere: no such folder; run `dvc repro export`, or name another with --model"


@pytest.mark.parametrize(
    ("arguments", "stdin", "line"),
    [
        ((), b"caf\xe9", "standard input: not UTF-8, at byte 3; save it as UTF-8"),
        (("--lines",), b" \n\n", "standard input: empty; expected a review on each line"),
        (("--lines", "reviews.txt"), b"", FILE_FORGOTTEN),
        (("--file", "."), b"", ".: Is a directory; expected a text file"),
        (("--file", "\x1b[2Jx"), b"", "?[2Jx: No such file or directory; expected a text file"),
        (("--model", "nowhere", "fine"), b"", NOWHERE),
        (
            ("--file", "/dev/zero"),
            b"",
            "/dev/zero: a pipe or a device, not a file; save its content to a file first",
        ),
        ((), b"x" * (2**24 + 1), f"standard input: more than {LIMIT}"),
    ],
)
def test_a_mistake_is_one_line(predict, arguments, stdin, line):
    done = predict(*arguments, stdin=stdin)
    assert (done.returncode, done.stdout, done.stderr.decode()) == (1, b"", f"error: {line}\n")


def test_a_text_that_looks_like_an_option_comes_after_two_hyphens(predict):
    wrong = predict("-5 stars")
    assert (wrong.returncode, wrong.stdout) == (2, b"")
    assert "No such option: -5; put -- before a text that begins with -" in wrong.stderr.decode()
    assert rows(predict("--json", "--", "-5 stars"))[0]["text"] == "-5 stars"


def test_an_argument_that_is_not_utf8_is_refused(predict):
    done = predict("A fine film.", b"caf\xe9")
    message = "argument 2: not UTF-8, after 3 characters; set your terminal to UTF-8, or use --file"
    assert (done.returncode, done.stdout, done.stderr.decode()) == (1, b"", f"error: {message}\n")


def test_nothing_is_written_to_the_home_folder(predict, tmp_path):
    home = tmp_path / "home"  # where onnxruntime would keep what it reports
    assert predict(GOOD, HOME=str(home)).returncode == 0
    assert not home.exists()


@pytest.mark.parametrize("closed", ["<&-", ">&-", "<&- >&- 2>&-"])
def test_closed_streams(tmp_path, closed):
    command = f"{sys.executable} -m sentiment.cli.main predict"
    for text in "fine", "":  # without a text, it reads standard input
        shell = ["sh", "-c", f"{command} {text} {closed}"]
        done = subprocess.run(shell, cwd=tmp_path, stdin=subprocess.DEVNULL, capture_output=True, text=True)
        assert done.returncode == 0
        assert "Traceback" not in done.stderr
        assert ("\npositive" in done.stdout) == (text == "fine" and ">&-" not in closed.split())


@pytest.mark.parametrize("options", [(), ("--explain",), ("--json",), ("--json", "--explain")])
def test_a_hostile_text_cannot_steer_the_terminal(predict, tmp_path, options):
    name = "\x1b[32mreview.txt"
    (tmp_path / name).write_text(HOSTILE, "utf-8")
    done = predict(*options, "--file", name)
    assert done.returncode == 0
    shown = done.stdout.decode() + done.stderr.decode()
    assert [sign for sign in shown if not sign.isprintable() and sign != "\n"] == []
    if options != ("--json", "--explain"):  # which shows it in pieces
        assert "[bold]good[/bold] :smile:" in shown


def test_a_terminal_without_unicode(predict):
    text = "A wonderful café ☃ " * 10
    for options in ((), ("--explain",)):
        done = predict(*options, text, PYTHONIOENCODING="ascii", PYTHONUTF8="0")
        assert done.returncode == 0, done.stderr
        assert b"caf\\xe9" in done.stdout


@pytest.mark.slow
def test_the_first_answer_takes_less_than_a_second(predict, monkeypatch):
    """Of the processor; on a slow or busy machine, less than four times what its libraries take to import."""
    monkeypatch.delenv("COVERAGE_PROCESS_CONFIG", raising=False)  # it would be measured as well

    def seconds(*arguments, **options) -> float:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        assert predict(*arguments, **options).returncode == 0
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    libraries = ("-c", "import numpy, onnxruntime, typer")
    rounds = [(seconds(GOOD), seconds(program=libraries)) for _ in range(10)]
    answer, imports = (min(times) for times in zip(*rounds, strict=True))
    assert answer < max(1, 4 * imports)
