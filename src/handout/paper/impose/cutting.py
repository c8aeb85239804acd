"""Sheets that are cut apart: two leaflets, many cards."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import replace

from handout.model.document import SheetKind
from handout.model.messages import say
from handout.paper.impose.folding import booklet_order
from handout.paper.impose.marks import (
    MARK_GAP_MM,
    MARK_MM,
    UNPRINTABLE_MM,
    crop_marks,
    fold_marks,
    note_room,
    ticks_across,
)
from handout.paper.impose.paper import (
    A4_HEIGHT_MM,
    A4_WIDTH_MM,
    LETTER,
    PAPERS,
    ROUNDING_MM,
    SIZE_TOLERANCE_MM,
    DuplexEdge,
    Face,
    ImpositionError,
    PageSize,
    Placement,
    Rectangle,
    SheetLayout,
    Stroke,
    centred,
    expect_count,
    expect_size,
    mirrored,
)


def lay_out_two_up(pages: tuple[PageSize, ...]) -> SheetLayout:
    """Return each page twice on A4 or Letter, with ticks where the sheet is cut in two."""
    expect_count(SheetKind.TWO_UP, pages, 1, 2)
    is_letter = abs(pages[0].height_mm - LETTER.width_mm) <= SIZE_TOLERANCE_MM
    name, page_name = ("Letter", "Half Letter") if is_letter else ("A4", "A5")
    paper = PAPERS[name]
    half = Rectangle(0, 0, paper.height_mm / 2, paper.width_mm)
    for number, page in enumerate(pages, 1):
        expect_size(SheetKind.TWO_UP, number, page, PAPERS[page_name], ROUNDING_MM)
    faces = tuple(
        Face(
            paper.height_mm,
            paper.width_mm,
            (centred(page, size, half), centred(page, size, half.moved(half.width_mm, 0))),
            ticks_across(half.width_mm, paper.width_mm),
        )
        for page, size in enumerate(pages)
    )
    return SheetLayout(faces, DuplexEdge.SHORT if len(pages) == 2 else None)


def lay_out_cards(pages: tuple[PageSize, ...]) -> SheetLayout:
    """Lay out cards: one page is a card without a back; else each two pages are its front and its back.

    Different cards fill the places in turn, and go on from the first when there are places left.
    """
    if len(pages) != 1 and (len(pages) % 2 or not pages):
        what = say(
            "cards have 1 page, or a front and a back each; this piece has {pages_count} pages",
            pages_count=len(pages),
        )
        raise ImpositionError(what, say("give each card a front and a back"))
    for number, page in enumerate(pages, 1):
        expect_size(SheetKind.CARDS, number, page, pages[0])
    places = _card_places(pages[0])
    sides = min(len(pages), 2)
    cards = len(pages) // sides
    faces = [
        _cards_on_a_face(
            places, [((first + k) % cards) * sides + side for k in range(len(places))], side == 1
        )
        for first in range(0, cards, len(places))
        for side in range(sides)
    ]
    return SheetLayout(tuple(faces), DuplexEdge.LONG if sides == 2 else None)


PANELS_OF_A_FOLDED_CARD = 4


def lay_out_folded_cards(pages: tuple[PageSize, ...]) -> SheetLayout:
    """Lay out one card that is folded once, as often as it fits: its two to four pages as a booklet.

    A panel without a page is blank.
    """
    expect_count(SheetKind.FOLDED_CARDS, pages, *range(2, PANELS_OF_A_FOLDED_CARD + 1))
    for number, page in enumerate(pages, 1):
        expect_size(SheetKind.FOLDED_CARDS, number, page, pages[0])
    width_mm = pages[0].width_mm
    places = _card_places(PageSize(2 * width_mm, pages[0].height_mm))
    halves = [
        (replace(one, width_mm=width_mm), replace(one.moved(width_mm, 0), width_mm=width_mm))
        for one in places
    ]
    folds = tuple(_middles(places))
    faces: list[Face] = []
    for numbers in booklet_order(PANELS_OF_A_FOLDED_CARD):
        placements = tuple(
            Placement(number - 1, box)
            for pair in halves
            for number, box in zip(numbers, pair, strict=True)
            if number is not None and number <= len(pages)
        )
        room = note_room(
            places[0].x_mm + MARK_GAP_MM,
            places[0].x_mm + width_mm - MARK_GAP_MM,
            places[0].top_mm,
            A4_HEIGHT_MM,
        )
        faces.append(
            Face(
                A4_WIDTH_MM,
                A4_HEIGHT_MM,
                placements,
                (*crop_marks(places), *folds),
                note_room=None if faces else room,
            )
        )
    return SheetLayout(tuple(faces), DuplexEdge.LONG)


def _middles(cards: tuple[Rectangle, ...]) -> Iterator[Stroke]:
    """Yield the marks above and below the columns of *cards* where each is folded."""
    block = Rectangle(0, cards[-1].y_mm, A4_WIDTH_MM, cards[0].top_mm - cards[-1].y_mm)
    middles_mm = sorted({round(card.x_mm + card.width_mm / 2, 6) for card in cards})
    return fold_marks(block, middles_mm, (MARK_GAP_MM, MARK_GAP_MM + MARK_MM))


def _card_places(card: PageSize) -> tuple[Rectangle, ...]:
    """Return where the cards come on A4, in the middle of it, row by row from the top left."""
    margin_mm = MARK_GAP_MM + MARK_MM + UNPRINTABLE_MM
    columns = _how_often(card.width_mm, A4_WIDTH_MM - 2 * margin_mm)
    rows = _how_often(card.height_mm, A4_HEIGHT_MM - 2 * margin_mm)
    if not columns * rows:
        most = PageSize(A4_WIDTH_MM - 2 * margin_mm, A4_HEIGHT_MM - 2 * margin_mm)
        what = say(
            "a card of {card} does not fit on A4 with its crop marks; there is room for {most}",
            card=card,
            most=most,
        )
        raise ImpositionError(what, say("make the card smaller, or take 'cards' off its print sheets"))
    x_mm = (A4_WIDTH_MM - columns * card.width_mm) / 2
    y_mm = (A4_HEIGHT_MM - rows * card.height_mm) / 2
    return tuple(
        Rectangle(x_mm + column * card.width_mm, y_mm + row * card.height_mm, card.width_mm, card.height_mm)
        for row in reversed(range(rows))
        for column in range(columns)
    )


def _how_often(length_mm: float, room_mm: float) -> int:
    """Return how many times *length_mm* goes into *room_mm*, give or take what an engine rounds."""
    return math.floor((room_mm + SIZE_TOLERANCE_MM) / length_mm)


def _cards_on_a_face(places: tuple[Rectangle, ...], pages: Iterable[int], is_back: bool) -> Face:
    placements = tuple(Placement(page, box) for page, box in zip(pages, places, strict=True))
    # The marks between the columns stand as high as the line: it goes over the first column.
    left_mm, right_mm = places[0].x_mm + MARK_GAP_MM, places[0].right_mm - MARK_GAP_MM
    room = None if is_back else note_room(left_mm, right_mm, places[0].top_mm, A4_HEIGHT_MM)
    face = Face(A4_WIDTH_MM, A4_HEIGHT_MM, placements, crop_marks(places), note_room=room)
    # The long edge of a portrait sheet stands upright: what is on the left comes behind the right.
    return mirrored(face) if is_back else face
