"""The tags mean what a listener needs: what validators pass, and no reader makes sense of.

Checked by ours alone: a file passes veraPDF with a table of tags that leads nowhere, with paragraphs in
paragraphs, and with its closing words painted first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import cast

import pikepdf

from handout.model.findings import Finding
from handout.model.messages import Message, all_of, say
from handout.proof.content import content_of
from handout.proof.expected import Expected
from handout.proof.geometry import Box
from handout.proof.paper import Paper
from handout.proof.rules import ProofRule, found
from handout.proof.tags import DEEPEST, HEADINGS, Tag, kids_of, squeezed

IN_NO_PARAGRAPH = frozenset(
    {"Document", "Part", "Art", "Sect", "Div", "BlockQuote", "P", "L", "LI", "LBody", "Table", *HEADINGS}
)
TOLERANCE = 0.6
"""Points: less is rounding."""
MOST_SHOWN = 60
MOST_TOLD = 5
BUILD_AGAIN = say("build the handout again; if it stays so, report it with the name of the sheet")


def structure(paper: Paper, expected: Expected) -> Iterator[Finding]:
    """Yield what is tagged so that a reader gets it twice, torn apart, in another order, or not at all."""
    if not paper.tags.kids:
        return  # told by `access`
    whats = (
        *((ProofRule.PARAGRAPH_NESTED, what) for what in _nested(paper)),
        *((ProofRule.LABEL_LOST, what) for what in _lost_labels(paper)),
        *((ProofRule.ITEM_EMPTY, what) for what in _empty_items(paper)),
        *((ProofRule.LIST_OVERLEAF, what) for what in _lists_overleaf(paper)),
        *((ProofRule.FIGURE_BOX, what) for what in _boxes(paper)),
        *_marks(paper),
    )
    for rule, what in whats:
        yield found(rule, expected.document.place, what, _FIXES.get(rule, BUILD_AGAIN))


_FIXES: Mapping[ProofRule, Message] = {
    ProofRule.PARAGRAPH_NESTED: say(
        "let the template close a <p> before a block begins: in it stand words alone"
    ),
    ProofRule.ITEM_EMPTY: say("let the template print no <li> without words"),
    ProofRule.FIGURE_BOX: say("let the whole picture stand on the page"),
}


def _where(tag: Tag, paper: Paper) -> Message:
    run = next((run for run in tag.runs if run.text.strip()), None)
    return paper.at(run.page, run.box) if run else say("on page {page}", page=tag.page + 1)


def _nested(paper: Paper) -> Iterator[Message]:
    for paragraph in paper.tags.all("P"):
        inner = next((tag for tag in paragraph.family[1:] if tag.kind in IN_NO_PARAGRAPH), None)
        if inner is not None:
            yield say(
                "the paragraph '{text}', {where}, holds {kind}: it is heard in pieces",
                text=paragraph.text[:MOST_SHOWN],
                where=_where(paragraph, paper),
                kind=inner.kind,
            )


def _lost_labels(paper: Paper) -> Iterator[Message]:
    for parent in paper.tags.family:
        for label in parent.tags:
            if label.kind == "Lbl" and parent.kind != "LI":
                yield say(
                    "a label, {where}, stands in {kind}, in no item of a list",
                    where=_where(label, paper),
                    kind=parent.kind,
                )
            elif label.kind == "Lbl" and not squeezed(label.shown):
                yield say(
                    "an item of a list, {where}, has a label without words", where=_where(parent, paper)
                )


def _empty_items(paper: Paper) -> Iterator[Message]:
    for item in paper.tags.all("LI"):
        told = (tag for body in item.tags if body.kind != "Lbl" for tag in body.family)
        if not any(tag.alt or any(run.text.strip() for run in tag.runs) for tag in told):
            yield say("an item of a list, {where}, says nothing", where=_where(item, paper))


def _lists_overleaf(paper: Paper) -> Iterator[Message]:
    """Yield the lists with items on two pages: of these pdf.js tells all on each page, the others empty."""
    for list_ in paper.tags.all("L"):
        first = [next(iter(item.runs), None) for item in list_.tags]
        pages = sorted({run.page for run in first if run is not None})
        if len(pages) > 1:
            yield say(
                "a list, {where}, has items on pages {numbers}: it must be one on each",
                where=_where(list_, paper),
                numbers=all_of(page + 1 for page in pages),
            )


def _boxes(paper: Paper) -> Iterator[Message]:
    for figure in paper.tags.all("Figure"):
        said = figure.alt[:MOST_SHOWN]
        if figure.box is None:
            yield say(
                "the picture '{text}' on page {page} does not say where it stands",
                text=said,
                page=figure.page + 1,
            )
        elif paper.boxes[figure.page].excess(figure.box) > TOLERANCE:
            yield say(
                "the picture '{text}' says that it stands off page {page}: {corners}",
                text=said,
                page=figure.page + 1,
                corners=_corners(figure.box),
            )


def _corners(box: Box) -> Message:
    return say(
        "{left:.0f} {low:.0f} to {right:.0f} {top:.0f} points",
        left=box.left,
        low=box.low,
        right=box.right,
        top=box.top,
    )


# ---- marks ------------------------------------------------------------------------------------

Mark = tuple[int, int]
"""A page, counted from 0, and the number of a piece of its content."""
Reference = tuple[int, int]
"""The number of an object, and its generation."""


@dataclass
class _Tree:
    """What the tree says of marks and areas: which tag holds them."""

    pages: Mapping[Reference, int]
    marks: dict[Mark, Reference] = field(default_factory=dict)
    """In the order of reading."""
    areas: dict[Reference, Reference] = field(default_factory=dict)
    """The areas of links, by their own number."""

    def read(self, node: pikepdf.Object, page: int, depth: int = 0) -> None:
        page = self._page(node, page)
        for kid in kids_of(node) if depth < DEEPEST else ():
            if isinstance(kid, int):
                self.marks[page, kid] = node.objgen
            elif "/S" in kid:
                self.read(kid, page, depth + 1)
            elif "/MCID" in kid:
                self.marks[self._page(kid, page), int(kid.MCID)] = node.objgen
            elif "/Obj" in kid:
                self.areas[kid.Obj.objgen] = node.objgen

    def _page(self, node: pikepdf.Object, page: int) -> int:
        own = node.get("/Pg")
        return page if own is None else self.pages.get(own.objgen, page)


_PAINTED = re.compile(rb"/\w+\s*<<[^>]*/MCID\s+(\d+)[^>]*>>\s*BDC")


def _marks(paper: Paper) -> Iterator[tuple[ProofRule, Message]]:
    pdf = paper.pdf
    tree = _Tree({page.obj.objgen: number for number, page in enumerate(pdf.pages)})
    tree.read(pdf.Root.StructTreeRoot, 0)
    tables = _tables(pdf.Root.StructTreeRoot)
    for number, page in enumerate(pdf.pages):
        painted = [int(mark) for mark in _PAINTED.findall(content_of(page.obj))]
        read = [mark for at, mark in tree.marks if at == number]
        yield from _table(number, page.obj, painted, tree, tables)
        yield from ((ProofRule.PAINT_ORDER, what) for what in _order(number, painted, read))


def _tables(root: pikepdf.Object) -> dict[int, pikepdf.Object]:
    """Return what the table from the page to the tags says, by its keys."""
    numbers = list(
        cast(pikepdf.Array, root.get("/ParentTree", pikepdf.Dictionary()).get("/Nums", pikepdf.Array()))
    )
    return {int(key): value for key, value in zip(numbers[::2], numbers[1::2], strict=False)}


def _table(
    number: int, page: pikepdf.Object, painted: list[int], tree: _Tree, tables: Mapping[int, pikepdf.Object]
) -> Iterator[tuple[ProofRule, Message]]:
    """Yield where the table and the tree differ: who goes by the one misses what is in the other."""
    table = tables.get(int(page.get("/StructParents", -1)), pikepdf.Array())
    named = {
        mark: tag.objgen
        for mark, tag in enumerate(table)
        if isinstance(tag, pikepdf.Dictionary) and tag.objgen[0]
    }
    held = {mark: tag for (at, mark), tag in tree.marks.items() if at == number}
    differing = [mark for mark in sorted({*painted, *named, *held}) if named.get(mark) != held.get(mark)]
    differing += sorted(set(painted) ^ set(held))
    if differing:
        what = say(
            "on page {page} the tree of tags and the table of it differ about the pieces {marks}",
            page=number + 1,
            marks=", ".join(map(str, dict.fromkeys(differing[:MOST_TOLD]))),
        )
        yield ProofRule.TAG_TABLE, what
    for area in page.get("/Annots", pikepdf.Array()):
        tag = tables.get(int(area.get("/StructParent", -1)))
        if tag is None or tag.objgen != tree.areas.get(area.objgen):
            what = say("a link on page {page} has an area that its tag does not hold", page=number + 1)
            yield ProofRule.TAG_TABLE, what


def _order(number: int, painted: list[int], read: list[int]) -> Iterator[Message]:
    """Yield that a page paints what is read later before what is read earlier."""
    places = {mark: at for at, mark in enumerate(painted)}
    order = [places[mark] for mark in read if mark in places]
    wrong = sum(second < first for first, second in pairwise(order))
    if wrong:
        yield say(
            "page {page} is painted in another order than it is read, at {wrong} of {places} places: who "
            "copies it, or has it read without its tags, gets it in that order",
            page=number + 1,
            wrong=wrong,
            places=len(order),
        )
