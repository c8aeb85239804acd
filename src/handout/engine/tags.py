"""The tags of the PDF, mended where WeasyPrint 70 writes none, wrong or misleading ones.

The tags are read into a small tree, each defect is mended by one function on that tree (`REPAIRS`), and the
tree is written back with the tables that lead from the page to the tags. What is painted does not change.
Rules: ISO 32000-1 §14.7 and §14.8 (structure), ISO 14289-1 (PDF/UA-1).
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from typing import TYPE_CHECKING, Any, TypeAlias
from xml.etree.ElementTree import Element

import pydyf
from weasyprint.formatting_structure import boxes
from weasyprint.layout.absolute import AbsolutePlaceholder
from weasyprint.pdf import tags as weasyprint_tags

from handout.engine import archive, direction, letters

if TYPE_CHECKING:
    from handout.engine.cutting import Cutter

POINTS_PER_PIXEL = 72 / 96

PdfDictionary: TypeAlias = Any
"""A pydyf.Dictionary; pydyf carries no types."""


# ---- the tree ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Origin:
    """The box that a tag was made for."""

    element: Element
    tag: str
    """The element's name, `li`, or that of a pseudo-element, `li::marker`."""
    list_style: object
    order: int
    """Counts the boxes in the order of the text."""


@dataclass(frozen=True)
class Mark:
    """A marked piece of a page's content."""

    page_index: int
    number: int


@dataclass(frozen=True, eq=False)
class Annotation:
    """A link's area on a page."""

    reference: PdfDictionary
    """The object reference (OBJR) that stands among the kids of a tag."""
    annotation: PdfDictionary


@dataclass(eq=False)
class Node:
    """A tag: a structure element of the PDF."""

    kind: str
    """The standard structure type, `P`."""
    kids: list[Node | Mark | Annotation]
    origin: Origin | None = None
    page_index: int = 0
    dictionary: PdfDictionary = None
    """The element in the file; None for a tag that we add."""
    text: str | None = None
    """What is to be read in place of its content (ISO 32000-1 §14.9.4)."""

    @property
    def element(self) -> Element | None:
        return self.origin.element if self.origin else None

    @property
    def nodes(self) -> list[Node]:
        """The kids that are tags."""
        return [kid for kid in self.kids if isinstance(kid, Node)]

    def walk(self) -> Iterator[Node]:
        """Yield this tag and all below it, in the order of the text."""
        yield self
        for node in self.nodes:
            yield from node.walk()

    def is_part_of(self, other: Node) -> bool:
        """Tell whether both were made for one element, as the anonymous boxes inside a box are."""
        return self.element is not None and self.element is other.element


@dataclass
class Tree:
    """The tags of a document, and what the repairs need to know about its pages."""

    root: Node
    page_heights_px: tuple[float, ...]
    list_systems: Mapping[str, str]
    """The name of each counter style of the style sheets, with the predefined one that it extends."""
    texts: Mapping[Mark, str] = field(default_factory=dict)
    """What is to be read in place of the glyphs of a line, where these tell it in another order."""
    dropped: list[Annotation] = field(default_factory=list)

    def pairs(self) -> Iterator[tuple[Node, Node]]:
        """Yield each tag with its parent. The kids of a parent may be changed while walking."""
        for parent in list(self.root.walk()):
            for node in parent.nodes:
                yield parent, node


# ---- one function a defect --------------------------------------------------------------------


def drop_decoration(tree: Tree) -> None:
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


def name_anonymous_blocks(tree: Tree) -> None:
    """Bare text beside blocks gets a second Div of the same element: it is a paragraph."""
    for parent, node in tree.pairs():
        if node.kind in GROUPING_KINDS and node.kind == parent.kind and node.is_part_of(parent):
            node.kind = "P"


WHOLE_KINDS = frozenset({"L", "H1", "H2", "H3", "H4", "H5", "H6"})


def unwrap_anonymous_boxes(tree: Tree) -> None:
    """A list or heading with anonymous boxes inside holds itself again: it would be heard twice."""
    for parent, node in reversed(list(tree.pairs())):
        if node.kind in WHOLE_KINDS and node.kind == parent.kind and node.is_part_of(parent):
            at = parent.kids.index(node)
            parent.kids[at : at + 1] = node.kids


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


