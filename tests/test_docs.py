"""The pages of documentation: their links, their length, and what they repeat of dvc.yaml."""

import re

import pytest
import yaml
from conftest import ROOT

PAGES = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")),
    *(ROOT / name / "README.md" for name in ("data", "recipes", "benchmarks")),
    *sorted((ROOT / "docs").glob("*.md")),
]
LINK = re.compile(r"\]\(([^)\s]+)\)")


def without_code(page) -> str:
    return re.sub(r"^```.*?^```", "", page.read_text("utf-8"), flags=re.M | re.S)


def anchors(page) -> set[str]:
    """What GitHub calls the headings of a page in links."""
    headings = re.findall(r"^#+ (.*)$", without_code(page), re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def broken_links(page) -> list[str]:
    """The relative links of a page to a file, or to a heading in one, that does not exist."""
    broken = []
    for link in LINK.findall(without_code(page)):
        if re.match(r"\w+:", link):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        if not target.exists() or (anchor and anchor not in anchors(target)):
            broken.append(link)
    return broken


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page):
    assert broken_links(page) == []


def test_broken_links_are_found(tmp_path):
    page = tmp_path / "page.md"
    page.write_text(
        "# One `a` (b)\n[1](#one-a-b) [2](#two) [3](no.md) [4](https://example.com) [5](page.md#one-a-b)"
    )
    assert broken_links(page) == ["#two", "no.md"]


def test_readme_is_a_front_page():
    assert len((ROOT / "README.md").read_text("utf-8").splitlines()) <= 150


def within(path: str) -> str:
    """A path without its last slash; of `data/tokens/`, DVC keeps the parts one by one."""
    return path.rstrip("/").removesuffix("/tokens")


def test_the_table_of_stages_is_that_of_dvc_yaml():
    stages = yaml.safe_load((ROOT / "dvc.yaml").read_text("utf-8"))["stages"]
    stages = {name: stage.get("do", stage) for name, stage in stages.items()}
    page = (ROOT / "docs" / "pipeline.md").read_text("utf-8")
    table = re.findall(r"^\| (`.*) \|$", page.split("## Stages")[1].split("\n- ")[0], re.M)
    rows = [[re.findall(r"`(.*?)`", cell) for cell in row.split("|")] for row in table]
    assert {name: params for (name,), _, params, _ in rows} == {
        name: stage.get("params", []) for name, stage in stages.items()
    }
    for (name,), _, _, written in rows:
        outs = [*stages[name].get("outs", []), *stages[name].get("metrics", [])]
        paths = [out if isinstance(out, str) else next(iter(out)) for out in outs]
        assert {path.split("/tokens/")[0] for path in paths} == {within(path) for path in written}
