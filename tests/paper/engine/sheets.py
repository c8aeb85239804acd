"""Plain builders of HTML, and readers of the PDF that comes out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO

import pikepdf
import pypdfium2

from handout.model.document import PictureFile, PictureType
from handout.model.findings import Place
from handout.paper.engine import render
from handout.paper.engine.constraints import PageConstraints

HANDOUT = Place("content/handouts/proef.md")

STYLE = """
@page { size: A5; margin: 15mm }
html { font: 11pt/15pt "Atkinson Hyperlegible" }
body { margin: 0 }
"""

PICTURE = PictureFile(
    "images/kader.svg",
    PictureType.SVG,
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 20 10"><path d="M2 2h16v6H2z"/></svg>',
    20,
    10,
)


def sheet(body: str, style: str = "", head: str = "<title>Proef</title>", language: str = "nl") -> str:
    """Return a whole page with *body*, in our fonts on A5."""
    return (
        f'<html lang="{language}"><head>{head}<style>{STYLE}{style}</style></head><body>{body}</body></html>'
    )


def rendered(
    html: str, page_budget: int = 1, assets: Mapping[str, PictureFile] | None = None
) -> render.Rendered:
    """Render *html* for the handout `proef`."""
    return render.pdf(html, assets or {PICTURE.path: PICTURE}, HANDOUT, PageConstraints(page_budget))


def opened(pdf: bytes) -> pikepdf.Pdf:
    return pikepdf.open(BytesIO(pdf))


def page_texts(pdf: bytes) -> list[str]:
    """Return the text of each page, in the order in which it is painted."""
    return [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(pdf)]


@dataclass(frozen=True)
class Tag:
    """A tag of the PDF, as it was read back."""

    kind: str
    kids: tuple[Tag | str, ...]
    """A star is content, an at-sign the area of a link."""
    entries: Mapping[str, str]
    """`Alt`, `Lang`, and what `A` holds, as `A.Scope`."""

    def __str__(self) -> str:
        return f"{self.kind}({' '.join(str(kid) for kid in self.kids)})"

    def all(self, kind: str) -> list[Tag]:
        """Return this tag and those below it that are of *kind*, in the order of the text."""
        inner = [tag for kid in self.kids if isinstance(kid, Tag) for tag in kid.all(kind)]
        return [self, *inner] if self.kind == kind else inner


def tags(pdf: bytes) -> Tag:
    """Return the tag of the whole document."""
    with opened(pdf) as document:
        root = _read(document.Root.StructTreeRoot.K[0])
    assert isinstance(root, Tag)
    return root


def _read(item: object) -> Tag | str:
    if not isinstance(item, pikepdf.Dictionary) or item.get("/Type") == "/MCR":
        return "*"
    if item.get("/Type") == "/OBJR":
        return "@"
    kids = item.get("/K", pikepdf.Array())
    assert isinstance(kids, pikepdf.Array)
    attributes = {f"A.{key[1:]}": value for key, value in item.get("/A", pikepdf.Dictionary()).items()}
    entries = {key[1:]: value for key, value in item.items() if key not in ("/P", "/Pg", "/K", "/A")}
    return Tag(
        str(item.S)[1:],
        tuple(_read(kid) for kid in kids),
        {key: _value(value) for key, value in {**entries, **attributes}.items()},
    )


def _value(value: object) -> str:
    return " ".join(str(part) for part in value) if isinstance(value, pikepdf.Array) else str(value)