def name_inline_elements(tree: Tree) -> None:
    """Words in a line, as `strong`, have no role: they are a Span."""
    for node in tree.root.walk():
        if node.kind == "NonStruct" and node.origin is not None and node.origin.tag in SPAN_TAGS:
            node.kind = "Span"


def gather_link_areas(tree: Tree) -> None:
    """An element inside a link has an area of its own, outside the Link: a Link holds all its areas."""
    for link in tree.root.walk():
        if link.kind == "Link":
            for inner in (node for node in link.walk() if node is not link):
                link.kids += [kid for kid in inner.kids if isinstance(kid, Annotation)]
                inner.kids[:] = [kid for kid in inner.kids if not isinstance(kid, Annotation)]


def join_header_cells(tree: Tree) -> None:
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


def join_fragments(tree: Tree) -> None:
    """An element that goes on in the next line or page is several tags: join them, drop repeated headers."""
    _join_kids(tree.root)


def _join_kids(parent: Node) -> None:
    """Join the kids of *parent* that stand for one element, then their kids, downwards."""
    first: dict[tuple[Element, str, str], Node] = {}
    for node in parent.nodes:
        if node.origin is None or node.is_part_of(parent):
            continue  # an anonymous box: nothing tells whether the next one is the same
        start = first.setdefault((node.origin.element, node.origin.tag, node.kind), node)
        if start is not node:
            parent.kids.remove(node)
            start.kids += [] if node.kind in REPEATED_KINDS else node.kids
    for node in parent.nodes:
        _join_kids(node)


def drop_covered_link_areas(tree: Tree) -> None:
    """Two areas of one link on top of each other are two stops for the tab key: keep the larger."""
    for link in tree.root.walk():
        if link.kind == "Link":
            areas = [kid for kid in link.kids if isinstance(kid, Annotation)]
            covered = [
                area for n, area in enumerate(areas) if any(_covers(other, area) for other in areas[:n])
            ]
            link.kids[:] = [kid for kid in link.kids if kid not in covered]
            tree.dropped += covered


def _covers(outer: Annotation, inner: Annotation) -> bool:
    left, bottom, right, top = _rectangle(outer)
    inner_left, inner_bottom, inner_right, inner_top = _rectangle(inner)
    return (
        outer.reference["Pg"] == inner.reference["Pg"]
        and (left <= inner_left and inner_right <= right)
        and (bottom <= inner_bottom and inner_top <= top)
    )


def _rectangle(area: Annotation) -> tuple[float, float, float, float]:
    x1, y1, x2, y2 = area.annotation["Rect"]
    return min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2)


def describe_links(tree: Tree) -> None:
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


def print_annotations(tree: Tree) -> None:
    """Without the print flag a link is hidden on paper (ISO 32000-1 table 165, bit 3)."""
    for node in tree.root.walk():
        for kid in node.kids:
            if isinstance(kid, Annotation):
                kid.annotation["F"] = 4


def fill_list_items(tree: Tree) -> None:
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


def nest_lists(tree: Tree) -> None:
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


def say_list_numbering(tree: Tree) -> None:
    """A list does not say how it is numbered; without labels it shall say None."""
    for node in tree.root.walk():
        if node.kind == "L" and node.origin is not None:
            has_labels = any(label.kind == "Lbl" for item in node.nodes for label in item.nodes)
            style = str(node.origin.list_style)
            system = LIST_NUMBERING.get(tree.list_systems.get(style, style), "None")
            numbering = system if has_labels else "None"
            node.dictionary["A"] = pydyf.Dictionary({"O": "/List", "ListNumbering": f"/{numbering}"})


def say_header_scope(tree: Tree) -> None:
    """A header cell does not say whether it heads its row or its column (table 349)."""
    for node in tree.root.walk():
        if node.kind == "TH" and node.element is not None:
            scope = "Row" if node.element.get("scope") in ("row", "rowgroup") else "Column"
            node.dictionary["A"]["Scope"] = f"/{scope}"


