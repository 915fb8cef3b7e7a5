"""Tables, and sections between two markers."""

from pathlib import Path

import pytest

from sentiment.errors import UserError
from sentiment.reports import markdown


def test_table():
    assert (
        markdown.table(["", "a"], [["b", "1"], ["c", "2"]]) == "|  | a |\n| --- | --- |\n| b | 1 |\n| c | 2 |"
    )


def test_update_replaces_what_is_between_the_markers_and_nothing_else(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("# Café\n<!-- one -->\nold\n<!-- /one -->\nand <!-- two --><!-- /two --> end\n", "utf-8")
    before = page.read_bytes()
    with pytest.raises(UserError, match=r"not the results of the last run; run `python -m some\.module`"):
        markdown.update(page, {"one": "new"}, "some.module", check=True)
    assert page.read_bytes() == before
    for check in (False, True):
        markdown.update(page, {"one": "new", "two": "2"}, "some.module", check)
    expected = "# Café\n<!-- one -->\nnew\n<!-- /one -->\nand <!-- two -->\n2\n<!-- /two --> end\n"
    assert page.read_text("utf-8") == expected


@pytest.mark.parametrize(
    "page",
    [
        "no markers",
        "<!-- results -->\nopen",
        "<!-- /results -->\n<!-- results -->",
        "<!-- results --><!-- /results --><!-- results --><!-- /results -->",
    ],
)
def test_missing_or_doubled_markers(page):
    with pytest.raises(UserError, match=r"page\.md: needs one line <!-- results -->"):
        markdown.replace(page, "results", "new", Path("page.md"))
