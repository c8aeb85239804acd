"""Mend the structure tree that the engine makes: each repair says what is wrong in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import groupby
from typing import Any
from xml.etree.ElementTree import Element

import pydyf

from handout.paper.engine.structure import Annotation, Mark, Node, StructureTree

# The samples are tags of the handbook as the engine makes them (`_build_box_tree` in weasyprint/pdf/tags.py),
# behind the element that the box of each is of. It makes one for every box, the anonymous ones too, by the
# name of the element: so a `p` with text beside blocks is a P in a P in a P, and a `ul` an L in an L.

POINTS_PER_PIXEL = 72 / 96


def drop_decoration(tree: StructureTree) -> None:
    """Decoration is a Figure without a text: take its tag away, so that it becomes an artifact."""
    for parent, node in tree.pairs():
        if node.element is not None and _is_decoration(node):
            parent.kids.remove(node)


def _is_decoration(node: Node) -> bool:
    """Tell whether *node* was made for a picture without words, or for what a template hides."""
    element = node.element
    if element is None:
        return False
    is_empty_picture = node.kind == "Figure" and element.get("alt") == ""
    return (is_empty_picture or element.get("aria-hidden") == "true") and not _holds_link(node)


def _holds_link(node: Node) -> bool:
    return any(isinstance(kid, Annotation) for inner in node.walk() for kid in inner.kids)


GROUPING_KINDS = frozenset({"Part", "Art", "Sect", "Div", "BlockQuote"})
HEADINGS = ("H1", "H2", "H3", "H4", "H5", "H6")
BLOCK_KINDS = GROUPING_KINDS | {"P", "L", "LI", "LBody", "Table", "TR", *HEADINGS}
"""What ends a line of reading. A Figure is none: it may stand among words."""
GROUPING_TAGS = {"header": "Div", "footer": "Div", "nav": "Div", "figure": "Div", "aside": "Sect"}


def name_grouping_elements(tree: StructureTree) -> None:
    """An `aside` or `header` has no role: what it holds belongs together, as in a section."""
    for node in tree.root.walk():
        if node.kind == "NonStruct" and node.origin is not None:
            node.kind = GROUPING_TAGS.get(node.origin.tag, node.kind)


#     Div div    <</S /Div/K [94 0 R 97 0 R]/P 90 0 R …>>     94 is a Div of the same `div`, around its words
def name_anonymous_blocks(tree: StructureTree) -> None:
    """Bare text beside blocks gets a second Div of the same element: it is a paragraph."""
    for parent, node in tree.pairs():
        if node.kind in GROUPING_KINDS and node.kind == parent.kind and node.is_part_of(parent):
            node.kind = "P"


WHOLE_KINDS = frozenset({"L", "P", *HEADINGS})


#     L ul    <</S /L/K [190 0 R]/P 184 0 R …>>         190 is an L of the same `ul`, and holds the items
#     Div div <</S /Div/K [92 0 R]/P 91 0 R …>>     `display: table`: 92 is a Div of it too, around another
def unwrap_anonymous_boxes(tree: StructureTree) -> None:
    """A list, heading or paragraph with anonymous boxes inside holds itself again: it would be heard twice.

    So does a group with boxes for the rows and cells that a style sheet makes of it.
    """
    for parent, node in reversed(list(tree.pairs())):
        is_whole = node.kind in WHOLE_KINDS or (node.kind in GROUPING_KINDS and _holds_blocks(node))
        if is_whole and node.kind == parent.kind and node.is_part_of(parent):
            at = parent.kids.index(node)
            parent.kids[at : at + 1] = node.kids


def _holds_blocks(node: Node) -> bool:
    return any(inner.kind in BLOCK_KINDS for inner in node.walk() if inner is not node)


def gather_bare_lines(tree: StructureTree) -> None:
    """Words that stand beside blocks, as a badge does beside a heading, are a paragraph."""
    for parent in list(tree.root.walk()):
        if parent.kind in GROUPING_KINDS or parent is tree.root:
            parent.kids[:] = _with_paragraphs(parent.kids)


def _with_paragraphs(kids: list[Node | Mark | Annotation]) -> list[Node | Mark | Annotation]:
    gathered: list[Node | Mark | Annotation] = []
    for is_bare, run in groupby(kids, _is_bare):
        some = list(run)
        gathered += [_paragraph(some)] if is_bare else some
    return gathered


def _is_bare(kid: Node | Mark | Annotation) -> bool:
    return not isinstance(kid, Node) or (kid.kind in INLINE_KINDS and not _holds_blocks(kid))


INLINE_KINDS = frozenset({"Span", "Link", "NonStruct"})


def _paragraph(kids: list[Node | Mark | Annotation]) -> Node:
    first = next((kid for kid in kids if isinstance(kid, Node | Mark)), None)
    return Node("P", kids, page_index=first.page_index if first else 0)


#     Lbl li::marker    <</S /Lbl/K [190 0 R 191 0 R] …>>     190 shows a letter, 191 the space below it
#
# Where a page ends between these, 191 stands in an Lbl of its own, in no list.
def drop_blanks_of_labels(tree: StructureTree) -> None:
    """A label of two lines holds a space: it says nothing, and stands alone where it is on the next page."""
    for label in (node for node in tree.root.walk() if node.kind == "Lbl"):
        for node in list(label.walk()):
            node.kids[:] = [kid for kid in node.kids if not (isinstance(kid, Mark) and kid in tree.blanks)]


def drop_places_to_break(tree: StructureTree) -> None:
    """A place where an address may be broken shows nothing: as a tag it parts the address for who listens."""
    for node in list(tree.root.walk()):
        node.kids[:] = [kid for kid in node.kids if not (isinstance(kid, Node) and _is_break(kid))]


def _is_break(node: Node) -> bool:
    return node.origin is not None and node.origin.tag == "wbr"


def read_margins(tree: StructureTree) -> None:
    """The foot of a page says until when the sheet holds, and has no tag: it is read once, at the end.

    On other pages the same line is decoration, and so is one that tells of its page alone.
    """
    last = {(line.keyword, line.text): line for line in tree.margins if not line.is_of_page}
    for line in sorted(last.values(), key=lambda line: line.marks[0].page_index):
        if line.text.strip():
            page_index = line.marks[0].page_index
            spans = [
                Node("Span", [mark], page_index=page_index, language=language)
                for mark, language in zip(line.marks, line.languages, strict=True)
            ]
            tree.root.kids.append(Node("P", [*spans], page_index=page_index))


SPAN_TAGS = frozenset(
    {
        "abbr",
        "b",
        "cite",
        "code",
        "em",
        "i",
        "kbd",
        "mark",
        "q",
        "s",
        "small",
        "strong",
        "sub",
        "sup",
        "time",
        "u",
    }
)


def name_inline_elements(tree: StructureTree) -> None:
    """Words in a line, as `strong`, have no role: they are a Span."""
    for node in tree.root.walk():
        if node.kind == "NonStruct" and node.origin is not None and node.origin.tag in SPAN_TAGS:
            node.kind = "Span"


#     Link a       <</S /Link/K [660 0 R 0 661 0 R 2 666 0 R]/P 658 0 R …>>
#
# 660 is its area, 0 and 2 are pieces of an address, and 661 is the `wbr` between them: had it an area, that
# would stand there. A Link without its areas, and an area in another tag, are faults (ISO 14289-1 §7.18.5).
def gather_link_areas(tree: StructureTree) -> None:
    """An element inside a link has an area of its own, outside the Link: a Link holds all its areas."""
    for link in _links(tree):
        for inner in (node for node in link.walk() if node is not link):
            areas = _areas(inner)
            inner.kids[:] = [kid for kid in inner.kids if kid not in areas]
            link.kids += areas


#     TH th    <</S /TH/ID (123-0-0)/A <</O /Table>> …>>
#     TD td    <</S /TD/A <</O /Table/Headers [(123-1-1) (123-0-0)]>> …>>
#
# The first number is that of the tag of the table, and a table has one on each page.
def join_header_cells(tree: StructureTree) -> None:
    """A header that is repeated on the next page has new ids there: cells shall name the first ones."""
    first: dict[Element | None, Any] = {}
    same: dict[str, Any] = {}
    for node in tree.root.walk():
        if node.kind == "TH" and "ID" in node.dictionary:
            identifier = node.dictionary["ID"]
            same[identifier.string] = node.dictionary["ID"] = first.setdefault(node.element, identifier)
    for node in tree.root.walk():
        if node.kind == "TD" and "Headers" in node.dictionary["A"]:
            headers = node.dictionary["A"]["Headers"]
            headers[:] = [same.get(header.string, header) for header in headers]


REPEATED_KINDS = frozenset({"THead", "TFoot"})


def join_fragments(tree: StructureTree) -> None:
    """An element that goes on in the next line or page is several tags: join them, drop repeated headers."""
    _join_kids(tree.root)


def _join_kids(parent: Node) -> None:
    """Join the kids of *parent* that stand for one element, then their kids, downwards.

    A list stays one on each page: of one over several, pdf.js tells on each page all items, the others
    empty. An item that goes on overleaf stands in the list where it begins.
    """
    first: dict[tuple[Element, str, str], Node] = {}
    for node in parent.nodes:
        if node.origin is None or node.is_part_of(parent):
            continue  # an anonymous box: nothing tells whether the next one is the same
        key = (node.origin.element, node.origin.tag, node.kind)
        start = first.setdefault(key, node)
        if start is not node:
            first[key] = _joined(start, node, parent)
    for node in parent.nodes:
        _join_kids(node)


def _joined(start: Node, node: Node, parent: Node) -> Node:
    """Give *start* what of *node* belongs to it, and return which of both goes on."""
    going_on: list[Node | Mark | Annotation]
    if node.kind == "L" and node.page_index != start.page_index:
        going_on = [item for item in node.nodes if any(map(item.is_part_of, start.nodes))]
    else:
        going_on = [] if node.kind in REPEATED_KINDS else list(node.kids)
        node.kids[:] = going_on
    start.kids += going_on
    node.kids[:] = [kid for kid in node.kids if kid not in going_on]
    if node.kids:
        return node
    parent.kids.remove(node)
    return start


def drop_covered_link_areas(tree: StructureTree) -> None:
    """Two areas of one link on top of each other are two stops for the tab key: keep the larger."""
    for link in _links(tree):
        areas = _areas(link)
        covered = [area for n, area in enumerate(areas) if any(_covers(other, area) for other in areas[:n])]
        link.kids[:] = [kid for kid in link.kids if kid not in covered]
        tree.dropped += covered


def _links(tree: StructureTree) -> Iterator[Node]:
    return (node for node in tree.root.walk() if node.kind == "Link")


def _areas(link: Node) -> list[Annotation]:
    """Return what of a link can be clicked on: a rectangle for each of its lines."""
    return [kid for kid in link.kids if isinstance(kid, Annotation)]


def _covers(outer: Annotation, inner: Annotation) -> bool:
    left, bottom, right, top = _rectangle(outer)
    inner_left, inner_bottom, inner_right, inner_top = _rectangle(inner)
    return (
        outer.reference["Pg"] == inner.reference["Pg"]
        and (left <= inner_left and inner_right <= right)
        and (bottom <= inner_bottom and inner_top <= top)
    )


# `add_links` of the engine (weasyprint/pdf/anchors.py) turns pixels from the top into points from the bottom,
# a corner at a time, so that the upper comes first: /Rect [143.532283 422.170866 333.825008 391.556693]. That
# is allowed: any two opposite corners will do (ISO 32000-2 §7.9.5).
def _rectangle(area: Annotation) -> tuple[float, float, float, float]:
    x1, y1, x2, y2 = area.annotation["Rect"]
    return min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2)


def describe_links(tree: StructureTree) -> None:
    """The words of a link's area are its address: say the link's own words. No area: it is no link."""
    for node in tree.root.walk():
        areas = [kid.annotation for kid in node.kids if isinstance(kid, Annotation)]
        if node.kind == "Link" and not areas:
            node.kind = "Span"
        for area in areas:
            if node.element is not None and (words := _link_words(node.element)):
                area["Contents"] = pydyf.String(words)


def _link_words(element: Element) -> str:
    return element.get("title") or " ".join("".join(element.itertext()).split()) or element.get("href") or ""


def print_annotations(tree: StructureTree) -> None:
    """Without the print flag a link is hidden on paper (ISO 32000-1 table 165, bit 3)."""
    for node in tree.root.walk():
        for kid in node.kids:
            if isinstance(kid, Annotation):
                kid.annotation["F"] = 4


#     LI li    <</S /LI/K [239 0 R 242 0 R 243 0 R 247 0 R] …>>     which are Lbl, NonStruct, Div, NonStruct
def fill_list_items(tree: StructureTree) -> None:
    """A list item with blocks has no body: it holds a label and one body, no more (table 336)."""
    for item in list(tree.root.walk()):
        contents = [kid for kid in item.kids if not (isinstance(kid, Node) and kid.kind == "Lbl")]
        if item.kind == "LI" and contents and not (len(contents) == 1 and _is_body(contents[0])):
            labels = [kid for kid in item.kids if kid not in contents]
            item.kids[:] = [*labels, Node("LBody", _as_paragraphs(contents), page_index=item.page_index)]


def _is_body(kid: Node | Mark | Annotation) -> bool:
    return isinstance(kid, Node) and kid.kind == "LBody"


def _as_paragraphs(contents: list[Node | Mark | Annotation]) -> list[Node | Mark | Annotation]:
    """Turn the bodies that WeasyPrint makes for bare text beside blocks into paragraphs."""
    for kid in contents:
        if isinstance(kid, Node) and kid.kind == "LBody":
            kid.kind = "P"
    return contents


def nest_lists(tree: StructureTree) -> None:
    """A list inside an item stands beside that item: it belongs in its body, where it stands in the text."""
    for outer in list(tree.root.walk()):
        if outer.kind == "L":
            item: Node | None = None
            for node in outer.nodes:
                if node.kind == "LI":
                    item = node
                elif node.kind == "L" and item is not None:
                    outer.kids.remove(node)
                    _insert_in_order(_body_of(item), node)


def _body_of(item: Node) -> Node:
    body = next((node for node in item.nodes if node.kind == "LBody"), None)
    if body is None:
        body = Node("LBody", [], page_index=item.page_index)
        item.kids.append(body)
    return body


def _insert_in_order(parent: Node, node: Node) -> None:
    """Put *node* among the kids of *parent* before the first one that comes later in the text."""
    for index, kid in enumerate(parent.kids):
        if isinstance(kid, Node) and kid.origin and node.origin and kid.origin.order > node.origin.order:
            parent.kids.insert(index, node)
            return
    parent.kids.append(node)


LIST_NUMBERING = {
    "decimal": "Decimal",
    "lower-alpha": "LowerAlpha",
    "lower-latin": "LowerAlpha",
    "upper-alpha": "UpperAlpha",
    "upper-latin": "UpperAlpha",
    "lower-roman": "LowerRoman",
    "upper-roman": "UpperRoman",
    "disc": "Disc",
    "circle": "Circle",
    "square": "Square",
}
"""ISO 32000-1 table 347."""


def say_list_numbering(tree: StructureTree) -> None:
    """A list does not say how it is numbered; without labels it shall say None."""
    for node in tree.root.walk():
        if node.kind == "L" and node.origin is not None:
            has_labels = any(label.kind == "Lbl" for item in node.nodes for label in item.nodes)
            style = str(node.origin.list_style)
            system = LIST_NUMBERING.get(tree.list_systems.get(style, style), "None")
            numbering = system if has_labels else "None"
            node.dictionary["A"] = pydyf.Dictionary({"O": "/List", "ListNumbering": f"/{numbering}"})


def say_header_scope(tree: StructureTree) -> None:
    """A header cell does not say whether it heads its row or its column (table 349)."""
    for node in tree.root.walk():
        if node.kind == "TH" and node.element is not None:
            scope = "Row" if node.element.get("scope") in ("row", "rowgroup") else "Column"
            node.dictionary["A"]["Scope"] = f"/{scope}"


#     Figure svg    <</S /Figure/A <</O /Layout/BBox [139.84252 204.094488 166.299213 230.551181]>> …>>
#
# A code of 36 mm on a card, mended: [134.645669 49.606299 236.692913 151.653543] (ISO 32000-2 §14.8.5.4).
def place_figures(tree: StructureTree) -> None:
    """The box of a figure is in CSS pixels from the top: PDF wants points from the bottom."""
    for node in tree.root.walk():
        if node.kind == "Figure":
            height = tree.page_heights_px[node.page_index]
            left, top, right, bottom = node.dictionary["A"]["BBox"]
            in_pixels = (left, height - bottom, right, height - top)
            node.dictionary["A"]["BBox"] = pydyf.Array(length * POINTS_PER_PIXEL for length in in_pixels)
            node.dictionary["A"]["Placement"] = "/Block"


def say_languages(tree: StructureTree) -> None:
    """Words in another language are read with the wrong voice: pass the `lang` of inner elements on."""
    for parent, node in tree.pairs():
        if (
            node.element is not None
            and not node.is_part_of(parent)
            and (language := node.element.get("lang"))
        ):
            node.dictionary["Lang"] = pydyf.String(language)


def close_heading_levels(tree: StructureTree) -> None:
    """A heading stands one level below the one that it belongs to (ISO 14289-1 §7.4.2).

    A template gives the title of an option the level that it has under the head of a procedure, or under a
    large step. What stands before it on this sheet decides: where that is the title alone, it is one below.
    """
    around: list[tuple[int, int]] = []
    """The headings that are open: the level in the template, and the one on the sheet."""
    for node in tree.root.walk():
        if node.kind in HEADINGS:
            level = int(node.kind[1])
            while around and around[-1][0] >= level:
                around.pop()
            own = around[-1][1] + 1 if around else level
            around.append((level, own))
            node.kind = f"H{own}"


#     Lbl li::marker    <</S /Lbl/ActualText (Stap 3)/K [190 0 R] …>>     190 shows 3
def say_steps(tree: StructureTree) -> None:
    """A number alone says nothing to who listens: that of a step is heard as "Stap 3"."""
    for label in _numbers_of_steps(tree):
        number = _shown_by(label, tree)
        if tree.step_words and number.isdecimal():
            label.text = tree.step_words.replace("{number}", number)


def _numbers_of_steps(tree: StructureTree) -> Iterator[Node]:
    lists = (node for node in tree.root.walk() if node.kind == "L" and _numbering(node) == "/Decimal")
    items = (item for list_ in lists for item in list_.nodes)
    return (kid for item in items for kid in item.nodes if kid.kind == "Lbl")


def _shown_by(label: Node, tree: StructureTree) -> str:
    marks = (kid for node in label.walk() for kid in node.kids if isinstance(kid, Mark))
    return "".join(tree.labels.get(mark, "") for mark in marks).strip().rstrip(".)")


def _numbering(list_: Node) -> str:
    return str(list_.dictionary["A"]["ListNumbering"]) if "A" in (list_.dictionary or ()) else ""


SAY_ATTRIBUTE, SAY_LIST_ATTRIBUTE, SAY_STEP_ATTRIBUTE = "data-say", "data-say-list", "data-say-step"
"""What a template asks to be heard: other words than are printed, or a group as a list."""


def say_words(tree: StructureTree) -> None:
    """A sign, a chip or a letter alone is heard in the words that the template gives it."""
    for parent, node in tree.pairs():
        if node.element is not None and node.origin is not None and not node.is_part_of(parent):
            said = node.element.get(SAY_ATTRIBUTE)
            if said and node.origin.tag == node.element.tag and not _holds_blocks(node):
                node.text = said


def say_choices(tree: StructureTree) -> None:
    """Ways to choose from are a list, each an item; the word between two ends the first."""
    for group in list(tree.root.walk()):
        if group.element is not None and group.kind == "Div" and SAY_LIST_ATTRIBUTE in group.element.attrib:
            items: list[Node] = []
            for kid in group.nodes:
                if kid.kind == "Sect" or not items:
                    body = Node("LBody", [], page_index=kid.page_index)
                    items.append(Node("LI", [body], page_index=kid.page_index))
                items[-1].nodes[0].kids.append(kid)
            group.kind, group.kids[:] = "L", items


def say_texts(tree: StructureTree) -> None:
    """A line that runs to the left is stored in the order of the eye: its tag says it in that of the text."""
    for node in list(tree.root.walk()):
        for at, kid in enumerate(node.kids):
            if isinstance(kid, Mark) and (text := tree.texts.get(kid)) is not None:
                if node.kind == "Span" and len(node.kids) == 1:
                    node.text = text
                else:  # a link holds its lines itself, and more than these
                    node.kids[at] = Node("Span", [kid], page_index=kid.page_index, text=text)


KEPT_EMPTY = frozenset({"TD", "TH"})
"""An empty cell keeps its row in shape."""


def drop_empty(tree: StructureTree) -> None:
    """A tag without content, as of a shape drawn by a style sheet, is a stop at nothing."""
    _drop_empty_kids(tree.root)


def _drop_empty_kids(parent: Node) -> None:
    for node in parent.nodes:
        _drop_empty_kids(node)
        if not node.kids and node.kind not in KEPT_EMPTY:
            parent.kids.remove(node)


REPAIRS: tuple[Callable[[StructureTree], None], ...] = (
    drop_decoration,
    read_margins,
    drop_blanks_of_labels,
    name_grouping_elements,
    unwrap_anonymous_boxes,
    name_anonymous_blocks,
    name_inline_elements,
    gather_link_areas,
    drop_places_to_break,
    join_header_cells,
    join_fragments,
    drop_covered_link_areas,
    describe_links,
    print_annotations,
    drop_empty,
    gather_bare_lines,
    fill_list_items,
    nest_lists,
    say_choices,
    say_list_numbering,
    say_steps,
    say_words,
    say_header_scope,
    close_heading_levels,
    place_figures,
    say_languages,
    say_texts,
)
"""In this order: what is dropped and joined first need not be mended later."""
