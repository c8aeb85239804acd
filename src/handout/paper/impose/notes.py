"""A line on the margin of a print sheet that says how it is printed, for whoever stands at the printer.

It is no part of what is read: decoration of the sheet, as its marks are, and cut away with them.
"""

from __future__ import annotations

from collections.abc import Sequence

import pikepdf
from pikepdf import Dictionary

from handout.model.units import mm_to_pt
from handout.paper.form.fonts import FormFont, form_font
from handout.paper.impose.paper import Rectangle, SheetLayout

FONT = "AtkinsonHyperlegible-Regular.ttf"
NAME = "/Note"
MOST_PT, LEAST_PT = 7.5, 5.5
BASELINE = 0.25
"""Of the height of its room, from below: as much as the tails of letters take."""

# On a sheet of cards:
#
#     /Artifact BMC q BT 0 g /Note 6.8 Tf 1 0 0 1 59.528 823.606 Tm <00270055…> Tj ET Q EMC


def write(pdf: pikepdf.Pdf, faces: Sequence[pikepdf.Page], layout: SheetLayout, text: str) -> None:
    """Write *text* on *faces* of *pdf*, those of *layout*, where it fits and the font has its letters."""
    font = form_font(FONT)
    rooms = [(page, face.note_room) for page, face in zip(faces, layout.faces, strict=True)]
    sizes = {size for _, room in rooms if room is not None and (size := _size_pt(font, text, room))}
    if not sizes or not set(text) <= font.glyphs.keys():
        return
    put = font.put(pdf, text)
    for page, room in rooms:
        if room is not None and (size_pt := _size_pt(font, text, room)):
            page.obj.Resources.Font = Dictionary({NAME: put})
            x_pt, y_pt = mm_to_pt(room.x_mm), mm_to_pt(room.y_mm + BASELINE * room.height_mm)
            place = f"1 0 0 1 {x_pt:.3f} {y_pt:.3f} Tm".encode()
            start = f"/Artifact BMC q BT 0 g {NAME} {size_pt:.1f} Tf ".encode()
            line = start + place + b" " + font.shown(text) + b" Tj ET Q EMC"
            page.obj.Contents.write(page.obj.Contents.read_bytes() + b"\n" + line)


def _size_pt(font: FormFont, text: str, room: Rectangle) -> float:
    """Return how large *text* stands in *room*; 0: it does not fit."""
    fitting_pt = mm_to_pt(room.width_mm) / font.width_em(text)
    size_pt = min(MOST_PT, int(fitting_pt * 10) / 10)
    return size_pt if size_pt >= LEAST_PT else 0
