"""Lay lines of cells on pages, as a braille printer or display takes them: a BRF file. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from handout.paper.braille.told import LineKind

ASCII = " A1B'K2L@CIF/MSP\"E3H9O6R^DJG>NTQ,*5<-U8V.%[$+X!&;:4\\0Z7(_?W]#Y)="
"""The sign of each cell (North American braille ASCII), by its dots as bits: the first is 1, the sixth 32."""
FIRST_CELL = 0x2800
BLANK = chr(FIRST_CELL)
INDENTS = {
    LineKind.SUBHEADING: (4, 4),
    LineKind.STEP: (0, 2),
    LineKind.SUBSTEP: (2, 4),
    LineKind.INFO: (4, 4),
    LineKind.TEXT: (2, 0),
}
"""Blank cells before the first line of each kind, and before those that it runs over to."""
CENTRED = frozenset({LineKind.TITLE, LineKind.HEADING})
HEADINGS = frozenset({LineKind.HEADING, LineKind.SUBHEADING})
KEPT_TOGETHER = 3
"""Lines that a heading has on its page, itself counted."""
LINE_END, PAGE_END = "\r\n", "\f"
Block = tuple[LineKind, list[str]]


def brf(
    lines: Iterable[tuple[LineKind, str]],
    numbers_to: Callable[[int], Sequence[str]],
    cells_per_line: int,
    lines_per_page: int,
) -> bytes:
    """Return *lines*, each of a kind and in the cells of Unicode, as pages of *lines_per_page*.

    The last line of a page has its number at the end. *numbers_to* gives those from 1 on, as many as there
    are pages, in cells too.
    """
    blocks = [(kind, list(_wrapped(kind, text, cells_per_line))) for kind, text in lines]
    pages = [*_pages(blocks, lines_per_page - 1)]
    written: list[str] = []
    for page, number in zip(pages, numbers_to(len(pages)), strict=True):
        rows = [*page, *[""] * (lines_per_page - 1 - len(page)), number.rjust(cells_per_line, BLANK)]
        written.append("".join(_signs(row) + LINE_END for row in rows) + PAGE_END)
    return "".join(written).encode("ascii")


def _wrapped(kind: LineKind, text: str, width: int) -> Iterator[str]:
    """Yield *text* in rows of *width* cells, parted between words; a word that is longer anywhere."""
    first, rest = INDENTS.get(kind, (0, 0))
    row, indent = "", first
    for word in text.split(BLANK):
        while True:
            joined = f"{row}{BLANK}{word}" if row else word
            if len(joined) <= width - indent:
                row = joined
                break
            if row:
                yield _placed(kind, row, indent, width)
                row, indent = "", rest
                continue
            yield _placed(kind, word[: width - indent], indent, width)
            word, indent = word[width - indent :], rest
    if row:
        yield _placed(kind, row, indent, width)


def _placed(kind: LineKind, row: str, indent: int, width: int) -> str:
    return BLANK * ((width - len(row)) // 2 if kind in CENTRED else indent) + row


def _pages(blocks: Sequence[Block], height: int) -> Iterator[list[str]]:
    page: list[str] = []
    for at, (kind, rows) in enumerate(blocks):
        following = len(blocks[at + 1][1]) if at + 1 < len(blocks) else 0
        if page and kind in HEADINGS and len(page) + _least(rows, following) > height:
            yield page
            page = []
        for row in _with_air(kind, rows, page):
            if len(page) == height:
                yield page
                page = []
            page.append(row)
    if page:
        yield page


def _least(rows: Sequence[str], following: int) -> int:
    """Return how many lines a heading of *rows* takes, with a blank one before it and what must follow."""
    return 1 + len(rows) + min(following, KEPT_TOGETHER - 1)


def _with_air(kind: LineKind, rows: Sequence[str], page: Sequence[str]) -> Iterator[str]:
    """Yield *rows* with a blank line before a heading that does not begin *page*, or behind the title."""
    if kind in HEADINGS and page and page[-1]:
        yield ""
    yield from rows
    if kind is LineKind.TITLE:
        yield ""


def _signs(row: str) -> str:
    return "".join(ASCII[ord(cell) - FIRST_CELL] for cell in row).rstrip()
