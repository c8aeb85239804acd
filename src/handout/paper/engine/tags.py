"""The tags of the PDF, mended where WeasyPrint 70 writes none, wrong or misleading ones.

The tags are read into a small tree, each defect is mended by one function on that tree (`REPAIRS`), and the
tree is written back with the tables that lead from the page to the tags. What is painted does not change.
Rules: ISO 32000-1 §14.7 and §14.8 (structure), ISO 14289-1 (PDF/UA-1).
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from typing import TYPE_CHECKING, Any

import pydyf
from weasyprint.formatting_structure import boxes
from weasyprint.layout.absolute import AbsolutePlaceholder
from weasyprint.pdf import tags as weasyprint_tags

from handout.paper.engine import archive, direction, ink, letters, painting, viewing
from handout.paper.engine.repairs import REPAIRS, SAY_STEP_ATTRIBUTE
from handout.paper.engine.structure import (
    Annotation,
    MarginLine,
    Mark,
    Node,
    Origin,
    PdfDictionary,
    StructureTree,
    mark_positions,
)

if TYPE_CHECKING:
    from handout.paper.engine.cutter import Cutter


# What is read and written here, from the file of a card (ISO 32000-2 §14.7.2, §14.7.5, §12.5.6.5): a link,
# with its area (OBJR), its lines by number, and the tags of elements inside of it; the area, with a number of
# its own; and the table that leads back, from the numbers of each page (0, 1) and of each area (2) to tags.
#
#     77 0 obj   <</K [78 0 R 6 79 0 R 8 …]/P 76 0 R/Pg 7 0 R/S /Link/Type /StructElem>>
#     78 0 obj   <</Obj 8 0 R/Pg 7 0 R/Type /OBJR>>
#     8 0 obj    <</Subtype /Link/Rect [46.771654 26.296063 222.871068 13.256693]/StructParent 2 …>>
#     52 0 obj   <</Nums [0 [66 0 R 69 0 R 70 0 R …] 1 [98 0 R 105 0 R 106 0 R null …] 2 77 0 R]>>
#
# The engine writes that table by the tags that it made. Where a repair takes one away, its number would lead
# to what the tree does not hold: so the table is made anew, and such a number has null.


def write_pdf(document: Any, list_systems: Mapping[str, str], cutter: Cutter | None = None) -> bytes:
    """Return the PDF of a rendered WeasyPrint *document*, with its tags mended.

    With a *cutter* it has the first pages only, cut at their slots: see `paper.engine.cutter`.
    """
    with letters.named_by_font():
        return _written(document, partial(_finish, list_systems, cutter))


def _written(document: Any, finish: Callable[[_Boxes, Any, Any], None]) -> bytes:
    """Return the PDF of *document* when *finish* was called with its boxes, itself and its objects."""
    archive.declare_accessible(document)
    with _recorded_boxes() as found, warnings.catch_warnings():
        # The engine opens its colour profile and leaves the closing to Python.
        warnings.filterwarnings("ignore", r"unclosed file .*sRGB2014\.icc", ResourceWarning)
        return bytes(document.write_pdf(pdf_variant=archive.VARIANT, finisher=partial(finish, found)))


class _Taken(Exception):
    """The values are read: the rest of the file is not needed."""


def take_values(document: Any, cutter: Cutter) -> None:
    """Have *cutter* read the values on all pages of a rendered WeasyPrint *document*."""

    def take(found: _Boxes, document: Any, pdf: Any) -> None:
        ink.use_greys(pdf)
        file = _TaggedFile(pdf)
        cutter.take(_tree(file, found, {}, document, 0), [content.stream for content in file.contents])
        raise _Taken

    with letters.without_fonts(), suppress(_Taken):
        _written(document, take)


@dataclass
class _Boxes:
    """What the boxes of a document tell of its tags."""

    origins: dict[bytes, Origin] = field(default_factory=dict)
    """The origin of each tag, by its reference in the PDF."""
    texts: dict[Mark, str] = field(default_factory=dict)
    """What is to be read in place of the glyphs of a line, where these tell it in another order."""
    blanks: set[Mark] = field(default_factory=set)
    """Those that show white space alone."""
    labels: dict[Mark, str] = field(default_factory=dict)
    """What the labels of items show."""
    step_words: str = ""
    """What is heard in place of the number of a step."""
    margins: list[MarginLine] = field(default_factory=list)
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
            found.blanks.update(_blanks(page, marked))
            found.labels.update(_labels(page, marked))
        box = box._box if isinstance(box, AbsolutePlaceholder) else box
        if isinstance(box, boxes.MarginBox):
            found.margins.append(_margin_line(box, page, marked))
        if box.element is not None and box.element_tag == "html":
            found.step_words = box.element.get(SAY_STEP_ATTRIBUTE, "")
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


def _margin_line(box: Any, page_index: int, marked: Mapping[Any, Mapping[str, Any]]) -> MarginLine:
    """Return what *box*, in the margin of a page, shows. *marked* are all lines of it, by their boxes."""
    lines = [inner for inner in box.descendants() if isinstance(inner, boxes.TextBox) and inner in marked]
    marks = tuple(Mark(page_index, marked[line]["mcid"]) for line in lines)
    is_of_page = any(map(_tells_of_page, box.style["content"]))
    languages = tuple("" if line.element is None else line.element.get("lang", "") for line in lines)
    return MarginLine(box.at_keyword, " ".join(line.text for line in lines), marks, languages, is_of_page)


CONTINUED = "continued"


def _tells_of_page(content: tuple[str, Any]) -> bool:
    """Tell whether a part of a text in the margin counts the page, or says what it goes on with.

    As the engine has it: `("counter()", ("page", "decimal"))`, `("string()", ("continued", "first"))`.
    """
    kind, values = content
    return "counter" in kind or (kind == "string()" and values[0] == CONTINUED)


def _labels(page_index: int, marked: Mapping[Any, Mapping[str, Any]]) -> Iterator[tuple[Mark, str]]:
    """Yield what the labels of items on a page show. *marked* are all lines of it, by their boxes."""
    for box, mark in marked.items():
        if isinstance(box, boxes.TextBox) and box.element_tag == "li::marker":
            yield Mark(page_index, mark["mcid"]), box.text


def _blanks(page_index: int, marked: Mapping[Any, Mapping[str, Any]]) -> Iterator[Mark]:
    """Yield the lines of a page that show white space alone. *marked* are all, by their boxes."""
    for box, mark in marked.items():
        if isinstance(box, boxes.TextBox) and not box.text.strip():
            yield Mark(page_index, mark["mcid"])


def _finish(
    list_systems: Mapping[str, str],
    cutter: Cutter | None,
    found: _Boxes,
    document: Any,
    pdf: Any,
) -> None:
    """Mend the tags of *pdf*, just before it is written."""
    archive.open_metadata(pdf)
    ink.use_greys(pdf)
    file = _TaggedFile(pdf)
    page_count = cutter.page_count if cutter is not None else len(document.pages)
    viewing.say_preferences(pdf, document.pages[0].width, document.pages[0].height, page_count)
    tree = _tree(file, found, list_systems, document, page_count)
    if cutter is not None:
        cutter.take(tree, [content.stream for content in file.contents])
        file.keep_pages(cutter.page_count)
    before = set(_marks(tree.root))
    for repair in REPAIRS:
        repair(tree)
    for index, content in enumerate(file.contents):
        read = [mark.number for mark in _marks(tree.root) if mark.page_index == index]
        content.stream[:] = painting.in_order(content.stream, read)
    if cutter is not None:
        cutter.find_again([content.stream for content in file.contents])
    file.write(tree, before)
    if cutter is not None:
        cutter.cut(pdf, file.pages, file.contents)


def _tree(
    file: _TaggedFile, found: _Boxes, list_systems: Mapping[str, str], document: Any, page_count: int
) -> StructureTree:
    return StructureTree(
        file.node(file.structure_root["K"][0], found.origins),
        tuple(page.height for page in document.pages),
        list_systems,
        found.texts,
        frozenset(found.blanks),
        found.labels,
        found.step_words,
        tuple(line for line in found.margins if line.marks and line.marks[0].page_index < page_count),
    )


def _marks(root: Node) -> Iterator[Mark]:
    return (kid for node in root.walk() for kid in node.kids if isinstance(kid, Mark))


class _TaggedFile:
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

    def write(self, tree: StructureTree, tagged: set[Mark]) -> None:
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
        if node.language:
            node.dictionary["Lang"] = pydyf.String(node.language)
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
        for page_index, content in enumerate(self.contents):
            for number, position in mark_positions(content.stream):
                mark = Mark(page_index, number)
                if mark not in kept:
                    kind = "Layout" if mark in tagged else "Pagination"
                    artifact = pydyf.Dictionary({"Type": f"/{kind}"})
                    content.stream[position : position + 2] = ["/Artifact", artifact]


def _page_parents(by_mark: Mapping[Mark, bytes], page_index: int) -> Any:
    """Return the tags of the marks on one page, by their numbers; null where a number has none."""
    on_page = {mark.number: reference for mark, reference in by_mark.items() if mark.page_index == page_index}
    return pydyf.Array([on_page.get(number, "null") for number in range(max(on_page, default=-1) + 1)])
