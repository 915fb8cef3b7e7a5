"""The stage `summary`: what came of a run, in three lines."""

import re
import shlex

from conftest import ROOT, run, small_params

STAGE = "python", "-m", "sentiment.stages.summary", "metrics", "reports"


def test_three_lines_say_what_came_of_it_and_where_to_look():
    result, look, ask = run(*STAGE, cwd=ROOT).stdout.splitlines()
    assert max(map(len, (result, look, ask))) <= 110
    assert re.fullmatch(
        r"Right on 9\d\.\d% \(9\d\.\d to 9\d\.\d\) of 9,9\d\d test reviews in data/IMDB Dataset\.csv; "
        r"n-grams 9\d\.\d%; behaviour \d\d%",
        result,
    )
    commands = [command for line in (look, ask) for command in line.partition(":")[2].split(";")]
    first = {shlex.split(command.rpartition(": ")[2])[0] for command in commands}
    assert first == {"reports/index.html", "dvc", "sentiment"}


def test_without_metrics_it_ends_in_one_line(tmp_path):
    small_params(tmp_path)
    done = run(*STAGE, cwd=tmp_path, check=False)
    assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (1, "", 1)
    assert "metrics/evaluation.json" in done.stderr
