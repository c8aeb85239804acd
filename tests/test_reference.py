"""The reference is that of the code: its pages, and how much it says that a format holds."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from docs.describe import LIMITS, LONG, PAGES, SHORT, holds, pages
from tests.conftest import REPOSITORY

from handout.project import schemas

STEPS = {"short": SHORT, "long": LONG}
# A stylesheet may come to make room for another step: the page promises what fits, and not much less.
NEARLY = 1.25


@pytest.mark.parametrize("name", pages())
def test_page_is_that_of_the_code(name: str) -> None:
    assert (PAGES / name).read_text("utf-8") == pages()[name], "write it anew with `make reference`"


def test_there_are_no_other_pages() -> None:
    assert {path.name for path in PAGES.iterdir()} == {*pages(), LIMITS.name}


@pytest.mark.parametrize(
    ("page", "name"),
    [
        ("settings.md", "settings"),
        ("front-matter.md", "handout"),
        ("front-matter.md", "procedure"),
        ("tables.md", "words"),
        ("tables.md", "labels"),
        ("tables.md", "walks"),
    ],
)
def test_each_key_stands_in_it(page: str, name: str) -> None:
    text = (PAGES / page).read_text("utf-8")
    made = schemas.schema(name)
    tables = (made, *made.get("$defs", {}).values())
    keys = {key for table in tables for key in table.get("properties", {})}
    if name == "settings":
        keys -= set(made["properties"])  # they head the parts of the page
        assert all(f"[{key}" in text for key in made["properties"])
    assert [key for key in keys if f"| `{key}` |" not in text] == []


def test_steps_that_are_tried_are_as_long_as_the_page_says() -> None:
    said = re.findall(r"of\s+(\d+)", (PAGES / "formats.md").read_text("utf-8").partition("| format")[0])
    assert [len(words) for words in (*SHORT, *LONG)] == [int(number) for number in said]


@pytest.mark.parametrize(("name", "kind"), [("poster-a3", "short"), ("card", "short"), ("mini", "long")])
def test_format_holds_the_steps_that_the_page_promises(name: str, kind: str) -> None:
    most = tomllib.loads(LIMITS.read_text("utf-8"))[name][kind]
    assert holds(name, STEPS[kind], most)
    assert not holds(name, STEPS[kind], int(most * NEARLY) + 1)


def test_each_format_says_what_it_holds() -> None:
    held = tomllib.loads(LIMITS.read_text("utf-8"))
    packaged = tomllib.loads((REPOSITORY / "templates/formats.toml").read_text("utf-8"))
    tried = {name for name, table in packaged.items() if "pictured-steps" not in table}
    assert set(held) == tried - {"wegwijzer-a4"}
    assert [name for name, steps in held.items() if not steps] == []


def test_a_page_that_is_behind_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "commands.md").write_text(pages()["commands.md"].replace("--merge", "--join"), "utf-8")
    monkeypatch.setattr("tests.test_reference.PAGES", tmp_path)
    with pytest.raises(AssertionError, match="make reference"):
        test_page_is_that_of_the_code("commands.md")