def place_figures(tree: Tree) -> None:
    """The box of a figure is in CSS pixels from the top: PDF wants points from the bottom."""
    for node in tree.root.walk():
        if node.kind == "Figure":
            height = tree.page_heights_px[node.page_index]
            left, top, right, bottom = node.dictionary["A"]["BBox"]
            in_pixels = (left, height - bottom, right, height - top)
            node.dictionary["A"]["BBox"] = pydyf.Array(length * POINTS_PER_PIXEL for length in in_pixels)
            node.dictionary["A"]["Placement"] = "/Block"


def say_languages(tree: Tree) -> None:
    """Words in another language are read with the wrong voice: pass the `lang` of inner elements on."""
    for parent, node in tree.pairs():
        if (
            node.element is not None
            and not node.is_part_of(parent)
            and (language := node.element.get("lang"))
        ):
            node.dictionary["Lang"] = pydyf.String(language)


HEADINGS = ("H1", "H2", "H3", "H4", "H5", "H6")


def close_heading_levels(tree: Tree) -> None:
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


def say_texts(tree: Tree) -> None:
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


def drop_empty(tree: Tree) -> None:
    """A tag without content, as of a shape drawn by a style sheet, is a stop at nothing."""
    _drop_empty_kids(tree.root)


def _drop_empty_kids(parent: Node) -> None:
    for node in parent.nodes:
        _drop_empty_kids(node)
        if not node.kids and node.kind not in KEPT_EMPTY:
            parent.kids.remove(node)


REPAIRS: tuple[Callable[[Tree], None], ...] = (
    drop_decoration,
    unwrap_anonymous_boxes,
    name_anonymous_blocks,
    name_inline_elements,
    gather_link_areas,
    join_header_cells,
    join_fragments,
    drop_covered_link_areas,
    describe_links,
    print_annotations,
    drop_empty,
    fill_list_items,
    nest_lists,
    say_list_numbering,
    say_header_scope,
    close_heading_levels,
    place_figures,
    say_languages,
    say_texts,
)
"""In this order: what is dropped and joined first need not be mended later."""


# ---- reading and writing the tree -------------------------------------------------------------


def write_pdf(document: Any, list_systems: Mapping[str, str], cutter: Cutter | None = None) -> bytes:
    """Return the PDF of a rendered WeasyPrint *document*, with its tags mended.

    With a *cutter* it has the first pages only, cut at their slots: see `engine.cutting`.
    """
    archive.declare_accessible(document)
    with _recorded_boxes() as found, letters.named_brackets(), warnings.catch_warnings():
        # The engine opens its colour profile and leaves the closing to Python.
        warnings.filterwarnings("ignore", r"unclosed file .*sRGB2014\.icc", ResourceWarning)
        finisher = partial(_finish, found, list_systems, cutter)
        return bytes(document.write_pdf(pdf_variant=archive.VARIANT, finisher=finisher))


@dataclass
class _Boxes:
    """What the boxes of a document tell of its tags."""

    origins: dict[bytes, Origin] = field(default_factory=dict)
    """The origin of each tag, by its reference in the PDF."""
    texts: dict[Mark, str] = field(default_factory=dict)
    """What is to be read in place of the glyphs of a line, where these tell it in another order."""
    pages: set[int] = field(default_factory=set)
    """Those whose lines are known."""


@contextmanager
def _recorded_boxes() -> Iterator[_Boxes]:
    """Give what the boxes tell of the tags, while these are written.

    WeasyPrint forgets which box a tag was made for. Its function calls itself by its name in the module, so
    that one function around it sees every box.
    """
    build = weasyprint_tags._build_box_tree
    found = _Boxes()
    orders = count()

    def build_and_record(
        box: Any, parent: Any, pdf: Any, page: int, numbers: Any, annotations: Any, marked: Any
    ) -> Iterator[Any]:
        if page not in found.pages:
            found.pages.add(page)
            found.texts.update(_texts(page, marked))
        box = box._box if isinstance(box, AbsolutePlaceholder) else box
        order = next(orders)
        for tag in build(box, parent, pdf, page, numbers, annotations, marked):
            if box.element is not None:
                origin = Origin(box.element, box.element_tag, box.style["list_style_type"], order)
                found.origins.setdefault(tag.reference, origin)
            yield tag

    weasyprint_tags._build_box_tree = build_and_record
    try:
        yield found
    finally:
        weasyprint_tags._build_box_tree = build


