"""Small tagged PDFs, drawn by hand: each line of text exactly where a test wants it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO

import pikepdf
from pikepdf import Array, Dictionary, Name, String

from handout.proof.paper import Paper, opened

PAGE_PT = (400, 600)
SIZE_PT = 10.0
GLYPH_PT = SIZE_PT / 2
"""Every glyph is as wide, so that a line ends where one can count."""


@dataclass(frozen=True)
class Line:
    """A line of text: its baseline begins at *x* and *y*, in points from the lower left of its page."""

    text: str
    x: float = 50
    y: float = 500
    page: int = 0
    size: float = SIZE_PT


@dataclass(frozen=True)
class Node:
    """A tag with what stands in it."""

    kind: str
    kids: tuple[Node | Line, ...]
    numbering: str = ""
    says: str = ""
    """What is to be read in place of it."""


def numbered(numbering: str, *items: Node) -> Node:
    return Node("L", items, numbering)


def item(label: Line | None, *body: Node | Line) -> Node:
    own = (Node("Lbl", (label,)),) if label else ()
    return Node("LI", (*own, Node("LBody", body)) if body else own)


class _Writer:
    def __init__(self, pages: int) -> None:
        self.pdf = pikepdf.new()
        font = Dictionary(
            Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica, Encoding=Name.WinAnsiEncoding
        )
        self._font = self.pdf.make_indirect(font)
        for _ in range(pages):
            self.pdf.add_blank_page(page_size=PAGE_PT)
        self._contents: list[list[bytes]] = [[] for _ in range(pages)]

    def tag(self, node: Node) -> Dictionary:
        kids = [self.tag(kid) if isinstance(kid, Node) else self._mark(kid) for kid in node.kids]
        made = Dictionary(Type=Name.StructElem, S=Name(f"/{node.kind}"), K=Array(kids))
        if node.numbering:
            made.A = Dictionary(O=Name.List, ListNumbering=Name(f"/{node.numbering}"))
        if node.says:
            made.ActualText = String(node.says)
        return made

    def _mark(self, line: Line) -> Dictionary:
        contents = self._contents[line.page]
        number = len(contents)
        contents.append(b"/Span <</MCID %d>> BDC %s EMC" % (number, shown(line)))
        return Dictionary(Type=Name.MCR, Pg=self.pdf.pages[line.page].obj, MCID=number)

    def saved(self, root: Node, loose: Sequence[Line]) -> bytes:
        top = self.tag(root)
        self.pdf.Root.StructTreeRoot = self.pdf.make_indirect(
            Dictionary(Type=Name.StructTreeRoot, K=Array([self.pdf.make_indirect(top)]))
        )
        for number, page in enumerate(self.pdf.pages):
            drawn = [*self._contents[number], *(shown(line) for line in loose if line.page == number)]
            page.Resources = Dictionary(Font=Dictionary(F=self._font))
            page.Contents = self.pdf.make_stream(b"\n".join(drawn))
        out = BytesIO()
        self.pdf.save(out)
        return out.getvalue()


def shown(line: Line) -> bytes:
    text = String(line.text.encode("cp1252")).unparse()
    return b"BT /F %g Tf 1 0 0 1 %g %g Tm %s Tj ET" % (line.size, line.x, line.y, text)


def pdf_of(*nodes: Node, pages: int = 1, loose: Sequence[Line] = ()) -> bytes:
    """Return a PDF of *pages* with *nodes* in its document, and *loose* lines that no tag holds."""
    return _Writer(pages).saved(Node("Document", nodes), loose)


@contextmanager
def paper_of(*nodes: Node, pages: int = 1, loose: Sequence[Line] = ()) -> Iterator[Paper]:
    with opened(pdf_of(*nodes, pages=pages, loose=loose)) as paper:
        yield paper
