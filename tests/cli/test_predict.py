"""`sentiment predict` as a user runs it, and what it needs to run."""

import ast
import json
import os
import pty
import re
import resource
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, packages_distributions, requires

import pytest
from conftest import ROOT
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from test_dvc_yaml import closure

import sentiment

GOOD, BAD = "A wonderful film, I loved it.", "Dull and far too long."
HOSTILE = "\x1b[31mred\x1b[0m \x9b1m\x07\r\x08 [bold]good[/bold] :smile: </script>\u202e"
KEYS = ["source", "text", "label", "probability", "unknown_share", "truncated"]


@pytest.fixture
def ask(tmp_path):
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


def test_a_table_of_answers(ask, imdb):
    done = ask(GOOD, BAD, "good " * 900 + "xqzzy " * 100)
    head, *lines = done.stdout.decode().splitlines()
    assert head.split() == ["label", "P(positive)", "unknown", "cut", "text"]
    assert re.fullmatch(rf"positive +\d\d\.\d% +0% +no +{GOOD}", lines[0])
    assert re.fullmatch(rf"negative +\d?\d\.\d% +0% +no +{BAD}", lines[1])
    assert re.fullmatch(r"positive +[\d.]+% +1\d% +yes +(good ?)+…", lines[2])
    about = rf"{imdb}: trained on data/IMDB Dataset\.csv, test accuracy 9\d\.\d%\n"
    assert re.fullmatch(about, done.stderr.decode())


def test_json_says_what_python_says(ask, imdb):
    found = rows(ask("--json", GOOD, BAD))
    assert [list(row) for row in found] == [KEYS, KEYS]
    answers = sentiment.load(imdb).predict([GOOD, BAD])
    assert [row["label"] for row in found] == answers.label.tolist()
    assert [row["probability"] for row in found] == pytest.approx(answers.probability.tolist(), abs=1e-5)
    assert [row["source"] for row in found] == ["argument 1", "argument 2"]


def test_json_with_reasons(ask):
    (row,) = rows(ask("--json", "--explain", f"<i>{GOOD}</i>"))
    assert list(row) == [*KEYS, "base", "logit", "pieces"]
    assert "".join(piece["text"] for piece in row["pieces"]) == row["text"] == GOOD
    said = sum(piece["contribution"] for piece in row["pieces"])
    assert said == pytest.approx(row["logit"] - row["base"], abs=1e-4)


def test_texts_from_everywhere(ask, tmp_path):
    (tmp_path / "a.txt").write_text(f"\ufeff{GOOD}\nIndeed.\n", "utf-8")
    ends = f"{BAD}\r\n<br />\r{GOOD}\r\n".encode()
    (tmp_path / "b.txt").write_bytes(ends)
    whole = rows(ask("--json", "hello", "--file", "a.txt", "--file", "-", stdin=BAD.encode()))
    assert [row["source"] for row in whole] == ["argument 1", "a.txt", "standard input"]
    assert [row["text"] for row in whole] == ["hello", f"{GOOD} Indeed.", BAD]
    lines = rows(ask("--json", "--lines", "--file", "a.txt", "--file", "b.txt"))
    places = [("a.txt", 1), ("a.txt", 2), ("b.txt", 1), ("b.txt", 3)]
    assert [row["source"] for row in lines] == [f"{name}, line {line}" for name, line in places]
    assert [row["text"] for row in lines] == [GOOD, "Indeed.", BAD, GOOD]
    assert [row["text"] for row in rows(ask("--json", "--lines", stdin=ends))] == [BAD, GOOD]
    (alone,) = rows(ask("--json", stdin=f"{GOOD}\n{BAD}".encode()))
    assert (alone["source"], alone["text"]) == ("standard input", f"{GOOD} {BAD}")


@pytest.mark.parametrize(
    ("arguments", "stdin", "line"),
    [
        ((), b"", "standard input: empty; expected a text"),
        (("--lines",), b" \n\n", "standard input: empty; expected a text"),
        (
            ("--lines", "reviews.txt"),  # --file forgotten
            b"",
            "--lines reads files and standard input, no TEXT; name the file with --file",
        ),
        (("fine", ""), b"", "argument 2: empty; expected a text"),
        (("<br />",), b"", "argument 1: empty; expected a text"),
        (("--file", "missing.txt"), b"", "missing.txt: No such file or directory; expected a text file"),
        (("--file", "."), b"", ".: Is a directory; expected a text file"),
        ((), b"caf\xe9", "standard input: not UTF-8, at byte 3; save it as UTF-8"),
        (("--file", "\x1b[2Jx"), b"", "?[2Jx: No such file or directory; expected a text file"),
        (
            ("--model", "nowhere", "fine"),
            b"",
            "nowhere: no such folder; run `dvc repro export`, or name another with --model",
        ),
    ],
)
def test_a_mistake_is_one_line(ask, arguments, stdin, line):
    done = ask(*arguments, stdin=stdin)
    assert (done.returncode, done.stdout, done.stderr.decode()) == (1, b"", f"error: {line}\n")


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_closed_streams(tmp_path, closed):
    command = f"{sys.executable} -m sentiment.cli.main predict"
    for text, status in ("fine", 0), ("", 1):  # without a text, it reads standard input
        shell = ["sh", "-c", f"{command} {text} {closed}"]
        done = subprocess.run(shell, cwd=tmp_path, stdin=subprocess.DEVNULL, capture_output=True, text=True)
        assert done.returncode == status
        assert "Traceback" not in done.stderr
        assert ("positive" in done.stdout) == (text == "fine" and ">&-" not in closed.split())


def test_wrong_usage(ask):
    assert ask("--nonsense").returncode == 2