def _texts(page_index: int, marked: Mapping[Any, Mapping[str, Any]]) -> Iterator[tuple[Mark, str]]:
    """Yield the lines of a page whose glyphs tell them in another order. *marked* are all, by their boxes."""
    for box, mark in marked.items():
        text = direction.read_text(box) if isinstance(box, boxes.TextBox) else None
        if text is not None:
            yield Mark(page_index, mark["mcid"]), text


def _finish(
    found: _Boxes,
    list_systems: Mapping[str, str],
    cutter: Cutter | None,
    document: Any,
    pdf: Any,
) -> None:
    """Mend the tags of *pdf*, just before it is written."""
    archive.open_metadata(pdf)
    file = _File(pdf)
    tree = Tree(
        file.node(file.structure_root["K"][0], found.origins),
        tuple(page.height for page in document.pages),
        list_systems,
        found.texts,
    )
    if cutter is not None:
        cutter.take(tree, [content.stream for content in file.contents])
        file.keep_pages(cutter.page_count)
    before = set(_marks(tree.root))
    for repair in REPAIRS:
        repair(tree)
    file.write(tree, before)
    if cutter is not None:
        cutter.cut(pdf, file.pages, file.contents)


def _marks(root: Node) -> Iterator[Mark]:
    return (kid for node in root.walk() for kid in node.kids if isinstance(kid, Mark))


