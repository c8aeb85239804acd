"""The tags of a PDF: what a screen reader reads, in its order (ISO 32000-1 §14.7)."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import pikepdf

from handout.model.text import runs_to_the_left
from handout.proof.content import ContentMark, TextRun
from handout.proof.font_file import read_as
from handout.proof.geometry import Box

HEADINGS = ("H1", "H2", "H3", "H4", "H5", "H6")
BLOCKS = frozenset(
    {"Document", "Part", "Sect", "Div", "P", "L", "LI", "Lbl", "LBody", "Figure", "Caption"}
    | {"Table", "THead", "TBody", "TR", "TH", "TD", *HEADINGS}
)
"""Tags at which a line of reading ends; all others stand in a line, or around blocks."""
NUMBERED = ("Decimal", "LowerAlpha")
DEEPEST = 200
"""Tags in each other; a file that goes further leads in a circle."""


@dataclass(frozen=True, eq=False)
class Tag:
    """A structure element."""

    kind: str
    """`H1`, `LI`, `Lbl`."""
    kids: tuple[Tag | TextRun, ...]
    alt: str
    numbering: str
    """Of a list: `Decimal`, `LowerAlpha`, `None`."""
    box: Box | None = None
    """Of a picture: where it stands on its page, in points."""
    page: int = 0
    """Counted from 0."""
    replacement: str | None = None
    """What is to be read in place of the text below."""

    @cached_property
    def family(self) -> tuple[Tag, ...]:
        """This tag and all below it, in reading order."""
        return (self, *(tag for kid in self.tags for tag in kid.family))

    @cached_property
    def tags(self) -> tuple[Tag, ...]:
        """The kids that are tags."""
        return tuple(kid for kid in self.kids if isinstance(kid, Tag))

    def all(self, *kinds: str) -> Iterator[Tag]:
        """Yield those of *kinds* among this tag and all below it, in reading order."""
        return (tag for tag in self.family if tag.kind in kinds)

    @cached_property
    def runs(self) -> tuple[TextRun, ...]:
        """The text below this tag, in reading order."""
        found: list[TextRun] = []
        for kid in self.kids:
            if isinstance(kid, Tag):
                found += kid.runs
            else:
                found.append(kid)
        return tuple(found)

    @cached_property
    def shown(self) -> str:
        """What is printed of it."""
        return read_as(map(in_reading_order, self.runs))

    @cached_property
    def says_more(self) -> bool:
        """It is read in more words than are printed."""
        if self.replacement is None:
            return False
        read, printed = letters_of(self.replacement), letters_of(self.shown)
        return printed < read

    @cached_property
    def text(self) -> str:
        """What is read of it."""
        if self.replacement is not None:
            return self.replacement
        return read_as(kid.text for kid in self.kids)


def in_reading_order(run: TextRun) -> str:
    """Return the text of *run*, which is stored in the order of the eye, as it is read.

    That is from its last glyph where all letters run to the left; a glyph may be two letters in their order.
    """
    if not all(runs_to_the_left(letter) for letter in run.text if letter.isalpha()) or run.text.isascii():
        return run.text
    return read_as(glyph.text for glyph in reversed(run.glyphs))


def letters_of(text: str) -> Counter[str]:
    """Return how often each letter is in *text*, in whatever order. Brackets turn round with the text."""
    return Counter(letter for letter in unicodedata.normalize("NFKC", text) if letter.isalnum())


@dataclass(frozen=True)
class Part:
    """A text that is read in one go: a run, or all runs in a tag that says them in another order."""

    text: str
    runs: tuple[TextRun, ...]


@dataclass(frozen=True)
class Leaf:
    """A line of reading: the text between two block tags."""

    parts: tuple[Part, ...]
    kinds: tuple[str, ...]
    """The tags around it, outermost first."""

    @cached_property
    def text(self) -> str:
        """Without white space."""
        return squeezed(read_as(part.text for part in self.parts))

    @cached_property
    def runs(self) -> tuple[TextRun, ...]:
        return tuple(run for part in self.parts for run in part.runs)


def leaves(tag: Tag) -> Iterator[Leaf]:
    """Yield the lines of reading below *tag*, in order; what pictures say is left out."""
    parts: list[Part] = []
    for one in _parts_and_ends(tag, ()):
        if isinstance(one, Part):
            parts.append(one)
            continue
        leaf = Leaf(tuple(parts), one.kinds)
        if leaf.text:
            yield leaf
        parts.clear()


@dataclass(frozen=True)
class _LineEnd:
    """Where a block begins or ends, and with it a line of reading."""

    kinds: tuple[str, ...]
    """The tags around that line, outermost first."""


def _parts_and_ends(tag: Tag, around: tuple[str, ...]) -> Iterator[Part | _LineEnd]:
    """Yield the texts below *tag*, itself in tags of the kinds *around*, and the ends of their lines."""
    inside = (*around, tag.kind)
    if tag.kind in BLOCKS:
        yield _LineEnd(around)
    if tag.kind == "Figure":
        return
    # More words than are printed, as "Stap 3" for a 3, are the matter of `proof.words` alone.
    if tag.replacement is not None and not tag.says_more:
        yield Part(tag.replacement, tag.runs)
    else:
        for kid in tag.kids:
            if isinstance(kid, Tag):
                yield from _parts_and_ends(kid, inside)
            else:
                # A tag that says more is not the one that would tell the order of a line to the left.
                yield Part(kid.text if tag.replacement is None else in_reading_order(kid), (kid,))
    if tag.kind in BLOCKS:
        yield _LineEnd(inside)


_WHITE = dict.fromkeys(
    [*range(0x09, 0x0E), 0x20, 0x85, 0xA0, *range(0x2000, 0x200C), 0x2028, 0x2029, 0x202F, 0x00AD]
)
"""White space, and the soft hyphen, which shows itself only where a word is broken."""


def squeezed(text: str) -> str:
    """Return *text* without white space, which a page shows by distance and not by characters."""
    return text.translate(_WHITE)


# ---- from the file ----------------------------------------------------------------------------


def read_tags(pdf: pikepdf.Pdf, runs: Sequence[TextRun]) -> Tag | None:
    """Return the tag of the whole document with *runs* below its tags, or None where the file has no tags."""
    root = pdf.Root.get("/StructTreeRoot")
    if root is None:
        return None
    by_mark: dict[ContentMark, list[TextRun]] = {}
    for run in runs:
        if run.mark is not None:
            by_mark.setdefault(run.mark, []).append(run)
    pages = {page.obj.objgen: number for number, page in enumerate(pdf.pages)}
    reader = _TreeReader(pages, by_mark)
    tags = [reader.read(kid, 0, 0) for kid in kids_of(root) if isinstance(kid, pikepdf.Dictionary)]
    return tags[0] if len(tags) == 1 else Tag("Document", tuple(tags), "", "")


@dataclass(frozen=True)
class _TreeReader:
    pages: Mapping[tuple[int, int], int]
    by_mark: Mapping[ContentMark, list[TextRun]]

    def read(self, node: pikepdf.Object, page: int, depth: int) -> Tag:
        page = self._page(node, page)
        kids: list[Tag | TextRun] = []
        for kid in kids_of(node) if depth < DEEPEST else ():
            if isinstance(kid, int):
                kids += self.by_mark.get(ContentMark(page, kid), ())
            elif "/S" in kid:
                kids.append(self.read(kid, page, depth + 1))
            elif "/MCID" in kid:
                kids += self.by_mark.get(ContentMark(self._page(kid, page), int(kid.MCID)), ())
        attributes = node.get("/A", _NOTHING)
        if isinstance(attributes, pikepdf.Array):
            attributes = next((one for one in attributes if isinstance(one, pikepdf.Dictionary)), _NOTHING)
        replacement = node.get("/ActualText")
        return Tag(
            kind=str(node.get("/S", "/NonStruct"))[1:],
            kids=tuple(kids),
            alt=str(node.get("/Alt", "")),
            numbering=str(attributes.get("/ListNumbering", ""))[1:],
            box=_box(attributes.get("/BBox")),
            page=page,
            replacement=None if replacement is None else str(replacement),
        )

    def _page(self, node: pikepdf.Object, page: int) -> int:
        own = node.get("/Pg")
        return page if own is None else self.pages.get(own.objgen, page)


_NOTHING: Mapping[str, pikepdf.Object] = {}


def kids_of(node: pikepdf.Object) -> Sequence[pikepdf.Object | int]:
    """Return what stands in /K: one thing or an array of them."""
    kids = node.get("/K", ())
    if isinstance(kids, pikepdf.Array | tuple):
        return list(kids)
    return [kids]


def _box(array: pikepdf.Object | None) -> Box | None:
    if array is None:
        return None
    left, low, right, top = (float(number) for number in array)
    return Box(min(left, right), min(low, top), max(left, right), max(low, top))
