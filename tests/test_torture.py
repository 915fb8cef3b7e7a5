"""A short form of `make torture`: what is promised where something breaks, and what docs/recovery.md says."""

import re

import pytest
from conftest import ROOT, commit, working_copy

from benchmarks.torture import __main__ as torture
from benchmarks.torture import torn
from benchmarks.torture.clients import clients
from benchmarks.torture.kills import kills
from benchmarks.torture.orphans import orphans
from benchmarks.torture.project import small_project
from benchmarks.torture.texts import malformed_csvs, random_texts
from benchmarks.torture.trials import Trials

pytestmark = pytest.mark.slow
LAST = "tokenize"  # the rest takes longer
ELSEWHERE = {"A stage or DVC was killed", "A stage has outlived its DVC"}  # kills and orphans do these


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A clone of the project as it is now, in which everything up to LAST has run."""
    folder = working_copy(tmp_path_factory.mktemp("project"))
    commit(folder, "As it is")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        with small_project(LAST) as project:
            yield project


def test_killed_stages_end_in_the_same_bytes(project):
    trials = kills(project, ["clean", LAST], 6)
    assert (trials.tried, trials.wrong) == (6, [])


def test_orphans_write_nothing(project):
    """One beside outputs of the run cache, one that makes the newer run wait."""
    trials = orphans(project, [LAST], 2)
    assert (trials.tried, trials.wrong) == (2, [])


def test_malformed_csvs_are_refused_in_one_line(project):
    trials = malformed_csvs(project, 30)
    assert (trials.tried, trials.wrong) == (30, [])


def test_random_texts_are_cleaned_once_for_all():
    trials = random_texts(2000)
    assert (trials.tried, trials.wrong) == (2000, [])


def test_clients_get_the_answers_to_their_own_texts():
    trials = clients(20, 100)
    assert (trials.tried, trials.wrong) == (100, [])


@pytest.mark.parametrize("section", torn.CASES)
def test_the_commands_of_the_page_recover(project, section):
    """From the last of the faults of each kind; `make torture` makes all."""
    make = torn.CASES[section][-1][1]
    assert torn.recover(project, LAST, section, make) == []


def test_every_section_of_the_page_is_tried():
    page = (ROOT / torn.PAGE).read_text("utf-8")
    assert set(re.findall(r"^## (.*)$", page, re.M)) == {*torn.CASES, *ELSEWHERE}


def test_broken_promises_are_listed():
    trials = Trials("kills", "the same bytes")
    trials.count("clean", None, "")
    trials.count("train", "other bytes", None)
    assert trials.row() == ["kills", "the same bytes", "2", "1"]
    page = "\n".join(torture.page([trials], 60))
    assert "- kills: train: other bytes" in page and "No promise was broken" not in page
