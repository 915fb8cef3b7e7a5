"""The command `sentiment` itself: help, version and completion."""

import re
from importlib.metadata import version

import pytest
from conftest import run

SUBCOMMANDS = ("init", "predict", "score", "serve", "compare", "experiments")


@pytest.mark.parametrize("subcommand", [(), *zip(SUBCOMMANDS)], ids=" ".join)
def test_h_shows_the_same_help_as_help(tmp_path, subcommand):
    short, long = (run("sentiment", *subcommand, option, cwd=tmp_path) for option in ("-h", "--help"))
    assert short.stdout == long.stdout
    assert "Usage: sentiment" in short.stdout


def test_the_version_is_that_of_the_package(tmp_path):
    assert run("sentiment", "--version", cwd=tmp_path).stdout == f"sentiment {version('sentiment')}\n"


@pytest.mark.parametrize(
    ("words", "completions"),
    [
        ("sentiment ", set(SUBCOMMANDS)),
        ("sentiment pr", {"predict"}),
        ("sentiment score --label", {"--label-column"}),
    ],
)
def test_bash_completes_subcommands_and_options(tmp_path, words, completions):
    typed = {"COMP_WORDS": words, "COMP_CWORD": str(words.count(" "))}
    done = run("sentiment", cwd=tmp_path, _SENTIMENT_COMPLETE="complete_bash", **typed)
    assert set(done.stdout.split()) == completions


def test_the_completion_script_is_shown(tmp_path):
    script = run("bash", "-c", "sentiment --show-completion; true", cwd=tmp_path).stdout
    assert re.search("^complete .*sentiment$", script, re.MULTILINE)