class _File:
    """The objects of a pydyf PDF, as far as they carry tags."""

    def __init__(self, pdf: Any) -> None:
        self._pdf = pdf
        self._objects = {item.reference: item for item in pdf.objects}
        self._pages = pdf.page_references
        self.structure_root = self._objects[pdf.catalog["StructTreeRoot"]]

    @property
    def pages(self) -> list[PdfDictionary]:
        return [self._objects[page] for page in self._pages]

    @property
    def contents(self) -> list[Any]:
        """The stream of each page."""
        return [self._objects[page["Contents"]] for page in self.pages]

    def keep_pages(self, count: int) -> None:
        """Take the pages behind the first *count* out of the document. Their objects stay, unused."""
        references = self._pdf.pages["Kids"]
        del references[3 * count :]  # each is two numbers and an R
        self._pdf.pages["Count"] = count
        self._pages = self._pdf.page_references

    def node(self, reference: bytes, origins: Mapping[bytes, Origin]) -> Node:
        """Return the tag at *reference* with all below it."""
        dictionary = self._objects[reference]
        page_index = self._page_index(dictionary)
        node = Node(dictionary["S"][1:], [], origins.get(reference), page_index, dictionary)
        for kid in dictionary["K"]:
            if isinstance(kid, int):
                node.kids.append(Mark(page_index, kid))
            elif self._objects[kid]["Type"] == "/OBJR":
                target = self._objects[kid]
                node.kids.append(Annotation(target, self._objects[target["Obj"]]))
            else:
                node.kids.append(self.node(kid, origins))
        return node

    def write(self, tree: Tree, tagged: set[Mark]) -> None:
        """Write *tree* back; *tagged* are the marks that had a tag before the repairs."""
        nodes = list(tree.root.walk())
        for node in nodes:
            if node.dictionary is None:
                node.dictionary = pydyf.Dictionary({"Type": "/StructElem"})
                self._pdf.add_object(node.dictionary)
        self._write_nodes(tree.root, self.structure_root.reference)
        self._clear_others(nodes)
        self._remove_annotations(tree.dropped)
        self._write_ids(nodes)
        self._mark_artifacts(tagged, self._write_parents(nodes))

    def _page_index(self, dictionary: PdfDictionary) -> int:
        return self._pages.index(dictionary["Pg"]) if "Pg" in dictionary else 0

    def _write_nodes(self, node: Node, parent_reference: bytes) -> None:
        node.dictionary["S"] = f"/{node.kind}"
        node.dictionary["P"] = parent_reference
        if parent_reference != self.structure_root.reference:
            node.dictionary["Pg"] = self._pages[node.page_index]
        node.dictionary["K"] = pydyf.Array([self._kid(kid, node) for kid in node.kids])
        if node.text is not None:
            node.dictionary["ActualText"] = pydyf.String(node.text)
        for inner in node.nodes:
            self._write_nodes(inner, node.dictionary.reference)

    def _kid(self, kid: Node | Mark | Annotation, parent: Node) -> Any:
        """Return *kid* as it stands in the K array of its parent (ISO 32000-1 table 323)."""
        if isinstance(kid, Node):
            return kid.dictionary.reference
        if isinstance(kid, Annotation):
            return kid.reference.reference
        if kid.page_index == parent.page_index:
            return kid.number
        return pydyf.Dictionary({"Type": "/MCR", "Pg": self._pages[kid.page_index], "MCID": kid.number})

    def _clear_others(self, nodes: list[Node]) -> None:
        """Empty the tags that are no longer in the tree. Removing objects would spoil pydyf's numbering."""
        kept = {node.dictionary.reference for node in nodes}
        for reference, item in self._objects.items():
            if isinstance(item, dict) and item.get("Type") == "/StructElem" and reference not in kept:
                item.clear()

    def _remove_annotations(self, areas: list[Annotation]) -> None:
        for area in areas:
            page = self._objects[area.reference["Pg"]]
            page["Annots"].remove(area.annotation.reference)
            area.reference.clear()
            area.annotation.clear()

    def _write_ids(self, nodes: list[Node]) -> None:
        """Write the table from ids to header cells, which WeasyPrint leaves out (table 322)."""
        named = {node.dictionary["ID"].string: node for node in nodes if "ID" in node.dictionary}
        if named:
            names = [
                item
                for name in sorted(named)
                for item in (pydyf.String(name), named[name].dictionary.reference)
            ]
            self.structure_root["IDTree"] = pydyf.Dictionary({"Names": pydyf.Array(names)})

    def _write_parents(self, nodes: list[Node]) -> set[Mark]:
        """Write the table from marks and annotations to their tags, and return the marks that have one."""
        by_mark = {
            kid: node.dictionary.reference for node in nodes for kid in node.kids if isinstance(kid, Mark)
        }
        by_key = {
            kid.annotation["StructParent"]: node.dictionary.reference
            for node in nodes
            for kid in node.kids
            if isinstance(kid, Annotation)
        }
        numbers = self._objects[self.structure_root["ParentTree"]]["Nums"]
        numbers[:] = [
            item for index in range(len(self._pages)) for item in (index, _page_parents(by_mark, index))
        ]
        numbers += [item for key in sorted(by_key) for item in (key, by_key[key])]
        self.structure_root["ParentTreeNextKey"] = max(numbers[::2], default=-1) + 1
        return set(by_mark)

    def _mark_artifacts(self, tagged: set[Mark], kept: set[Mark]) -> None:
        """Say of marks without a tag that they are no content.

        Those that never had one stand in the margin of the page, as page numbers do; the rest is decoration.
        """
        for page_index, page in enumerate(self._pages):
            operators = self._objects[self._objects[page]["Contents"]].stream
            for position, operand in enumerate(operators):
                if isinstance(operand, pydyf.Dictionary) and "MCID" in operand:
                    mark = Mark(page_index, operand["MCID"])
                    if mark not in kept:
                        kind = "Layout" if mark in tagged else "Pagination"
                        operators[position - 1] = "/Artifact"
                        operators[position] = pydyf.Dictionary({"Type": f"/{kind}"})


def _page_parents(by_mark: Mapping[Mark, bytes], page_index: int) -> Any:
    """Return the tags of the marks on one page, by their numbers; null where a number has none."""
    on_page = {mark.number: reference for mark, reference in by_mark.items() if mark.page_index == page_index}
    return pydyf.Array([on_page.get(number, "null") for number in range(max(on_page, default=-1) + 1)])