@pytest.mark.parametrize("options", [(), ("--explain",), ("--json",), ("--json", "--explain")])
def test_a_hostile_text_cannot_steer_the_terminal(ask, tmp_path, options):
    name = "\x1b[32mreview.txt"
    (tmp_path / name).write_text(HOSTILE, "utf-8")
    done = ask(*options, "--file", name)
    assert done.returncode == 0
    shown = done.stdout.decode() + done.stderr.decode()
    assert [sign for sign in shown if not sign.isprintable() and sign != "\n"] == []
    if options != ("--json", "--explain"):  # which shows it in pieces
        assert "[bold]good[/bold] :smile:" in shown


def test_reasons_are_legible_without_colours(ask):
    done = ask("--explain", "The music is wonderful, but the film is dull.", COLUMNS="30")
    head, text, *said = done.stdout.decode().splitlines()
    assert re.match(r"(posi|nega)tive  P\(positive\) [\d.]+%, 0% of the words unknown  \(argument 1\)$", head)
    assert text == "The music is wonderful, but the film is dull."
    assert re.match(r"for positive: wonderful \+\d\.\d\d", said[0])
    assert re.match(r"for negative: dull -\d\.\d\d", said[1])
    logit, base, vocabulary = map(float, re.findall(r"[+-]\d+\.\d\d", said[2]))
    assert logit == pytest.approx(base + vocabulary, abs=0.02)


@pytest.mark.parametrize("environment", [{}, {"NO_COLOR": "1"}])
def test_colours_in_a_terminal(environment):
    master, terminal = pty.openpty()
    clean = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "FORCE_COLOR")}
    subprocess.run(
        [sys.executable, "-m", "sentiment.cli.main", "predict", "--explain", "wonderful but dull"],
        env=clean | {"TERM": "xterm-256color"} | environment,
        stdout=terminal,
        stderr=subprocess.DEVNULL,
        check=True,
    )
    os.close(terminal)
    shown = os.read(master, 100_000).decode()
    os.close(master)
    assert "for positive: wonderful +" in shown
    assert ("32mwonderful" in shown) == ("31mdull" in shown) == (environment == {})


def test_a_terminal_without_unicode(ask):
    text = "A wonderful café ☃ " * 10
    for options in ((), ("--explain",)):
        done = ask(*options, text, PYTHONIOENCODING="ascii", PYTHONUTF8="0")
        assert done.returncode == 0, done.stderr
        assert b"caf\\xe9" in done.stdout


def required() -> list[Requirement]:
    """What stands in requirements-serve.txt."""
    lines = (ROOT / "requirements-serve.txt").read_text("utf-8").splitlines()
    return [Requirement(line) for line in lines if line and line[0] not in "#-"]


def distributions() -> set[str]:
    """The packages in requirements-serve.txt, and all that these need."""
    left, seen = {one.name for one in required()}, set()
    while left:
        name = canonicalize_name(left.pop())
        if name in seen:
            continue
        seen.add(name)
        try:
            needed = map(Requirement, requires(name) or [])
        except PackageNotFoundError:  # what serves the page need not be here
            continue
        left |= {one.name for one in needed if not one.marker or one.marker.evaluate({"extra": ""})}
    return seen


def test_it_runs_with_nothing_but_what_serving_requires(ask):
    small = distributions()
    assert {"numpy", "onnxruntime", "nltk"} < small
    forbidden = {
        module
        for module, owners in packages_distributions().items()
        if not small & set(map(canonicalize_name, owners))
    } - {"sentiment"}
    assert {"tensorflow", "keras", "dvc", "pandas", "sklearn", "scipy", "pyarrow"} <= forbidden
    program = f"""
import sys
class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {forbidden!r}:
            raise ModuleNotFoundError("No module named " + repr(name), name=name)
sys.meta_path.insert(0, Absent())
from sentiment.serve import cli
cli.main()
"""
    for options in ((), ("--explain",)):
        done = ask(*options, GOOD, program=("-c", program))
        assert done.returncode == 0, done.stderr.decode()
        assert done.stdout.count(b"positive")


# What the pipeline calls wants the first two, here and there; tables in Parquet ask for the third themselves.
NOT_SERVING = {"sklearn", "pandas", "pyarrow"}


def test_the_requirements_of_serving_name_all_that_it_imports():
    found = set()
    for path in set().union(*(closure(path) for path in (ROOT / "src/sentiment/serve").glob("*.py"))):
        for node in ast.walk(ast.parse((ROOT / path).read_text("utf-8"))):
            if isinstance(node, ast.Import):
                found |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                found.add(node.module.partition(".")[0])
    found -= {*sys.stdlib_module_names, "sentiment", *NOT_SERVING}
    assert {"typer", "numpy", "onnxruntime", "bs4", "nltk", "rich"} <= found
    owners = packages_distributions()
    named = {canonicalize_name(one.name) for one in required()}
    assert {name for name in found if canonicalize_name(owners.get(name, [name])[0]) not in named} == set()


def test_the_first_answer_takes_less_than_a_second(ask, monkeypatch):
    """Of the processor; on a slow or busy machine, less than four times what its libraries take to import."""
    monkeypatch.delenv("COVERAGE_PROCESS_CONFIG", raising=False)  # it would be measured as well

    def seconds(*arguments, **options) -> float:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        assert ask(*arguments, **options).returncode == 0
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    libraries = ("-c", "import numpy, onnxruntime, typer")
    rounds = [(seconds(GOOD), seconds(program=libraries)) for _ in range(10)]
    answer, imports = (min(times) for times in zip(*rounds, strict=True))
    assert answer < max(1, 4 * imports)
