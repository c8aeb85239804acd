"""Make room for the fields on the pages of a piece, and for their tags in its tree."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, Operator, String

from handout.paper.form.rooms import NAME, Room, runs_in, slot_box
from handout.proof.content import Drawn
from handout.proof.geometry import IDENTITY, Box, Matrix, multiplied, placed
from handout.proof.tags import kids_of

SEAT = "/ID"
"""Under which key a tag waits for its field, until all pages lie where they will be printed."""

# What stands in the slot `name`, as the engine writes it. The text goes, and with it the number that its tag
# knows it by; what chooses the colour stays, for what comes behind it counts on that.
#
#     /Span <</MCID 2>> BDC              /Artifact BMC
#     /a1.0 gs                           /a1.0 gs
#     0 g                                0 g
#     BT                                 BT
#     1 0 0 -1 553.7 98.4 Tm             1 0 0 -1 553.7 98.4 Tm
#     /QSKXXJ 15.33 Tf                   /QSKXXJ 15.33 Tf
#     [<0033>26<00a1>12 …] TJ            ET
#     ET                                 EMC
#     EMC


def opened(pdf: pikepdf.Pdf, rooms: Sequence[Room], pages: Sequence[Drawn], boxes: Sequence[Box]) -> None:
    """Take out of *pdf* what stands where *rooms* are, and give each whose words have a tag an empty one.

    *pages* are what it draws, *boxes* their trim boxes.
    """
    for index, page in enumerate(pdf.pages):
        own = {number: room for number, room in enumerate(rooms) if room.slot.page_index == index}
        if own:
            _open_page(pdf, page, own, pages[index], boxes[index])


def _open_page(
    pdf: pikepdf.Pdf, page: pikepdf.Page, rooms: Mapping[int, Room], drawn: Drawn, edge: Box
) -> None:
    slots = {number: slot_box(room.slot, edge) for number, room in rooms.items()}
    table = _table(pdf, page.obj)
    _take_seats(pdf, slots, drawn, table)
    named = [slots[number] for number, room in rooms.items() if room.slot.field == NAME]
    for mark in _emptied(pdf, page, named):
        _untag(table, mark)


def _take_seats(pdf: pikepdf.Pdf, slots: Mapping[int, Box], page: Drawn, table: pikepdf.Object) -> None:
    """Give each of *slots* of *page* a tag for its field behind its words, whose tags are in *table*."""
    for number, slot in slots.items():
        marks = [run.mark.number for run in runs_in(page.runs, slot) if run.mark is not None]
        if marks:
            _take_seat(pdf, number, table[marks[-1]])


def seats(pdf: pikepdf.Pdf) -> dict[int, pikepdf.Object]:
    """Return the tags of *pdf* that wait for a field, by the number of its room; they wait no longer."""
    found: dict[int, pikepdf.Object] = {}
    waiting = [pdf.Root.StructTreeRoot]
    while waiting:
        tag = waiting.pop()
        if tag.get("/S") == Name.Form and SEAT in tag:
            found[int(str(tag[SEAT]))] = tag
            del tag[SEAT]
        waiting += [kid for kid in kids_of(tag) if isinstance(kid, Dictionary) and "/S" in kid]
    return found


def _take_seat(pdf: pikepdf.Pdf, number: int, tag: pikepdf.Object) -> None:
    """Put an empty tag for the field *number* behind *tag*, which holds the words of its slot."""
    seat = pdf.make_indirect(Dictionary(Type=Name.StructElem, S=Name.Form, P=tag.P, K=Array()))
    seat[SEAT] = String(str(number))
    if "/Pg" in tag:
        seat.Pg = tag.Pg
    kids = list(kids_of(tag.P))
    at = next(at for at, kid in enumerate(kids) if isinstance(kid, Dictionary) and kid.objgen == tag.objgen)
    tag.P.K = Array([*kids[: at + 1], seat, *kids[at + 1 :]])


def _table(pdf: pikepdf.Pdf, page: pikepdf.Object) -> pikepdf.Object:
    """Return the tags of the marks on *page*, by their numbers."""
    numbers = pdf.Root.StructTreeRoot.ParentTree.Nums
    at = next(at for at in range(0, len(numbers), 2) if int(numbers[at]) == int(page.StructParents))
    return numbers[at + 1]


def _untag(table: pikepdf.Object, mark: int) -> None:
    """Take *mark* of a page, whose tags are *table*, out of its tag, and off the tree what is empty then."""
    tag = table[mark]
    table[mark] = None
    kids = [kid for kid in kids_of(tag) if not _is_mark(kid, mark)]
    tag.K = Array(kids)
    while not kids and "/P" in tag:
        tag, empty = tag.P, tag
        kids = [kid for kid in kids_of(tag) if isinstance(kid, int) or kid.objgen != empty.objgen]
        tag.K = Array(kids)


def _is_mark(kid: object, mark: int) -> bool:
    if isinstance(kid, Dictionary):
        return kid.get("/MCID") == mark
    return kid == mark


# ---- the content of a page --------------------------------------------------------------------


@dataclass
class _PenState:
    """How what is drawn comes on the page."""

    matrix: Matrix = IDENTITY
    text: Matrix = IDENTITY


def _emptied(pdf: pikepdf.Pdf, page: pikepdf.Page, slots: Sequence[Box]) -> frozenset[int]:
    """Take the texts in *slots* out of *page*, and return the numbers of what held them."""
    if not slots:
        return frozenset()
    kept: list[Any] = []
    gone: set[int] = set()
    open_at: list[int] = []
    """Where in `kept` the marked pieces begin that are not over."""
    saved, state = list[_PenState](), _PenState()
    for instruction in pikepdf.parse_content_stream(page):
        operands, name = instruction.operands, str(instruction.operator)
        if name in ("BDC", "BMC"):
            open_at.append(len(kept))
        elif name == "EMC":
            open_at.pop()
        elif name == "q":
            saved.append(replace(state))
        elif name == "Q":
            state = saved.pop()
        else:
            _follow(state, name, operands)
        if name in ("Tj", "TJ") and _is_in(state, slots):
            if open_at and (mark := _mark_of(kept[open_at[-1]])) is not None:
                gone.add(mark)
                kept[open_at[-1]] = pikepdf.ContentStreamInstruction([Name.Artifact], Operator("BMC"))
            continue
        kept.append(instruction)
    page.obj.Contents = pdf.make_stream(pikepdf.unparse_content_stream(kept))
    return frozenset(gone)


def _follow(state: _PenState, operator: str, operands: Iterable[object]) -> None:
    """Change *state* as the instruction does."""
    if operator == "cm":
        state.matrix = multiplied(_matrix(operands), state.matrix)
    elif operator == "BT":
        state.text = IDENTITY
    elif operator == "Tm":
        state.text = _matrix(operands)


def _matrix(operands: Iterable[object]) -> Matrix:
    a, b, c, d, e, f = (float(str(number)) for number in operands)
    return a, b, c, d, e, f


def _is_in(state: _PenState, slots: Iterable[Box]) -> bool:
    """Tell whether a text that begins here begins in one of *slots*."""
    start = placed(Box(0, 0, 0, 0), multiplied(state.text, state.matrix)).grown(0.1)
    return any(slot.meets(start) for slot in slots)


def _mark_of(opening: Any) -> int | None:
    operands = opening.operands
    properties = operands[1] if len(operands) > 1 else None
    if isinstance(properties, Dictionary) and "/MCID" in properties:
        return int(properties.MCID)
    return None
