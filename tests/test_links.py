"""The documents read as plain Markdown too: a link between them leads to a file, and to a heading of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from markdown_it import MarkdownIt
from tests.conftest import REPOSITORY

FILES = sorted(
    path.relative_to(REPOSITORY).as_posix()
    for pattern in ("*.md", "docs/**/*.md", "examples/*/README.md")
    for path in REPOSITORY.glob(pattern)
)


def links(text: str) -> Iterator[str]:
    """Yield the targets of the links and pictures of *text*."""
    for block in MarkdownIt().enable("table").parse(text):
        for token in block.children or ():
            target = token.attrs.get("href", token.attrs.get("src"))
            if target is not None:
                yield str(target)


def anchors(text: str) -> set[str]:
    """Return the names that a forge gives the headings of *text*."""
    tokens = MarkdownIt().enable("table").parse(text)
    found = (
        after.content
        for before, after in pairwise(tokens)
        if before.tag[:1] == "h" and before.type == "heading_open"
    )
    return {re.sub(r"[^\w\- ]", "", words.lower()).replace(" ", "-") for words in found}


def dead(path: Path) -> Iterator[str]:
    """Yield the links of the file *path* that lead nowhere in the repository."""
    text = path.read_text("utf-8")
    for target in links(text):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = target.partition("#")
        file = (path.parent / name) if name else path
        if not file.exists() or (anchor and anchor not in anchors(file.read_text("utf-8"))):
            yield target


@pytest.mark.parametrize("name", FILES)
def test_links_of_a_document_lead_somewhere(name: str) -> None:
    assert list(dead(REPOSITORY / name)) == []


def test_a_link_that_leads_nowhere_is_found(tmp_path: Path) -> None:
    (tmp_path / "b.md").write_text("# A `heading` of it, & more\n")
    page = tmp_path / "a.md"
    page.write_text(
        "[1](b.md#a-heading-of-it--more) [2](c.md) | [3](b.md#other) ![](x.png) [4](https://a.b/c)\n"
    )
    assert list(dead(page)) == ["c.md", "b.md#other", "x.png"]


def test_each_page_of_the_docs_is_in_the_table_of_the_site() -> None:
    docs = REPOSITORY / "docs"
    listed = set(re.findall(r"^([a-z][\w/-]+)$", (docs / "index.md").read_text("utf-8"), re.MULTILINE))
    pages = {path.relative_to(docs).with_suffix("").as_posix() for path in docs.rglob("*.md")}
    assert listed == {page for page in pages if not page.startswith("recipes/")} - {"index"}
